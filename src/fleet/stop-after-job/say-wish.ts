import { jobsByCompute } from '../../core/activity/jobs.ts';
import type { Compute } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import { computeArmId, type ComputeRef, shortHash, computeKey } from '../../core/ids.ts';
import { policyFor } from '../../core/policy/policy-for.ts';
import { type AfterJobWish, writeWish } from '../../ledger/after-job-wishes.ts';
import { readOpenWarning } from '../../ledger/warnings.ts';
import type { AzureFailure } from '../../ports/azure.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { stopInstanceId } from '../ids.ts';
import { readPolicyInForce } from '../policy-store.ts';
import { isRunning } from '../readings.ts';
import { type DurableWaker, wakeOrchestration } from '../start-orchestration.ts';
import { subjectOf } from '../subject-of.ts';
import { readTeams } from '../teams.ts';
import { endWarningWith } from '../withdraw-warning.ts';
import { deliver, pagePathOf } from '../tell.ts';
import { endWish } from './keep-wish.ts';

export type WishAsked = {
  /** Name of a job on it; null: every job that has not ended. */
  readonly job: string | null;
  readonly quietForMs: number;
  /** How long the wish holds at most. */
  readonly forMs: number;
  readonly by: string;
};

const terminal = /^(completed|failed|canceled)$/i;

const refused = (message: string, code: string, field: string, fix: string): LamplighterError =>
  new LamplighterError(message, { code, fault: 'caller', field, fix });

const unreadable = (failure: AzureFailure): LamplighterError =>
  new LamplighterError(`Its jobs cannot be read now: ${faultOf(failure).message}`, {
    code: 'azure.unreadable',
    fault: 'azure',
    retryable: true,
    fix: 'Send it again in half a minute.',
  });

/** A wish for a job that is not there, or has ended, would stop the instance at once, or never. */
async function checkJob(flow: Flow, ref: ComputeRef, job: string | null): Promise<void> {
  if (job === null) {
    const listed = await flow.ports.jobs.listUnfinished(ref);
    if (!listed.ok) throw unreadable(listed);
    if ((jobsByCompute(listed.value).get(ref.compute.toLowerCase())?.length ?? 0) > 0) return;
    throw refused(
      'No job that has not ended is on it.',
      'after-job.no-job',
      'compute',
      'Submit the job first; or stop the instance now.',
    );
  }
  const got = await flow.ports.attachments.job(ref, job);
  if (!got.ok && got.kind !== 'missing') throw unreadable(got);
  const own = computeArmId(ref).toLowerCase();
  if (!got.ok || !got.value.computeIds.some((id) => id.toLowerCase() === own)) {
    throw refused(
      `There is no job ${job} on ${ref.compute}.`,
      'after-job.no-such-job',
      'job',
      'Give the name of a job that runs or waits on this instance, as the studio shows it; or leave it out for all of them.',
    );
  }
  if (!terminal.test(got.value.status)) return;
  throw refused(
    `Job ${job} has ended already (${got.value.status}).`,
    'after-job.job-ended',
    'job',
    'Stop the instance now, or name a job that has not ended.',
  );
}

/** What would hold against the stop is said when it is asked for, not when somebody wonders why nothing happened. */
async function checkPolicy(flow: Flow, compute: Compute): Promise<void> {
  const { ledger, clock } = flow.ports;
  const { policy, hash } = await readPolicyInForce(ledger);
  const teams = await readTeams(flow, [policy]);
  const own = policyFor(policy, hash, subjectOf({ compute, size: null }, teams), clock.now());
  const fix = 'Stop it yourself when the job has ended, or ask an admin.';
  if (own.mode === 'off') {
    throw refused(
      'The mode is off there, so Lamplighter looks at nothing.',
      'after-job.mode-off',
      'compute',
      fix,
    );
  }
  if (own.protectedBy === null && own.exemption === null) return;
  const what = own.protectedBy === null ? 'is exempt from stops' : 'is protected by the policy';
  throw refused(
    `${compute.ref.compute} ${what}, so it is not stopped by a wish.`,
    'after-job.kept',
    'compute',
    fix,
  );
}

/**
 * "Stop it when my job has ended." The last word counts: it replaces an earlier wish. Throws `after-job.…` where it could
 * not be fulfilled, `compute.not-running`, or a retryable fault where Azure cannot be read.
 */
export async function sayStopAfterJob(flow: Flow, compute: Compute, asked: WishAsked): Promise<AfterJobWish> {
  const { ref } = compute;
  if (!isRunning(compute.state)) {
    throw refused(
      `${ref.compute} does not run: its state is ${compute.state ?? 'unknown'}.`,
      'compute.not-running',
      'compute',
      'Only a running instance can be stopped.',
    );
  }
  await checkPolicy(flow, compute);
  await checkJob(flow, ref, asked.job);
  const now = flow.ports.clock.now();
  const wish: AfterJobWish = {
    wishId: shortHash(`${computeKey(ref)}|${now}|${asked.by}`, 16),
    ref,
    owner: compute.owner,
    job: asked.job,
    by: asked.by,
    askedAt: now,
    quietForMs: asked.quietForMs,
    untilAt: now + asked.forMs,
    jobEndedAt: null,
    clearAt: null,
    saidUnknownAt: null,
    endedAt: null,
    outcome: null,
    untold: null,
  };
  await writeWish(flow.ports.ledger, wish);
  return wish;
}

/** Takes it back: the row first, then its warning. The owner is told if somebody else did it. `false`: there was none. */
export async function unsayStopAfterJob(
  flow: Flow,
  client: DurableWaker,
  ref: ComputeRef,
  by: { readonly name: string; readonly objectId: string },
): Promise<boolean> {
  const ended = await endWish(flow, ref, 'withdrawn');
  const sentence = `Kept: ${by.name} has taken back the wish to stop it after its job.`;
  const open = await readOpenWarning(flow.ports.ledger, ref, 'warn.job-ended');
  const isWarned = open !== null && open.warning.stopRequestedAt === null;
  if (isWarned) {
    const close = { outcome: 'withdrawn', reason: 'wish-withdrawn', tell: sentence } as const;
    if (await endWarningWith(flow, open, close))
      await wakeOrchestration(client, stopInstanceId(ref, open.warning.warningId), 'wish-withdrawn');
  }
  if (ended === null) return isWarned;
  const { wishId, owner } = ended.wish;
  if (!isWarned && owner !== null && owner.objectId !== by.objectId) {
    await deliver(flow, {
      id: `after-job-${wishId}-withdrawn`,
      kind: 'wish',
      to: owner,
      compute: ref,
      title: `${ref.compute}: not stopped after its job`,
      sentence,
      links: [{ label: 'Why?', path: pagePathOf(ref) }],
    });
  }
  return true;
}
