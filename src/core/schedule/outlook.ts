import type { Schedule } from '../policy/types.ts';
import { calendarOf } from './calendar.ts';
import { nextStart, nextStop } from './occurrences.ts';
import { coversAt, dueStopOf } from './stop-claims.ts';

/** A change that a schedule has before it. */
export type ScheduledChange = { readonly schedule: string; readonly zone: string; readonly at: number };
export type StopAhead = ScheduledChange & {
  /** Its time has come, and it waits until the instance is quiet. */
  readonly isDue: boolean;
  /** When this stop is over, done or not: at the next start, or the zone's midnight where nothing starts. */
  readonly overAt: number | null;
  readonly quietForMs: number;
  readonly evenIfActive: boolean;
};
export type Outlook = { readonly stop: StopAhead | null; readonly start: ScheduledChange | null };

export type OutlookInput = {
  readonly now: number;
  readonly isRunning: boolean;
  /** When it came to Running; null: not known. */
  readonly startedAt: number | null;
  /** The schedule that stopped it, if that is why it is off. */
  readonly stoppedBy: string | null;
};

/** So many stops in a row may fall into the running periods of other schedules. */
const lookedAhead = 32;

/** What the schedules that apply to one instance will do with it next, if nothing else happens. */
export function scheduleOutlook(schedules: readonly Schedule[], input: OutlookInput): Outlook {
  const stops = input.isRunning ? schedules.flatMap((one) => stopAhead(schedules, one, input) ?? []) : [];
  const starts = schedules.flatMap((one) => startAhead(one, input, stops) ?? []);
  return { stop: earliest(stops), start: earliest(starts) };
}

const earliest = <T extends ScheduledChange>(changes: readonly T[]): T | null =>
  [...changes].sort((one, other) => one.at - other.at)[0] ?? null;

function stopAhead(all: readonly Schedule[], schedule: Schedule, input: OutlookInput): StopAhead | null {
  const { now, startedAt } = input;
  const uses = all.map((one) => ({ schedule: one, matching: 'yes' as const }));
  const due = startedAt === null ? null : dueStopOf(schedule, { now, startedAt, warnedOf: [] });
  if (due !== null && !coversAt(uses, schedule, now)) return aheadOf(schedule, due, now);
  let at = nextStop(schedule, now);
  for (let tries = 0; at !== null && tries < lookedAhead; tries += 1) {
    if (!coversAt(uses, schedule, at)) return aheadOf(schedule, at, now);
    at = nextStop(schedule, at);
  }
  return null;
}

function aheadOf(schedule: Schedule, at: number, now: number): StopAhead {
  const { name, zone, quietForMs, evenIfActive } = schedule;
  const calendar = calendarOf(schedule);
  const overAt =
    schedule.start === null
      ? calendar.midnightOf(calendar.dayAt(at) + 1)
      : nextStart(schedule, Math.max(at, now));
  return { schedule: name, zone, at, isDue: at <= now, overAt, quietForMs, evenIfActive };
}

/** A schedule starts what it stopped, or is about to stop, and where it says so all that it covers. */
function startAhead(
  schedule: Schedule,
  { now, isRunning, stoppedBy }: OutlookInput,
  stops: readonly StopAhead[],
): ScheduledChange | null {
  const { name, zone, startAll } = schedule;
  const own = stops.find((stop) => stop.schedule === name) ?? null;
  const concerns = isRunning ? own !== null : startAll || stoppedBy === name;
  const at = concerns ? nextStart(schedule, own === null ? now : Math.max(own.at, now)) : null;
  return at === null ? null : { schedule: name, zone, at };
}
