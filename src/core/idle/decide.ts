import { type Candidate, weighRules, type Weighed } from './candidate.ts';
import type {
  Decision,
  DecisionFacts,
  DecisionInput,
  JudgedClaim,
  JudgedWish,
  KeepReason,
  StopReason,
  WarnReason,
} from './types.ts';
import type { ActivityVerdict } from '../activity/types.ts';
import type { ExceededBudget } from '../quota/stop-budgets.ts';

const lapsedWarningHoldsMs = 24 * 60 * 60_000;

/**
 * Whether an instance is kept, warned or stopped, and why: the same at every look. First match wins: not running, not
 * settled, protected, exempt, snoozed, grace, active, unknown, idle too short, halted; then warn or stop, and the mode
 * last. Maximum uptime may pass over active, unknown and idle too short, never over a job that has not ended. A schedule
 * announces its stop whatever the use; from its time on the use over its `quietFor` is what counts.
 *
 * With a warning open that is not due, the answer is `warn`; from its time on it is `stop`.
 */
export function decide(input: DecisionInput): Decision {
  const { policy, now } = input;
  // In mode off nothing was read: there is no state to judge.
  if (policy.mode === 'off') return keep(input, 'keep.mode', { mode: 'off' });

  const settled = whyNotSettled(input);
  if (settled !== null) return settled;

  if (policy.protectedBy !== null) return keep(input, 'keep.protected', { match: policy.protectedBy });
  const { exemption } = policy;
  if (exemption !== null && now < exemption.until) {
    const why = exemption.why === null ? {} : { why: exemption.why };
    return keep(input, 'keep.exempt', { until: exemption.until, ...why });
  }
  const { snooze } = input;
  if (snooze !== null && now < snooze.until) {
    const by = snooze.by === null ? {} : { by: snooze.by };
    return keep(input, 'keep.snoozed', { until: snooze.until, ...by });
  }
  const { graceAfterStartMs: graceMs } = policy.idle;
  const inGrace = input.startedAt !== null && now < input.startedAt + graceMs;
  const weighed = weighRules(input, inGrace);
  if (weighed.candidate === null)
    return afterJob(input, waiting(keepAsUsed(input, weighed, inGrace), weighed));

  const proposed = propose(input, weighed.candidate, weighed.claim);
  if (input.halt !== null) {
    const by = input.halt.by === null ? {} : { by: input.halt.by };
    const why = input.halt.why === null ? {} : { why: input.halt.why };
    return held(proposed, 'keep.halted', { ...by, ...why });
  }
  return byMode(input, proposed);
}

/** The same decision turned into a keep that says what it stood in the way of. */
export function held(decision: Decision, reason: KeepReason, facts: DecisionFacts): Decision {
  const { stopDueAt: _, ...rest } = decision;
  const would = decision.reason.startsWith('keep.')
    ? {}
    : { would: decision.reason as NonNullable<Decision['would']> };
  return { ...rest, ...would, action: 'keep', reason, facts: { ...decision.facts, ...facts } };
}

/** What a warning announces. */
export const stopOf = (reason: WarnReason): StopReason => reason.replace('warn.', 'stop.') as StopReason;

const keep = (input: DecisionInput, reason: KeepReason, facts: DecisionFacts): Decision => ({
  ...recordOf(input),
  action: 'keep',
  reason,
  facts,
});

const recordOf = (input: DecisionInput): Omit<Decision, 'action' | 'reason' | 'facts'> => ({
  ref: input.compute.ref,
  owner: input.compute.owner,
  vmSize: input.compute.vmSize,
  at: input.now,
  evidence: input.activity?.evidence ?? null,
  policyHash: input.policy.policyHash,
  pricePerHourUsd: input.pricePerHourUsd,
});

function whyNotSettled(input: DecisionInput): Decision | null {
  const { state, provisioningState } = input.compute;
  const facts = state === null ? {} : { state };
  switch ((state ?? '').toLowerCase()) {
    case 'stopped':
    case 'stopping':
      return keep(input, 'keep.not-running', { ...facts, ...stoppedBy(input) });
    case 'running':
    case 'jobrunning':
      // Azure goes on to say Running while it takes the machine away.
      return provisioningState?.toLowerCase() === 'deleting'
        ? keep(input, 'keep.not-settled', { state: 'Deleting' })
        : null;
    default:
      return keep(input, 'keep.not-settled', facts);
  }
}

function stoppedBy({ compute: { lastOperation = null } }: DecisionInput): DecisionFacts {
  if (lastOperation?.name.toLowerCase() !== 'stop') return {};
  const trigger = lastOperation.trigger?.toLowerCase();
  if (trigger === 'schedule') return { stoppedBy: 'schedule' };
  return trigger === 'idleshutdown' ? { stoppedBy: 'idle-shutdown' } : {};
}

/** A keep while a schedule's stop waits says so; the warning of that stop stands. */
function waiting(kept: Decision, { claim, rules }: Weighed): Decision {
  if (claim === null) return kept;
  const evidence = claim.activity?.evidence ?? kept.evidence;
  return { ...kept, evidence, rules, facts: { ...kept.facts, ...claimFacts(claim) } };
}

/** A keep that ends the wish whose warning is out says so. */
function afterJob({ stopAfterJob, openWarnings }: DecisionInput, kept: Decision): Decision {
  const isWarned = openWarnings.some(({ reason }) => reason === 'warn.job-ended');
  const isUsed = stopAfterJob?.clearAt != null && stopAfterJob.activity?.activity === 'active';
  return isWarned && isUsed && stopAfterJob.activity?.unfinishedJobs === 'none'
    ? { ...kept, facts: { ...kept.facts, usedAfterJob: true } }
    : kept;
}

const claimFacts = (claim: JudgedClaim): DecisionFacts => ({
  schedule: claim.name,
  scheduledAt: claim.stopAt,
  scheduleWarnMs: claim.warnMs,
  quietForMs: claim.quietForMs,
  evenIfActive: claim.evenIfActive,
});

function keepAsUsed(input: DecisionInput, { claim }: Weighed, inGrace: boolean): Decision {
  if (inGrace && input.startedAt !== null) {
    return keep(input, 'keep.grace', {
      startedAt: input.startedAt,
      graceMs: input.policy.idle.graceAfterStartMs,
    });
  }
  return claim === null
    ? keepByActivity(input, input.activity, input.policy.idle.afterMs)
    : keepByActivity(input, claim.activity, claim.quietForMs);
}

function keepByActivity(input: DecisionInput, verdict: ActivityVerdict | null, afterMs: number): Decision {
  const { idle } = input.policy;
  if (verdict === null) return keep(input, 'keep.unknown.metrics', {});
  const thresholds = {
    cpuBelowPercent: idle.cpuBelow,
    cpuCoresBelow: idle.cpuCoresBelow,
    gpuBelowPercent: idle.gpuBelow,
    networkBelowMegabytes: idle.networkBelow,
    minCoverage: idle.minCoverage,
  };
  if (verdict.activity !== 'idle') return keep(input, verdict.reason, thresholds);
  const { idleForMs } = verdict;
  if (idleForMs < afterMs) {
    return keep(input, 'keep.idle-short', { idleForMs, idleAfterMs: afterMs });
  }
  if (!idle.enabled) return keep(input, 'keep.idle-off', { idleForMs });
  // Idle for long enough, and yet no candidate: only a start that nobody knows can be in the way.
  return keep(input, 'keep.grace', { graceMs: idle.graceAfterStartMs });
}

function propose(input: DecisionInput, candidate: Candidate, claim: JudgedClaim | null): Decision {
  const { idle, maxUptime } = input.policy;
  const verdict = candidate.verdict;
  const idleFacts = {
    idleForMs: verdict.evidence.windowToAt - candidate.idleSinceAt,
    idleSinceAt: candidate.idleSinceAt,
    idleAfterMs: quietWanted(input, candidate, claim),
    evidenceRule: idle.evidence,
  };
  const facts: DecisionFacts = {
    activity: verdict.activity,
    cpuBelowPercent: idle.cpuBelow,
    cpuCoresBelow: idle.cpuCoresBelow,
    gpuBelowPercent: idle.gpuBelow,
    networkBelowMegabytes: idle.networkBelow,
    ...(verdict.activity === 'idle' ? idleFacts : {}),
    ...(input.startedAt === null
      ? {}
      : { startedAt: input.startedAt, uptimeMs: input.now - input.startedAt }),
    ...(candidate.rule === 'max-uptime' && maxUptime !== null ? { maxUptimeMs: maxUptime.afterMs } : {}),
    ...(candidate.warnedAt === null ? {} : { warnedAt: candidate.warnedAt }),
    ...(candidate.rule === 'job-ended' && input.stopAfterJob != null ? wishFacts(input.stopAfterJob) : {}),
    ...(candidate.rule === 'budget' && input.budget != null ? budgetFacts(input.budget) : {}),
    ...(claim === null ? {} : claimFacts(claim)),
  };
  return {
    ...recordOf(input),
    evidence: verdict.evidence,
    action: candidate.action,
    reason: `${candidate.action}.${candidate.rule}`,
    rules: candidate.rules,
    facts,
    stopDueAt: candidate.stopDueAt,
  };
}

function quietWanted(input: DecisionInput, { rule }: Candidate, claim: JudgedClaim | null): number {
  const wanted = rule === 'job-ended' ? input.stopAfterJob?.quietForMs : undefined;
  return (rule === 'schedule' ? claim?.quietForMs : wanted) ?? input.policy.idle.afterMs;
}

const wishFacts = ({ job, by, clearAt }: JudgedWish): DecisionFacts => ({
  ...(job === null ? {} : { job }),
  ...(clearAt === null ? {} : { jobsClearAt: clearAt }),
  askedBy: by,
});

const budgetFacts = ({ of, spentUsd, limitUsd }: ExceededBudget): DecisionFacts => ({
  budgetOf: of,
  spentUsd,
  budgetUsd: limitUsd,
});

function byMode(input: DecisionInput, proposed: Decision): Decision {
  const { mode } = input.policy;
  // The mode governs what Lamplighter does by itself, not what a person asks for.
  if (proposed.reason === 'warn.job-ended' || proposed.reason === 'stop.job-ended') return proposed;
  switch (mode) {
    case 'enforce':
      return proposed;
    case 'warn': {
      if (proposed.action === 'stop') return held(proposed, 'keep.mode', { mode });
      const lapsed = input.lapsedWarning;
      const { scheduledAt, scheduleWarnMs = 0 } = proposed.facts;
      const ofEarlierStop =
        proposed.reason === 'warn.schedule' && (lapsed?.warnedAt ?? 0) < (scheduledAt ?? 0) - scheduleWarnMs;
      const again =
        lapsed === null ||
        ofEarlierStop ||
        input.openWarnings.some((warning) => warning.reason === proposed.reason) ||
        input.now - lapsed.warnedAt >= lapsedWarningHoldsMs ||
        (input.startedAt ?? -Infinity) > lapsed.warnedAt ||
        (input.activity?.evidence.lastActiveAt ?? -Infinity) > lapsed.warnedAt;
      if (again) return proposed;
      const kept = held(proposed, 'keep.mode', { mode, warnedAt: lapsed.warnedAt });
      return { ...kept, would: stopOf(lapsed.reason) };
    }
    case 'observe':
    case 'off':
      return held(proposed, 'keep.mode', { mode });
  }
}
