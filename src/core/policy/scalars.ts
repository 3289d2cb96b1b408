import { z } from 'zod';
import { isDate, parseInstant, parseUntil } from './date-and-instant.ts';
import { parseDuration } from './duration.ts';

// Error texts say what is expected: `checkValue` puts "found …, expected" before them.

const durationForm = /^(?=.)(?:\d{1,7}d)?(?:\d{1,7}h)?(?:\d{1,7}m)?(?:\d{1,9}s)?$/;

function durationOf(expected: string, atLeastMs: number) {
  return z
    .string({ error: expected })
    .regex(durationForm, { error: expected })
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== null && ms >= atLeastMs) return ms;
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    });
}

/** Milliseconds of `90s`, `2h55m`, `3d`; zero is allowed, less is not. */
export const duration = durationOf('a duration such as 90s, 30m, 2h55m or 3d, not negative', 0);
export const positiveDuration = durationOf('a duration above zero such as 90s, 30m, 2h55m or 3d', 1);
/** For windows of evidence, which comes once a minute. */
export const minuteOrMore = durationOf('a duration of at least 1m such as 15m or 2h', 60_000);

const ranged = (expected: string, least: number, most?: number) => {
  const number = z.number({ error: expected }).min(least, { error: expected });
  return most === undefined ? number : number.max(most, { error: expected });
};
export const amount = ranged('a number that is not negative', 0);
export const percent = ranged('percent from 0 to 100', 0, 100);
export const count = z
  .int({ error: 'a whole number that is not negative' })
  .min(0, { error: 'a whole number that is not negative' });

const globText = 'a text or pattern (* for any characters), or a list of them';
const glob = z.string({ error: globText }).min(1, { error: globText });
/** One pattern or a list of them, as a list. */
export const globs = z
  .union([glob, z.array(glob).min(1, { error: 'at least one pattern' })], { error: globText })
  .transform((given) => (typeof given === 'string' ? [given] : given));
export const globList = z.array(glob, { error: 'a list of patterns' });

const dateText = 'a date such as 2026-12-25';
const dateForm = /^\d{4}-\d{2}-\d{2}$/;
export const date = z
  .string({ error: dateText })
  .regex(dateForm, { error: dateText })
  .refine((text) => !dateForm.test(text) || isDate(text), { error: 'a day that exists' });

const instantText = 'an instant with its offset such as 2026-03-09T18:00:00Z';
export const instant = z.string({ error: instantText }).transform((text, context) => {
  const at = parseInstant(text);
  if (at !== null) return at;
  context.addIssue({ code: 'custom', message: instantText });
  return z.NEVER;
});

const untilText = 'a date such as 2026-03-09 (to its end, UTC) or an instant such as 2026-03-09T18:00:00Z';
/** Milliseconds from which it holds no longer. */
export const until = z.string({ error: untilText }).transform((text, context) => {
  const at = parseUntil(text);
  if (at !== null) return at;
  context.addIssue({ code: 'custom', message: untilText });
  return z.NEVER;
});

const clockText = 'a time of day in quotes such as "08:00", from "00:00" to "23:59"';
export const clockTime = z
  .string({ error: clockText })
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: clockText });

const isZone = (text: string): boolean => {
  // Node also takes "+02:00"; an offset knows no daylight saving and is no zone.
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};
const zoneText = 'a time zone of the IANA list such as Europe/Berlin or UTC';
export const zone = z
  .string({ error: zoneText })
  .refine(isZone, { error: zoneText, params: { words: () => Intl.supportedValuesOf('timeZone') } });

export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const dayText = 'at least one of Mon, Tue, Wed, Thu, Fri, Sat, Sun';
export const weekdayList = z
  .array(z.enum(weekdays), { error: `a list of ${dayText}` })
  .min(1, { error: dayText });
