import { LamplighterError } from '../core/errors.ts';
import type { ComputeRef } from '../core/ids.ts';
import type { Decision } from '../core/idle/types.ts';
import { formatDuration } from '../core/policy/duration.ts';
import { policyFor } from '../core/policy/policy-for.ts';
import type { PolicySubject } from '../core/policy/subject.ts';
import { readSnooze, type Snooze, writeSnooze } from '../ledger/snoozes.ts';
import { readOpenWarningsOf } from '../ledger/warnings.ts';
import type { Flow } from './flow.ts';
import { stopInstanceId } from './ids.ts';
import { readPolicyInForce } from './policy-store.ts';
import { type DurableWaker, wakeOrchestration } from './start-orchestration.ts';
import { readTeams, teamsOf } from './teams.ts';

const shortestMs = 60_000;

/** What the policy is asked about: as the last decision knew the compute, with its tags as Azure shows them now. */
async function subjectOf(
  flow: Flow,
  decision: Decision,
  policies: Parameters<typeof readTeams>[1],
): Promise<PolicySubject> {
  const { ref, owner, vmSize } = decision;
  const compute = await flow.ports.computes.get(ref).catch(() => null);
  const size =
    compute?.ok === true && vmSize !== null
      ? await flow.ports.sizes
          .list(ref.subscriptionId, compute.value.location)
          .then((sizes) => (sizes.ok ? (sizes.value.get(vmSize.toLowerCase()) ?? null) : null))
          .catch(() => null)
      : null;
  return {
    subscription: ref.subscriptionId,
    workspace: ref.workspace,
    compute: ref.compute,
    kind: 'ComputeInstance',
    user: owner === null ? null : [owner.objectId, ...(owner.name === null ? [] : [owner.name])],
    teams: teamsOf(await readTeams(flow, policies), owner?.objectId ?? null),
    vmSize,
    family: size?.family ?? null,
    gpu: size === null ? null : size.gpus > 0,
    tags: compute?.ok === true ? compute.value.tags : null,
  };
}

/** `idle.maxSnooze` as it holds for this compute. */
async function longestSnoozeMs(flow: Flow, decision: Decision): Promise<number> {
  const { policy, hash } = await readPolicyInForce(flow.ports.ledger);
  const subject = await subjectOf(flow, decision, [policy]);
  return policyFor(policy, hash, subject, flow.ports.clock.now()).idle.maxSnoozeMs;
}

/** The ledger has been written: the workflows of open warnings are told to look there. */
async function wakeStops(flow: Flow, client: DurableWaker, ref: ComputeRef, why: string): Promise<void> {
  const warnings = await readOpenWarningsOf(flow.ports.ledger, ref);
  for (const { warning } of warnings) {
    await wakeOrchestration(client, stopInstanceId(ref, warning.warningId), why);
  }
}

/**
 * "Not now": holds against every stop for that long, counted from now. The ledger row is written before anybody is
 * told. Throws `snooze.too-long` or `snooze.too-short`, both naming the limit.
 */
export async function snooze(
  flow: Flow,
  client: DurableWaker,
  asked: { readonly decision: Decision; readonly forMs: number; readonly by: string },
): Promise<Snooze> {
  const { ref } = asked.decision;
  if (asked.forMs < shortestMs) {
    throw new LamplighterError('A snooze lasts at least a minute.', {
      code: 'snooze.too-short',
      fault: 'caller',
      field: 'for',
      fix: 'Ask for 1m or more; DELETE ends a snooze.',
    });
  }
  const longestMs = await longestSnoozeMs(flow, asked.decision);
  if (asked.forMs > longestMs) {
    throw new LamplighterError(`The policy allows at most ${formatDuration(longestMs)} at a time.`, {
      code: 'snooze.too-long',
      fault: 'caller',
      field: 'for',
      fix: `Ask for ${formatDuration(longestMs)} or less; you can ask again before it ends.`,
    });
  }
  const at = flow.ports.clock.now();
  const row = { ref, at, until: at + asked.forMs, by: asked.by };
  await writeSnooze(flow.ports.ledger, row);
  await wakeStops(flow, client, ref, 'snoozed');
  return row;
}

/** Ends the snooze that holds, if one does; the next sweep judges the compute like any other. */
export async function endSnooze(flow: Flow, ref: ComputeRef, by: string): Promise<boolean> {
  const { ledger, clock } = flow.ports;
  const at = clock.now();
  if ((await readSnooze(ledger, ref, at)) === null) return false;
  await writeSnooze(ledger, { ref, at, until: at, by });
  return true;
}
