import type { Schedule } from '../policy/types.ts';
import { dueStops, nextStop, runningPeriodAt } from './occurrences.ts';

/** What makes two warnings of schedules the same: whose stop it is, and which. */
export type ScheduledStop = { readonly name: string; readonly stopAt: number };

/** A stop that a schedule asks for: now, or within the time of its warning. */
export type StopClaim = ScheduledStop & {
  readonly warnMs: number;
  readonly quietForMs: number;
  readonly evenIfActive: boolean;
  readonly isDue: boolean;
  /** It is the time of its warning; who is not warned at that time is warned when the stop could happen. */
  readonly isWarningTime: boolean;
};

export type ScheduleUse = {
  readonly schedule: Schedule;
  /** Whether its match holds for the instance. One that may hold keeps it running, and never stops it. */
  readonly matching: 'yes' | 'unknown';
};

export type ClaimInput = {
  readonly now: number;
  /** When the instance came to Running; null: not known. */
  readonly startedAt: number | null;
  /** Stops that it was warned of: it was running then, whatever is known of its start. */
  readonly warnedOf: readonly ScheduledStop[];
  readonly sweepEveryMs: number;
};

/** Sweeps begin a little late or early. */
const sweepSlackMs = 60_000;

/** Whether a running period of another schedule covers that time. */
export const coversAt = (uses: readonly ScheduleUse[], but: Schedule, at: number): boolean =>
  uses.some(({ schedule }) => schedule !== but && runningPeriodAt(schedule, at) !== null);

/**
 * What the schedules want of one running instance at one time. A stop concerns what was running at its time, and none
 * comes into a running period of another schedule.
 */
export function stopClaims(uses: readonly ScheduleUse[], input: ClaimInput): readonly StopClaim[] {
  return uses.flatMap(({ schedule, matching }) => {
    if (matching !== 'yes' || schedule.stop === null) return [];
    const due = dueStopOf(schedule, input);
    if (due !== null) return coversAt(uses, schedule, input.now) ? [] : [claim(schedule, due, input)];
    const upcoming = nextStop(schedule, input.now);
    if (upcoming === null || input.now < upcoming - schedule.warnMs) return [];
    return coversAt(uses, schedule, upcoming) ? [] : [claim(schedule, upcoming, input)];
  });
}

/** The earliest stop of this time off that found it running: a later one of the same time off asks for nothing more. */
export function dueStopOf(
  schedule: Schedule,
  { now, startedAt, warnedOf }: Pick<ClaimInput, 'now' | 'startedAt' | 'warnedOf'>,
): number | null {
  const concerns = (stopAt: number): boolean =>
    startedAt === null
      ? warnedOf.some((stop) => stop.name === schedule.name && stop.stopAt === stopAt)
      : startedAt <= stopAt;
  return dueStops(schedule, now).find(concerns) ?? null;
}

function claim(schedule: Schedule, stopAt: number, { now, sweepEveryMs }: ClaimInput): StopClaim {
  const { name, warnMs, quietForMs, evenIfActive } = schedule;
  const warnAt = stopAt - warnMs;
  return {
    name,
    stopAt,
    warnMs,
    quietForMs,
    evenIfActive,
    isDue: now >= stopAt,
    isWarningTime: now >= warnAt && now < warnAt + sweepEveryMs + sweepSlackMs,
  };
}
