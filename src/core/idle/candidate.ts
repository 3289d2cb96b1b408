import type { ActivityVerdict } from '../activity/types.ts';
import { openWarningOfClaim, type ScheduleBid, scheduleBid } from './schedule-bid.ts';
import type { DecisionInput, JudgedClaim, OpenWarning, WarnReason } from './types.ts';

/** What a rule asks for, before halt, mode and brakes have their say. */
export type Candidate = {
  readonly rule: 'owner-gone' | 'idle' | 'job-ended' | 'budget' | 'schedule' | 'max-uptime';
  readonly action: 'warn' | 'stop';
  readonly stopDueAt: number;
  readonly warnedAt: number | null;
  /** Every rule whose conditions hold. */
  readonly rules: readonly WarnReason[];
  readonly idleSinceAt: number;
  readonly verdict: ActivityVerdict;
};

/** Rules that ask for the idleness of the idle rule, and so keep the time of their own warning. */
const quietRules: ReadonlySet<Candidate['rule']> = new Set<Candidate['rule']>([
  'owner-gone',
  'idle',
  'budget',
]);

type Bid = Pick<Candidate, 'rule' | 'action' | 'stopDueAt' | 'warnedAt'>;

export type Weighed = {
  /** Null: no rule asks for anything. */
  readonly candidate: Candidate | null;
  /** The schedule's stop that is asked for, announced, or waits for the instance to be quiet. */
  readonly claim: JudgedClaim | null;
  readonly rules: readonly WarnReason[];
};

/**
 * Of the rules the one that stops first speaks; at the same moment, in the order owner gone, idleness, budget, schedule,
 * maximum uptime. An idle instance of a group without money is so stopped as an idle one; the budget speaks where the idle
 * rule is off. A person's wish speaks first of all where the mode lets nothing else act.
 * `inGrace`: only what a schedule has announced goes on.
 */
export function weighRules(input: DecisionInput, inGrace: boolean): Weighed {
  const bySchedule = scheduleBid(input, inGrace);
  const claim = bySchedule?.claim ?? null;
  const verdict = input.activity;
  if (verdict === null) return { candidate: null, claim: null, rules: [] };
  const byIdle = inGrace ? null : idleBid(input, verdict, openOf(input, 'warn.idle'));
  const byWish = inGrace ? null : wishBid(input, openOf(input, 'warn.job-ended'));
  const byOwner = inGrace ? null : ownerBid(input, verdict, openOf(input, 'warn.owner-gone'));
  const byBudget = inGrace ? null : budgetBid(input, verdict, openOf(input, 'warn.budget'));
  const byUptime = inGrace ? null : uptimeBid(input, verdict, openOf(input, 'warn.max-uptime'));

  const rules: WarnReason[] = [];
  if (byOwner !== null) rules.push('warn.owner-gone');
  if (byIdle !== null) rules.push('warn.idle');
  if (byWish !== null) rules.push('warn.job-ended');
  if (byBudget !== null) rules.push('warn.budget');
  if (bySchedule !== null && holdsWarning(input, bySchedule)) rules.push('warn.schedule');
  if (byUptime !== null) rules.push('warn.max-uptime');

  const own = soonest([byWish, byOwner, byIdle, byBudget, bySchedule?.bid ?? null, byUptime]);
  const first = byWish !== null && input.policy.mode !== 'enforce' ? byWish : own;
  if (first === null) return { candidate: null, claim, rules };
  const judged = judgedBy(first.rule, input, claim) ?? verdict;
  const quietSinceAt = judged.evidence.windowToAt - judged.idleForMs;
  const idleSinceAt =
    first.rule === 'schedule' || first.rule === 'job-ended'
      ? quietSinceAt
      : Math.min(
          quietSinceAt,
          openOf(input, quietRules.has(first.rule) ? `warn.${first.rule}` : 'warn.idle')?.idleSinceAt ??
            quietSinceAt,
        );
  return { candidate: { ...first, rules, idleSinceAt, verdict: judged }, claim, rules };
}

/** What the rule looked at, where it has a window of its own. */
function judgedBy(
  rule: Bid['rule'],
  input: DecisionInput,
  claim: JudgedClaim | null,
): ActivityVerdict | null {
  if (rule === 'job-ended') return input.stopAfterJob?.activity ?? null;
  return rule === 'schedule' ? (claim?.activity ?? null) : null;
}

/** A schedule's warning that is out stands while its stop waits. */
const holdsWarning = (input: DecisionInput, { bid, claim }: ScheduleBid): boolean =>
  bid !== null || openWarningOfClaim(input, claim) !== undefined;

const openOf = (input: DecisionInput, reason: WarnReason): OpenWarning | undefined =>
  input.openWarnings.find((warning) => warning.reason === reason);

function soonest(bids: readonly (Bid | null)[]): Bid | null {
  let first: Bid | null = null;
  for (const bid of bids)
    if (bid !== null && (first === null || bid.stopDueAt < first.stopDueAt)) first = bid;
  return first;
}

function isIdleLongEnough(
  { policy: { idle }, now, startedAt }: DecisionInput,
  verdict: ActivityVerdict,
): boolean {
  if (verdict.activity !== 'idle' || verdict.idleForMs < idle.afterMs) return false;
  // Where the start is not known, only the time watched can show that the grace is over.
  const watchedMs = now - (verdict.evidence.windowToAt - verdict.idleForMs);
  return startedAt !== null || watchedMs >= idle.graceAfterStartMs;
}

function idleBid(input: DecisionInput, verdict: ActivityVerdict, open: OpenWarning | undefined): Bid | null {
  const { idle } = input.policy;
  if (!idle.enabled || !isIdleLongEnough(input, verdict)) return null;
  return bid('idle', input.now, open, open?.stopDueAt ?? input.now + idle.warnMs);
}

/** What is idle of an owner who is gone is stopped, also where the idle rule is off: nobody is left to ask for it. */
function ownerBid(input: DecisionInput, verdict: ActivityVerdict, open: OpenWarning | undefined): Bid | null {
  if (input.ownerGone !== true || !isIdleLongEnough(input, verdict)) return null;
  return bid('owner-gone', input.now, open, open?.stopDueAt ?? input.now + input.policy.idle.warnMs);
}

/** A used-up budget stops what is idle, also where the idle rule is off; what is in use or not known goes on costing. */
function budgetBid(
  input: DecisionInput,
  verdict: ActivityVerdict,
  open: OpenWarning | undefined,
): Bid | null {
  const { budget = null, policy } = input;
  if (budget === null || !isIdleLongEnough(input, verdict)) return null;
  return bid('budget', input.now, open, open?.stopDueAt ?? input.now + policy.idle.warnMs);
}

/** The owner asked for it, so a short quiet after the job is enough; not knowing, another job or use since are not. */
function wishBid(input: DecisionInput, open: OpenWarning | undefined): Bid | null {
  const { stopAfterJob: wish = null, now, policy } = input;
  if (wish === null || wish.clearAt === null || wish.activity === null) return null;
  const { activity, idleForMs, unfinishedJobs } = wish.activity;
  if (unfinishedJobs !== 'none' || activity !== 'idle' || idleForMs < wish.quietForMs) return null;
  return bid('job-ended', now, open, open?.stopDueAt ?? now + wishWarnMs(policy.idle));
}

function uptimeBid(
  input: DecisionInput,
  verdict: ActivityVerdict,
  open: OpenWarning | undefined,
): Bid | null {
  const { startedAt } = input;
  const rule = input.policy.maxUptime;
  if (rule === null || startedAt === null || verdict.unfinishedJobs !== 'none') return null;
  if (input.now < startedAt + rule.afterMs - rule.warnMs) return null;
  if (verdict.activity === 'active' && !rule.evenIfActive) return null;
  if (verdict.activity === 'unknown' && !rule.evenIfUnknown) return null;
  // An open warning never brings the stop before the limit, also when the limit was raised after it went out.
  const dueAt = Math.max(startedAt + rule.afterMs, open?.stopDueAt ?? input.now + rule.warnMs);
  return bid('max-uptime', input.now, open, dueAt);
}

/** Whoever asked for the stop expects it: a word shortly before is enough. */
const longestWishWarnMs = 10 * 60_000;
export const wishWarnMs = ({ warnMs }: DecisionInput['policy']['idle']): number =>
  Math.min(warnMs, longestWishWarnMs);

const bid = (rule: Bid['rule'], now: number, open: OpenWarning | undefined, stopDueAt: number): Bid => ({
  rule,
  action: open !== undefined && now >= stopDueAt ? 'stop' : 'warn',
  stopDueAt,
  warnedAt: open?.warnedAt ?? null,
});
