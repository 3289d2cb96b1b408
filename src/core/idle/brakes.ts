import { computeKey, type ComputeKey } from '../ids.ts';
import { held } from './decide.ts';
import type { Decision, OpenWarning, StopLimits } from './types.ts';
import { isNewWarning } from './warning-fate.ts';

/** Below this many machines a percentage says nothing. */
const fewMachines = 5;

/** The most instances that may be warned or stopped anew at one moment. */
export function blastLimit(runningCount: number, limits: StopLimits): number {
  // 20 % of 15 must not become 4 by a rounding error of the floating point.
  const share = Math.ceil((runningCount * limits.maxStopsPercent) / 100 - 1e-9);
  return Math.min(limits.maxStops, Math.max(fewMachines, share));
}

/** Announced by the admin who wrote the schedule: many at once are what was asked for. */
export const isBySchedule = ({ reason }: Pick<Decision, 'reason'>): boolean => reason.endsWith('.schedule');

export type BrakeInput = {
  /** Instances of the whole fleet in Running or JobRunning at this sweep. */
  readonly runningCount: number;
  readonly limits: StopLimits;
  readonly openWarnings: ReadonlyMap<ComputeKey, readonly OpenWarning[]>;
  /** Computes that an admin let pass: never held and never counted. */
  readonly released: ReadonlySet<ComputeKey>;
};

export type Braked = {
  /** In the order given; those held are `keep.blast-limit`. */
  readonly decisions: readonly Decision[];
  readonly held: readonly Decision[];
  readonly limit: number;
  /** New warnings and stops that count. */
  readonly count: number;
};

/** Above the limit none of the newly warned or stopped goes through: so many at once mean a fault, not so many idle people. */
export function applyBrakes(decisions: readonly Decision[], input: BrakeInput): Braked {
  const isNew = (decision: Decision): boolean => {
    const key = computeKey(decision.ref);
    if (decision.action === 'keep' || isBySchedule(decision) || input.released.has(key)) return false;
    const open = input.openWarnings.get(key) ?? [];
    return decision.action === 'stop' ? open.length === 0 : isNewWarning(decision, open);
  };
  const limit = blastLimit(input.runningCount, input.limits);
  const fresh = new Set(decisions.filter((decision) => isNew(decision)));
  const count = fresh.size;
  if (count <= limit) return { decisions, held: [], limit, count };
  const braked = decisions.map((decision) =>
    fresh.has(decision) ? held(decision, 'keep.blast-limit', { limit, count }) : decision,
  );
  return {
    decisions: braked,
    held: braked.filter((decision) => decision.reason === 'keep.blast-limit'),
    limit,
    count,
  };
}

/**
 * The same limit right before one stop: `stopsOfThisMoment` counts the stops done and due with it (those of warnings of
 * the same sweep), this one included and released ones left out; `runningCount` is of the last sweep before the first of them.
 */
export function secondLookWithinLimits(
  decision: Decision,
  input: Pick<BrakeInput, 'runningCount' | 'limits' | 'released'> & { readonly stopsOfThisMoment: number },
): Decision {
  if (decision.action !== 'stop' || isBySchedule(decision) || input.released.has(computeKey(decision.ref)))
    return decision;
  const limit = blastLimit(input.runningCount, input.limits);
  const count = input.stopsOfThisMoment;
  return count <= limit ? decision : held(decision, 'keep.blast-limit', { limit, count });
}
