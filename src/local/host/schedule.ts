import { Cron } from 'croner';
import { parseTimeSpanMs } from './time-span.ts';

export type Schedule = {
  /** First occurrence strictly after `after`. */
  next(after: number): number;
  /** False for a fixed interval, which has no wall clock to adjust. */
  readonly adjustForDst: boolean;
};

/** What NCRONTAB knows: numbers, names, ranges, lists, steps. croner reads more (`L`, `W`, `#`, `@daily`), which Azure would refuse. */
const FIELD = /^(?:\*|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)?)(?:\/\d+)?$/;
const NAMES =
  /^(?:\d+|sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|[a-z]{4,9})$/i;

/**
 * Reads a timer's schedule: six NCRONTAB fields (seconds first) or five, or a time span. Times are UTC.
 * `phaseMs` moves the whole grid of a cron schedule: with 30,000, `0 * * * * *` fires at second 30. `undefined`: not recognised.
 */
export function parseSchedule(text: string, phaseMs = 0): Schedule | undefined {
  const interval = parseTimeSpanMs(text);
  if (interval !== undefined) {
    return interval > 0 ? { next: (after) => after + interval, adjustForDst: false } : undefined;
  }
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) return undefined;
  if (!fields.every(isNcrontabField)) return undefined;
  const cron = parseCron(fields.join(' '));
  if (cron === undefined) return undefined;
  const next = (after: number): number => {
    const found = cron.nextRun(new Date(after - phaseMs));
    return found === null ? Number.POSITIVE_INFINITY : found.getTime() + phaseMs;
  };
  return Number.isFinite(next(0)) ? { next, adjustForDst: true } : undefined;
}

/** Schedules with a gap below a minute are not monitored: their status is never stored. */
export function isFasterThanMinute(schedule: Schedule, from: number): boolean {
  let at = schedule.next(from);
  for (let count = 0; count < 5; count += 1) {
    const following = schedule.next(at);
    if (following - at < 60_000) return true;
    at = following;
  }
  return false;
}

function isNcrontabField(field: string): boolean {
  return field.split(',').every(
    (item) =>
      FIELD.test(item) &&
      (item.startsWith('*') ||
        item
          .replace(/\/.*$/, '')
          .split('-')
          .every((end) => NAMES.test(end))),
  );
}

function parseCron(pattern: string): Cron | undefined {
  try {
    // A day of month and a day of week must both match in NCRONTAB.
    return new Cron(pattern, { utcOffset: 0, domAndDow: true, paused: true });
  } catch {
    return undefined;
  }
}
