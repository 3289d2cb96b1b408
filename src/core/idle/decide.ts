import { candidateOf, type Candidate } from './candidate.ts';
import type { Decision, DecisionFacts, DecisionInput, KeepReason } from './types.ts';

const lapsedWarningHoldsMs = 24 * 60 * 60_000;

/**
 * Whether an instance is kept, warned or stopped, and why: the same at every look. First match wins: not running, not
 * settled, protected, exempt, snoozed, grace, active, unknown, idle too short, halted; then warn or stop, and the mode
 * last. Maximum uptime may pass over active, unknown and idle too short, never over a job that has not ended.
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
  if (input.startedAt !== null && now < input.startedAt + graceMs) {
    return keep(input, 'keep.grace', { startedAt: input.startedAt, graceMs });
  }

  const candidate = candidateOf(input);
  if (candidate === null) return keepByActivity(input);

  const proposed = propose(input, candidate);
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
      return keep(input, 'keep.not-running', facts);
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

function keepByActivity(input: DecisionInput): Decision {
  const { idle } = input.policy;
  const verdict = input.activity;
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
  if (idleForMs < idle.afterMs) {
    return keep(input, 'keep.idle-short', { idleForMs, idleAfterMs: idle.afterMs });
  }
  if (!idle.enabled) return keep(input, 'keep.idle-off', { idleForMs });
  // Idle for long enough, and yet no candidate: only a start that nobody knows can be in the way.
  return keep(input, 'keep.grace', { graceMs: idle.graceAfterStartMs });
}

function propose(input: DecisionInput, candidate: Candidate): Decision {
  const { idle, maxUptime } = input.policy;
  const verdict = candidate.verdict;
  const idleFacts = {
    idleForMs: verdict.evidence.windowToAt - candidate.idleSinceAt,
    idleSinceAt: candidate.idleSinceAt,
    idleAfterMs: idle.afterMs,
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
  };
  return {
    ...recordOf(input),
    action: candidate.action,
    reason: `${candidate.action}.${candidate.rule}`,
    rules: candidate.rules,
    facts,
    stopDueAt: candidate.stopDueAt,
  };
}

function byMode(input: DecisionInput, proposed: Decision): Decision {
  const { mode } = input.policy;
  switch (mode) {
    case 'enforce':
      return proposed;
    case 'warn': {
      if (proposed.action === 'stop') return held(proposed, 'keep.mode', { mode });
      const lapsed = input.lapsedWarning;
      const again =
        lapsed === null ||
        input.openWarnings.some((warning) => warning.reason === proposed.reason) ||
        input.now - lapsed.warnedAt >= lapsedWarningHoldsMs ||
        (input.startedAt ?? -Infinity) > lapsed.warnedAt ||
        (input.activity?.evidence.lastActiveAt ?? -Infinity) > lapsed.warnedAt;
      if (again) return proposed;
      const kept = held(proposed, 'keep.mode', { mode, warnedAt: lapsed.warnedAt });
      return { ...kept, would: lapsed.reason === 'warn.max-uptime' ? 'stop.max-uptime' : 'stop.idle' };
    }
    case 'observe':
    case 'off':
      return held(proposed, 'keep.mode', { mode });
  }
}
