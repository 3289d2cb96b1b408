import { z } from 'zod';
import { parseInstant } from '../../../core/policy/date-and-instant.ts';
import { parseDuration } from '../../../core/policy/duration.ts';

const offsetText = 'a time relative to the start such as 90s, 2h55m or -3h';

function offsetFrom(expected: string, leastMs: number) {
  return z.string({ error: expected }).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null && ms >= leastMs) return ms;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** Milliseconds after the scenario's start; negative: before. */
export const offset = offsetFrom(offsetText, -Infinity);
export const laterOffset = offsetFrom('a time from the start on such as 0s, 90s or 2h55m', 0);
const endText = 'a time from the start on such as 2h55m, or end';
export const laterOffsetOrEnd = z.union([z.literal('end'), offsetFrom(endText, 0)], { error: endText });
export const lasting = offsetFrom('a duration above zero such as 90s, 15m, 8h or 3d', 1);

/** Milliseconds after the start, or an instant. */
export type OffsetOrInstant = { readonly offsetMs: number } | { readonly at: number };

const eitherText = 'a time relative to the start such as -3h, or an instant such as 2026-03-02T08:00:00Z';
export const offsetOrInstant = z.string({ error: eitherText }).transform((text, context): OffsetOrInstant => {
  const offsetMs = parseDuration(text);
  if (offsetMs !== null) return { offsetMs };
  const at = parseInstant(text);
  if (at !== null) return { at };
  context.addIssue({ code: 'custom', message: eitherText });
  return z.NEVER;
});

export const atOf = (time: OffsetOrInstant, startAt: number): number =>
  'at' in time ? time.at : startAt + time.offsetMs;

const nameText = 'a name';
export const name = z.string({ error: nameText }).min(1, { error: nameText });
export const tags = z.record(z.string(), z.string());
export const plainObject = z.record(z.string(), z.json());
export const wholeNumber = z
  .int({ error: 'a whole number that is not negative' })
  .min(0, { error: 'a whole number that is not negative' });
export const positiveNumber = z
  .int({ error: 'a whole number of at least 1' })
  .min(1, { error: 'a whole number of at least 1' });
