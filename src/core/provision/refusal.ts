import { refusalCodes, type RefusalCode } from '../policy/codes.ts';

/** One rule that a request breaks. */
export type Refusal = {
  readonly code: RefusalCode;
  /** The field of the request that it is about. */
  readonly field: string;
  /** Which rule, with its numbers. */
  readonly detail: string;
  /** What would make the request pass. */
  readonly fix: string;
};

/** All of them, in the order in which they are told; the first is the reason. */
export const inOrder = (refusals: readonly Refusal[]): readonly Refusal[] =>
  refusals.toSorted((one, other) => refusalCodes.indexOf(one.code) - refusalCodes.indexOf(other.code));
