/** A number of which only bounds may be known; `atMost` null: no bound. */
export type Amount = { readonly atLeast: number; readonly atMost: number | null };

export const nothing: Amount = { atLeast: 0, atMost: 0 };
export const exactly = (value: number): Amount => ({ atLeast: value, atMost: value });
/** Of something that may or may not count. */
export const perhaps = (amount: Amount): Amount => ({ atLeast: 0, atMost: amount.atMost });
/** Of a thing that is there, whose measure is not known. */
export const known = (value: number | null): Amount =>
  value === null ? { atLeast: 0, atMost: null } : exactly(value);
export const unbounded: Amount = { atLeast: 0, atMost: null };

export const plus = (one: Amount, other: Amount): Amount => ({
  atLeast: one.atLeast + other.atLeast,
  atMost: one.atMost === null || other.atMost === null ? null : one.atMost + other.atMost,
});
