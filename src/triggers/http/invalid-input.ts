import type { z } from 'zod';
import { LamplighterError } from '../../core/errors.ts';

export type InputFault = { readonly field: string; readonly detail: string };

/** A request that does not have the shape it should: every fault with the field's place in it. */
export class InvalidInput extends LamplighterError {
  readonly faults: readonly InputFault[];

  constructor(where: string, faults: readonly InputFault[]) {
    const listed = faults.map((fault) => `${fault.field}: ${fault.detail}`).join('; ');
    super(`The ${where} cannot be used. ${listed}`, {
      code: 'request.invalid',
      fault: 'caller',
      fix: `Mend the ${faults.length === 1 ? 'field' : `${faults.length} fields`} named and send it again; /api/openapi.json describes every request.`,
      ...(faults[0] === undefined ? {} : { field: faults[0].field }),
    });
    this.faults = faults;
  }
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? '(whole)' : path.map(String).join('.');

/** Parses one part of a request; throws `InvalidInput` with all its faults. */
export function parseInput<T>(where: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue): InputFault[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          field: placeOf([...issue.path, key]),
          detail: 'is not a field of this request',
        }))
      : [{ field: placeOf(issue.path), detail: issue.message }],
  );
  throw new InvalidInput(where, faults);
}
