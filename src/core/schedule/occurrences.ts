import type { Schedule } from '../policy/types.ts';
import { type Calendar, calendarOf, type Occurrence } from './calendar.ts';
import { dayMs, type LocalDay } from './local-day.ts';

/** A schedule that does nothing for so long does nothing. */
const searchedDays = 800;

type On = (day: LocalDay) => Occurrence | null;

function forwards(on: On, from: LocalDay, fits: (found: Occurrence) => boolean): Occurrence | null {
  for (let day = from; day <= from + searchedDays; day += 1) {
    const found = on(day);
    if (found !== null && fits(found)) return found;
  }
  return null;
}

function backwards(on: On, from: LocalDay, fits: (found: Occurrence) => boolean): Occurrence | null {
  for (let day = from; day >= from - searchedDays; day -= 1) {
    const found = on(day);
    if (found !== null && fits(found)) return found;
  }
  return null;
}

// Where the clock is put back over midnight, an instant of a day may come after the next day's first: hence ± 1 day.
const lastBy = (calendar: Calendar, on: On, at: number): Occurrence | null =>
  backwards(on, calendar.dayAt(at) + 1, (found) => found.at <= at);
const firstAfter = (calendar: Calendar, on: On, at: number): Occurrence | null =>
  forwards(on, calendar.dayAt(at) - 1, (found) => found.at > at);
const following = (on: On, before: Occurrence): Occurrence | null =>
  forwards(on, before.day, (found) => found.order > before.order);

/** The first start that takes place after an instant. */
export function nextStart(schedule: Schedule, afterAt: number): number | null {
  const calendar = calendarOf(schedule);
  return schedule.start === null ? null : (firstAfter(calendar, calendar.startOn, afterAt)?.at ?? null);
}

/** The first stop that takes place after an instant. */
export function nextStop(schedule: Schedule, afterAt: number): number | null {
  const calendar = calendarOf(schedule);
  return schedule.stop === null ? null : (firstAfter(calendar, calendar.stopOn, afterAt)?.at ?? null);
}

/** Half-open: `fromAt` ≤ now < `toAt`. */
export type Period = { readonly fromAt: number; readonly toAt: number };

/** From a start that takes place until the next stop after it. A schedule without start or stop has no running periods. */
export function runningPeriodAt(schedule: Schedule, at: number): Period | null {
  if (schedule.start === null || schedule.stop === null) return null;
  const calendar = calendarOf(schedule);
  const start = lastBy(calendar, calendar.startOn, at);
  const stop = start === null ? null : following(calendar.stopOn, start);
  return start === null || stop === null || at >= stop.at ? null : { fromAt: start.at, toAt: stop.at };
}

/**
 * The stops that are due at an instant, the earliest first, all of the same time off: until the next start that takes
 * place, or the zone's midnight where the schedule has no start. None while `keepOn` holds.
 */
export function dueStops(schedule: Schedule, now: number): readonly number[] {
  if (schedule.stop === null) return [];
  const calendar = calendarOf(schedule);
  const today = calendar.dayAt(now);
  const stops: number[] = [];
  let stop = lastBy(calendar, calendar.stopOn, now);
  if (stop === null || calendar.isKept(today, now)) return [];
  if (schedule.start === null) return now < calendar.midnightOf(stop.day + 1) ? [stop.at] : [];

  const start = lastBy(calendar, calendar.startOn, now)?.order ?? -Infinity;
  while (stop !== null && stop.order > start) {
    stops.unshift(stop.at);
    const { day } = stop;
    stop = backwards(calendar.stopOn, day - 1, () => true);
  }
  return stops;
}

/** A start that is to be done, or to be made up for, from its time until the next stop (or start, if nothing stops). */
export type DueStart = { readonly startAt: number; readonly untilAt: number };

export function dueStart(schedule: Schedule, now: number): DueStart | null {
  if (schedule.start === null) return null;
  const calendar = calendarOf(schedule);
  const start = lastBy(calendar, calendar.startOn, now);
  if (start === null) return null;
  const end = following(schedule.stop === null ? calendar.startOn : calendar.stopOn, start);
  const untilAt = end?.at ?? start.at + searchedDays * dayMs;
  return now < untilAt ? { startAt: start.at, untilAt } : null;
}
