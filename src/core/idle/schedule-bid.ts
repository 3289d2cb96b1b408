import type { DecisionInput, JudgedClaim, OpenWarning } from './types.ts';

export type ScheduleBid = {
  readonly claim: JudgedClaim;
  /** Null: the stop is due and waits until the instance is quiet, or nobody was warned at the time of its warning. */
  readonly bid: {
    readonly rule: 'schedule';
    readonly action: 'warn' | 'stop';
    readonly stopDueAt: number;
    readonly warnedAt: number | null;
  } | null;
};

export const openWarningOfClaim = (
  input: Pick<DecisionInput, 'openWarnings'>,
  claim: Pick<JudgedClaim, 'name' | 'stopAt'>,
): OpenWarning | undefined =>
  input.openWarnings.find(
    ({ reason, schedule }) =>
      reason === 'warn.schedule' && schedule?.name === claim.name && schedule.stopAt === claim.stopAt,
  );

/**
 * What schedules ask for. The announcement does not look at use: whoever works at that time is to know that the machine
 * stops when it is quiet. From the schedule's time on, use decides. Of several stops one that is announced and due goes
 * on; else the one that comes first speaks.
 */
export function scheduleBid(input: DecisionInput, inGrace: boolean): ScheduleBid | null {
  const all = (input.scheduledStops ?? []).flatMap((claim) => bidOf(input, claim, inGrace) ?? []);
  // One that stops also what is in use does not stand back behind one that waits.
  const mustStop = all.some(({ bid, claim }) => bid !== null && claim.evenIfActive);
  const bids = mustStop ? all.filter(({ bid }) => bid !== null) : all;
  const rank = ({ bid, claim }: ScheduleBid): number => {
    const open = openWarningOfClaim(input, claim);
    if (open !== undefined && input.now >= open.stopDueAt) return 0;
    return bid === null ? 2 : 1;
  };
  const dueAt = ({ bid, claim }: ScheduleBid): number => bid?.stopDueAt ?? claim.stopAt;
  return (
    bids.toSorted((a, b) => rank(a) - rank(b) || dueAt(a) - dueAt(b) || a.claim.stopAt - b.claim.stopAt)[0] ??
    null
  );
}

function bidOf(input: DecisionInput, claim: JudgedClaim, inGrace: boolean): ScheduleBid | null {
  const { now } = input;
  const open = openWarningOfClaim(input, claim);
  const asks = (action: 'warn' | 'stop', stopDueAt: number): ScheduleBid => ({
    claim,
    bid: { rule: 'schedule', action, stopDueAt, warnedAt: open?.warnedAt ?? null },
  });
  if (open !== undefined) {
    if (now < open.stopDueAt) return asks('warn', open.stopDueAt);
    return isQuiet(input, claim, inGrace) ? asks('stop', open.stopDueAt) : { claim, bid: null };
  }
  const dueAt = Math.max(claim.stopAt, now + claim.warnMs);
  // Where nobody may be warned, what would be announced is said all the time until the stop.
  const isHeld = input.policy.mode === 'observe' || input.halt !== null;
  if (claim.isWarningTime || claim.isBeingWarned || (isHeld && !claim.isDue)) return asks('warn', dueAt);
  if (!claim.isDue) return null;
  return isQuiet(input, claim, inGrace) ? asks('warn', dueAt) : { claim, bid: null };
}

/** Whether the stop could happen now: not knowing never stops, nor does a job that has not ended. */
function isQuiet(
  input: DecisionInput,
  { activity, quietForMs, evenIfActive }: JudgedClaim,
  inGrace: boolean,
): boolean {
  if (inGrace || activity === null || activity.unfinishedJobs !== 'none') return false;
  if (activity.activity === 'unknown') return false;
  if (evenIfActive) return true;
  if (activity.activity !== 'idle' || activity.idleForMs < quietForMs) return false;
  // Where the start is not known, only the time watched can show that the grace is over.
  const watchedMs = input.now - (activity.evidence.windowToAt - activity.idleForMs);
  return input.startedAt !== null || watchedMs >= input.policy.idle.graceAfterStartMs;
}
