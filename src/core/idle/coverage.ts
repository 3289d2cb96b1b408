import type { Decision } from './types.ts';

/** How much of the fleet one sweep could judge. */
export type FleetCoverage = {
  /** Instances in Running whose activity was asked for. */
  readonly asked: number;
  /** Those with enough metrics or session reports to be told idle or used. */
  readonly decidable: number;
};

export type CoverageLoss = { readonly before: FleetCoverage; readonly now: FleetCoverage };

/** Whether nothing could be told of its activity: neither metrics nor session reports suffice. */
export const isBlind = (decision: Pick<Decision, 'evidence'>): boolean =>
  decision.evidence?.decidableBy === 'neither';

export function coverageOf(decisions: readonly Pick<Decision, 'evidence'>[]): FleetCoverage {
  const asked = decisions.filter((decision) => decision.evidence !== null);
  return { asked: asked.length, decidable: asked.filter((decision) => !isBlind(decision)).length };
}

/**
 * A sudden loss over the fleet: of at least five machines that could be judged at the sweep before, fewer than half of
 * the share can be now. Unknown stops nobody; this is for an admin to know that the brake is on everywhere.
 */
export function detectCoverageLoss(
  previous: FleetCoverage | null,
  current: FleetCoverage,
): CoverageLoss | null {
  if (previous === null || previous.decidable < 5 || current.asked === 0) return null;
  const lost = (current.decidable / current.asked) * 2 < previous.decidable / previous.asked;
  return lost ? { before: previous, now: current } : null;
}

/** Whether it is time to list the instance as a blind spot and to ask its owner whether it is still used. */
export const isBlindSpotDue = (
  unknownSinceAt: number | null,
  now: number,
  unknownAlertAfterMs: number,
): boolean => unknownSinceAt !== null && now - unknownSinceAt >= unknownAlertAfterMs;
