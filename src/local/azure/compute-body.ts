import { isObject, type JsonObject } from './json.ts';
import { attachedKinds } from './world-spec.ts';

// `test-0a` is a name, `test-0` is not: a letter must follow the last hyphen, though not at once.
const instanceName = /^(?=.{3,24}$)[A-Za-z][A-Za-z0-9-]*$/;
const endsWithoutLetter = /-[0-9]*$/;

/** 3 to 24 characters, a letter first, letters, digits and `-`, a letter somewhere after each `-`. */
export const isInstanceName = (name: string): boolean =>
  instanceName.test(name) && !endsWithoutLetter.test(name);
export const isAttached = (kind: unknown): boolean => attachedKinds.some((known) => known === kind);

/** The `properties` of a request body, and the `properties` in them. */
export const outerOf = (body: JsonObject): JsonObject =>
  isObject(body['properties']) ? body['properties'] : {};
export const innerOf = (body: JsonObject): JsonObject => {
  const inner = outerOf(body)['properties'];
  return isObject(inner) ? inner : {};
};
