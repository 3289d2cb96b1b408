import { Temporal } from 'temporal-polyfill';

const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** True for a day that exists, `2026-12-25`. */
export function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false;
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds of an instant with its offset, `2026-03-09T08:00:00Z`; null if the text is none. */
export function parseInstant(text: string): number | null {
  if (!instantPattern.test(text)) return null;
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return null;
  }
}

/** A date means the end of that day in UTC: the first moment after it. An instant means itself. */
export function parseUntil(text: string): number | null {
  if (!isDate(text)) return parseInstant(text);
  return Temporal.PlainDate.from(text).add({ days: 1 }).toZonedDateTime('UTC').epochMilliseconds;
}
