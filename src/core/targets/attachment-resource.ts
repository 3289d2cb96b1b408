import { LamplighterError } from '../errors.ts';
import { parseSubscriptionId, type SubscriptionId } from '../ids.ts';
import type { AttachableKind } from '../policy/kinds.ts';
import { attachableTargets } from './catalogue.ts';

/** The Azure resource that an attachment points at. */
export type UnderlyingResource = {
  /** As given, the casing kept. */
  readonly id: string;
  /** Lower-cased, without a slash at the end: equal keys are the same resource. */
  readonly key: string;
  readonly subscriptionId: SubscriptionId;
  /** `provider/type[/type]`, lower case. */
  readonly type: string;
  readonly name: string;
};

const maxLength = 1024;
const segment = /^[-\w.()]{1,260}$/;

function invalid(why: string): LamplighterError {
  return new LamplighterError(`This is not the id of an Azure resource: ${why}.`, {
    code: 'name.invalid',
    fault: 'caller',
    field: 'resourceId',
    fix: 'Give /subscriptions/…/resourceGroups/…/providers/PROVIDER/TYPE/NAME, as the portal shows it under Properties.',
  });
}

/** Parses the ARM id of a resource in a resource group, in any casing. Throws `name.invalid`. */
export function parseResourceId(text: unknown): UnderlyingResource {
  if (typeof text !== 'string' || text.length > maxLength) throw invalid('it is no text, or too long');
  const id = text.replace(/\/+$/, '');
  const parts = id.split('/');
  const [root, word, subscription, groups, group, providers, provider, ...rest] = parts;
  const isShaped =
    root === '' &&
    word?.toLowerCase() === 'subscriptions' &&
    groups?.toLowerCase() === 'resourcegroups' &&
    providers?.toLowerCase() === 'providers' &&
    rest.length >= 2 &&
    rest.length % 2 === 0;
  if (!isShaped || provider === undefined) throw invalid('it has another form');
  const names = [group ?? '', provider, ...rest];
  if (names.some((name) => !segment.test(name) || /^\.+$/.test(name) || name.endsWith('.'))) {
    throw invalid('a part of it is not a name');
  }
  const types = rest.filter((_, index) => index % 2 === 0);
  return {
    id,
    key: id.toLowerCase(),
    subscriptionId: parseSubscriptionId(subscription),
    type: [provider, ...types].join('/').toLowerCase(),
    name: rest.at(-1) ?? '',
  };
}

/** The same, or null where it cannot be parsed: for what Azure says, which may be empty or of another form. */
export function resourceOf(text: string | null): UnderlyingResource | null {
  if (text === null) return null;
  try {
    return parseResourceId(text);
  } catch {
    return null;
  }
}

/** The resource that a request names for a kind. Throws `name.invalid` where it is of another type than the kind attaches. */
export function parseResourceIdFor(kind: AttachableKind, text: unknown): UnderlyingResource {
  const resource = parseResourceId(text);
  const { resourceTypes } = attachableTargets[kind];
  if (resourceTypes.includes(resource.type)) return resource;
  throw invalid(`a ${kind} is attached from ${resourceTypes.join(' or ')}, this is a ${resource.type}`);
}
