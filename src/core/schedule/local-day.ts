import { Temporal } from 'temporal-polyfill';
import { weekdays } from '../policy/scalars.ts';
import type { Weekday } from '../policy/types.ts';

/** A date of some zone's calendar, as days since 1970-01-01: dates are counted, instants are not. */
export type LocalDay = number;

export const dayMs = 86_400_000;
const dayZero = Temporal.PlainDate.from('1970-01-01');
const monday = 4;

export const localDayOf = (date: string): LocalDay =>
  Temporal.PlainDate.from(date).since(dayZero, { largestUnit: 'day' }).days;

/** The zone's date at an instant. */
export function localDayAt(zone: string, at: number): LocalDay {
  const { year, month, day } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const midnight = new Temporal.PlainDateTime(year, month, day).toZonedDateTime('UTC');
  return Math.round(midnight.epochMilliseconds / dayMs);
}

/** 1970-01-01 was a Thursday. */
export const weekdayOf = (day: LocalDay): Weekday => weekdays[(((day - monday) % 7) + 7) % 7] ?? 'Mon';

/** Minutes since midnight of `HH:MM`. */
export const minutesOf = (clock: string): number =>
  Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/**
 * The instant at which the zone's clock shows that time of that day. A time that happens twice is its first occurrence,
 * one that never happens is the first instant after the gap; `0` is the beginning of the day.
 */
export function instantOfLocal(zone: string, day: LocalDay, minutes: number): number {
  const asked = dayZero
    .add({ days: day })
    .toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
  const first = asked.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (first.toPlainDateTime().equals(asked)) return first.epochMilliseconds;
  // Shifted to before the gap: the next change of the zone's offset is its end.
  return first.getTimeZoneTransition('next')?.epochMilliseconds ?? first.epochMilliseconds;
}
