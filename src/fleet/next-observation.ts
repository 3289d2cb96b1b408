import { isBlindSpotDue } from '../core/idle/coverage.ts';
import { reportsOnlySince } from '../core/session/reports-only.ts';
import type { Observation } from '../ledger/observations.ts';
import type { Judgement } from './judge.ts';
import type { InstanceReadings } from './readings.ts';

/** What this look adds to what several looks together can tell. */
export function nextObservation(readings: InstanceReadings, judgement: Judgement, now: number): Observation {
  const { observation } = readings;
  const { verdict, policy } = judgement;
  const unknown = verdict?.activity === 'unknown';
  const lapsed = observation.warnedInMode;
  const startedAgain = lapsed !== null && (readings.startedAt ?? -Infinity) > lapsed.at;
  const forgotten = verdict?.activity === 'active' || startedAgain;
  return {
    ...observation,
    applies: {
      mode: policy.mode,
      schedules: judgement.schedules,
      maxSnoozeMs: policy.idle.maxSnoozeMs,
      isFree: policy.protectedBy === null && policy.exemption === null,
    },
    unknownSinceAt: unknown ? (observation.unknownSinceAt ?? now) : null,
    askedAt: unknown ? observation.askedAt : null,
    warnedInMode: forgotten ? null : lapsed,
    reportsOnlySinceAt: reportsOnlySince(observation.reportsOnlySinceAt, judgement.decision.reason, now),
  };
}

export const isBlind = (observation: Observation, judgement: Judgement, now: number): boolean =>
  isBlindSpotDue(observation.unknownSinceAt, now, judgement.policy.idle.unknownAlertAfterMs);
