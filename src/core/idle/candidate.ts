import type { ActivityVerdict } from '../activity/types.ts';
import type { DecisionInput, OpenWarning, WarnReason } from './types.ts';

/** What a rule asks for, before halt, mode and brakes have their say. */
export type Candidate = {
  readonly rule: 'idle' | 'max-uptime';
  readonly action: 'warn' | 'stop';
  readonly stopDueAt: number;
  readonly warnedAt: number | null;
  /** Every rule whose conditions hold. */
  readonly rules: readonly WarnReason[];
  readonly idleSinceAt: number;
  readonly verdict: ActivityVerdict;
};

type Bid = Pick<Candidate, 'rule' | 'action' | 'stopDueAt' | 'warnedAt'>;

/** Of the two rules the one that stops first speaks; at the same moment, idleness. Null: neither asks for anything. */
export function candidateOf(input: DecisionInput): Candidate | null {
  const verdict = input.activity;
  if (verdict === null) return null;
  const idleWarning = openOf(input, 'warn.idle');
  const uptimeWarning = openOf(input, 'warn.max-uptime');
  const byIdle = idleBid(input, verdict, idleWarning);
  const byUptime = uptimeBid(input, verdict, uptimeWarning);
  const first = sooner(byIdle, byUptime);
  if (first === null) return null;

  const rules: WarnReason[] = [];
  if (byIdle !== null) rules.push('warn.idle');
  if (byUptime !== null) rules.push('warn.max-uptime');
  const quietSinceAt = verdict.evidence.windowToAt - verdict.idleForMs;
  const idleSinceAt = Math.min(quietSinceAt, idleWarning?.idleSinceAt ?? quietSinceAt);
  return { ...first, rules, idleSinceAt, verdict };
}

const openOf = (input: DecisionInput, reason: WarnReason): OpenWarning | undefined =>
  input.openWarnings.find((warning) => warning.reason === reason);

function sooner(idle: Bid | null, uptime: Bid | null): Bid | null {
  if (idle === null || uptime === null) return idle ?? uptime;
  return uptime.stopDueAt < idle.stopDueAt ? uptime : idle;
}

function idleBid(input: DecisionInput, verdict: ActivityVerdict, open: OpenWarning | undefined): Bid | null {
  const { idle } = input.policy;
  if (!idle.enabled || verdict.activity !== 'idle' || verdict.idleForMs < idle.afterMs) return null;
  // Where the start is not known, only the time watched can show that the grace is over.
  const watchedMs = input.now - (verdict.evidence.windowToAt - verdict.idleForMs);
  if (input.startedAt === null && watchedMs < idle.graceAfterStartMs) return null;
  return bid('idle', input.now, open, open?.stopDueAt ?? input.now + idle.warnMs);
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

const bid = (rule: Bid['rule'], now: number, open: OpenWarning | undefined, stopDueAt: number): Bid => ({
  rule,
  action: open !== undefined && now >= stopDueAt ? 'stop' : 'warn',
  stopDueAt,
  warnedAt: open?.warnedAt ?? null,
});
