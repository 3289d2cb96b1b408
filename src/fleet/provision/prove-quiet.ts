import { assessActivity } from '../../core/activity/assess-activity.ts';
import type { Compute } from '../../core/computes.ts';
import { durationText } from '../../core/explain/duration-text.ts';
import { plainText } from '../../core/explain/plain-text.ts';
import { timeText } from '../../core/explain/time-text.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { policyFor } from '../../core/policy/policy-for.ts';
import type { ComputePolicy } from '../../core/policy/types.ts';
import type { Snooze } from '../../ledger/snoozes.ts';
import type { Flow } from '../flow.ts';
import { lookAtCompute } from '../look-at-compute.ts';
import { policiesForStop } from '../policies-for-stop.ts';
import { type InstanceReadings, isRunning } from '../readings.ts';
import { subjectOf } from '../subject-of.ts';
import { readTeams } from '../teams.ts';

/** Whether anybody uses an instance: only `quiet` is a proof, and `unknown` never counts as one unless its owner says so. */
export type QuietProof =
  | { readonly kind: 'quiet'; readonly compute: Compute; readonly guard: Guard }
  | { readonly kind: 'job'; readonly compute: Compute; readonly message: string }
  | { readonly kind: 'active'; readonly compute: Compute; readonly message: string }
  | { readonly kind: 'unknown'; readonly compute: Compute; readonly message: string; readonly guard: Guard }
  /** In a state in which nothing should be begun with it. */
  | { readonly kind: 'unsettled'; readonly compute: Compute; readonly message: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly retryAt: number; readonly message: string };

/** What would keep Lamplighter from touching it by itself; null: nothing. */
export type Guard = string | null;

/** States that last: off, or failed so that a new one is what helps. */
const lasting = new Set(['stopped', 'createfailed', 'setupfailed', 'usersetupfailed', 'unusable']);

function guardOf(policies: readonly ComputePolicy[], snooze: Snooze | null): Guard {
  for (const { mode, protectedBy, exemption } of policies) {
    if (mode === 'off') return 'the policy has Lamplighter look away from it (mode off)';
    if (protectedBy !== null) return `the policy protects it (${protectedBy})`;
    if (exemption !== null) return `it is exempt until ${timeText(exemption.until)}`;
  }
  return snooze === null ? null : `it is snoozed until ${timeText(snooze.until)}`;
}

function useOf(
  readings: InstanceReadings,
  policies: readonly ComputePolicy[],
  quietForMs: number | null,
  now: number,
): { readonly kind: 'quiet' } | { readonly kind: 'active' | 'unknown'; readonly message: string } {
  for (const policy of policies) {
    const { afterMs } = policy.idle;
    // Azure Monitor was asked for no more than the rules of the policy need.
    const windowMs = quietForMs === null ? afterMs : Math.min(quietForMs, afterMs);
    const verdict = assessActivity({
      now,
      windowMs,
      policy,
      startedAt: readings.startedAt,
      state: readings.compute.state,
      size: readings.size,
      jobs: readings.jobs,
      lastJobEndedAt: readings.observation.lastJobEndedAt,
      metrics: readings.metrics,
      reports: readings.reports,
    });
    const { evidence } = verdict;
    if (verdict.activity === 'active') {
      const last = evidence.lastActiveAt === null ? '' : `, last at ${timeText(evidence.lastActiveAt)}`;
      return { kind: 'active', message: `It is in use (${verdict.reason}${last}).` };
    }
    if (verdict.activity === 'unknown') {
      const why = evidence.unknownBecause === null ? '' : `: ${plainText(evidence.unknownBecause)}`;
      return { kind: 'unknown', message: `Whether it is in use cannot be told${why}.` };
    }
    if (verdict.idleForMs < windowMs) {
      return {
        kind: 'unknown',
        message: `It has been seen quiet for ${durationText(verdict.idleForMs)} only, and ${durationText(windowMs)} would prove that nobody uses it.`,
      };
    }
  }
  return { kind: 'quiet' };
}

/** Looks at everything anew, by the same code as the look before a stop. */
export async function proveQuiet(
  flow: Flow,
  ref: ComputeRef,
  quietForMs: number | null,
): Promise<QuietProof> {
  const now = flow.ports.clock.now();
  const loaded = await policiesForStop(flow);
  const rules = loaded.map(({ policy }) => policy);
  const look = await lookAtCompute(flow, ref, rules, now, false);
  if (look.kind !== 'read') return look;
  const { readings } = look;
  const { compute } = readings;
  const running = isRunning(compute.state);
  // A job may wait for an instance that is off: what it was sent to would be gone.
  const jobs = running ? readings.jobs : look.unfinished;
  if (!jobs.ok) {
    const retryAt = look.unread?.retryAt ?? now + 60_000;
    return { kind: 'unreadable', retryAt, message: `Its jobs cannot be read: ${plainText(jobs.why)}` };
  }
  const [job] = jobs.value;
  if (job !== undefined || compute.state?.toLowerCase() === 'jobrunning') {
    const which = job === undefined ? 'A job' : `Job ${plainText(job.name)} (${plainText(job.status)})`;
    return { kind: 'job', compute, message: `${which} has not ended on it.` };
  }
  const teams = await readTeams(flow, rules);
  const subject = subjectOf(readings, teams);
  const policies = loaded.map(({ hash, policy }) => policyFor(policy, hash, subject, now));
  const guard = guardOf(policies, readings.snooze);
  const state = compute.state ?? compute.provisioningState ?? 'Unknown';
  if (!running) {
    if (lasting.has(state.toLowerCase())) return { kind: 'quiet', compute, guard };
    return { kind: 'unsettled', compute, message: `It is ${state}: something else is being done to it.` };
  }
  const use = useOf(readings, policies, quietForMs, now);
  switch (use.kind) {
    case 'quiet':
      return { kind: 'quiet', compute, guard };
    case 'active':
      return { kind: 'active', compute, message: use.message };
    case 'unknown':
      return { kind: 'unknown', compute, message: use.message, guard };
  }
}
