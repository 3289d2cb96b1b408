import { jobsByCompute } from '../../core/activity/jobs.ts';
import type { Compute } from '../../core/computes.ts';
import { type DeletionHeld, whyNotDeleted } from '../../core/findings/deletion.ts';
import { aboutKey, type Consent, type FindingRecord } from '../../core/findings/types.ts';
import { forgottenFinding, ownerFinding } from '../../core/findings/upkeep-findings.ts';
import { computeKey, type ComputeRef } from '../../core/ids.ts';
import type { Policy } from '../../core/policy/types.ts';
import {
  readOpenFinding,
  readOpenFindings,
  replaceFinding,
  type StoredFinding,
} from '../../ledger/findings.ts';
import { isHalted } from '../../ledger/flags.ts';
import { readOwners } from '../../ledger/owners.ts';
import { readSnooze } from '../../ledger/snoozes.ts';
import { isLatestSweep } from '../../ledger/sweeps.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import type { Judgement } from '../judge.ts';
import { openRequestAbout } from '../provision/open-request-about.ts';
import { policiesForStop } from '../policies-for-stop.ts';
import type { InstanceReadings, WorkspaceReadings } from '../readings.ts';
import { statedPolicies } from '../stated-policies.ts';
import type { FindBy } from './find-by.ts';
import { askForOwner } from './owner-states.ts';

type Judged = { readonly instance: InstanceReadings; readonly judgement: Judgement };
type WithConsent = FindingRecord & { readonly consent: Consent };

const againAfterMs = 15 * 60_000;

/** Deletes, after a second look, the instances of a workspace that somebody consented to be deleted. For sweeps alone. */
export async function deleteWithConsent(
  flow: Flow,
  readings: Pick<WorkspaceReadings, 'ref'>,
  judged: readonly Judged[],
  by: FindBy,
): Promise<void> {
  const stored = await readOpenFindings(flow.ports.ledger, readings.ref);
  for (const { record } of stored) {
    if (record.consent == null || record.fixedAt !== null || record.notice?.doneAt != null) continue;
    const seen = judged.find(({ instance }) => computeKey(instance.compute.ref) === aboutKey(record.about));
    if (seen !== undefined) await weighDeletion(flow, seen, { ...record, consent: record.consent }, by);
  }
}

/** The first look is the sweep's own; what it already stands in the way of needs no second one. */
async function weighDeletion(flow: Flow, seen: Judged, record: WithConsent, by: FindBy): Promise<void> {
  const { compute, snooze } = seen.instance;
  const tried = record.notice?.triedAt ?? null;
  if (by.sweepId === null || (tried !== null && by.now - tried < againAfterMs)) return;
  const first = whyNotDeleted({
    now: by.now,
    consent: record.consent,
    compute,
    // What does not hold any more has just been ended; the second look asks anew.
    holds: true,
    unfinishedJobs: 'none',
    policy: seen.judgement.policy,
    snoozedUntil: snooze?.until ?? null,
    halted: by.halt?.halted === true,
    notBeforeAt: notBeforeAt(record, by.policy.policy),
  });
  const held = first ?? (await secondLook(flow, compute.ref, record));
  if (held?.kind === 'waits') return;
  const stored = await readOpenFinding(flow.ports.ledger, record.code, record.about);
  if (stored === null || stored.record.consent?.at !== record.consent.at) return;
  if (held !== null) {
    await replaceFinding(flow.ports.ledger, stored, { ...stored.record, consent: null });
    return;
  }
  await deleteNow(flow, compute.ref, stored, by.sweepId);
}

function notBeforeAt({ code, raisedAt }: FindingRecord, policy: Policy): number {
  if (code !== 'owner.gone') return 0;
  const { deleteAfterMs } = policy.owners;
  return deleteAfterMs === null ? Infinity : raisedAt + deleteAfterMs;
}

/** Everything anew: the machine itself, its jobs, its owner's account, snooze, halt and every policy that has a say. */
async function secondLook(flow: Flow, ref: ComputeRef, record: WithConsent): Promise<DeletionHeld | null> {
  const { ledger, clock, computes, jobs } = flow.ports;
  const got = await computes.get(ref);
  if (!got.ok) return { kind: 'waits', why: faultOf(got).message };
  const compute = got.value;
  // Whoever asked for it to be made anew said so later, or would lose it before it can be made again.
  if ((await openRequestAbout(flow, ref)) !== null)
    return { kind: 'waits', why: 'a request about it is open' };
  const listed = await jobs.listUnfinished(ref);
  const own = listed.ok ? (jobsByCompute(listed.value).get(ref.compute.toLowerCase()) ?? []) : null;
  const policies = await policiesForStop(flow);
  const stated = await statedPolicies(flow, compute, policies);
  const snooze = await readSnooze(ledger, ref, clock.now());
  const halted = await isHalted(ledger);
  for (const [index, policy] of stated.entries()) {
    const rules = policies[index]?.policy;
    if (rules === undefined) continue;
    const held = whyNotDeleted({
      now: clock.now(),
      consent: record.consent,
      compute,
      holds: await stillHolds(flow, compute, record, rules),
      unfinishedJobs: own === null ? 'unknown' : own.length > 0 ? 'some' : 'none',
      policy,
      snoozedUntil: snooze?.until ?? null,
      halted,
      notBeforeAt: notBeforeAt(record, rules),
    });
    if (held !== null) return held;
  }
  return null;
}

/** Whether the rule is broken still, and the policy lets Lamplighter delete for it. */
async function stillHolds(
  flow: Flow,
  compute: Compute,
  { code }: FindingRecord,
  policy: Policy,
): Promise<boolean> {
  const now = flow.ports.clock.now();
  if (code === 'instance.forgotten') return allows(forgottenFinding(compute, policy.forgotten, now));
  if (code !== 'owner.gone') return false;
  const { owner, ref } = compute;
  if (owner === null) return allows(ownerFinding(compute, 'unknown', policy.owners));
  const before = (await readOwners(flow.ports.ledger, ref)).get(owner.objectId);
  const { state } = await askForOwner(flow, owner.objectId, before);
  return allows(ownerFinding(compute, state, policy.owners));
}

const allows = (result: ReturnType<typeof forgottenFinding>): boolean =>
  typeof result !== 'string' && result.remedy?.kind === 'delete';

/** The intent is on record before Azure is asked; the halt flag is read last of all. */
async function deleteNow(flow: Flow, ref: ComputeRef, stored: StoredFinding, sweepId: string): Promise<void> {
  const { ledger, clock, provisioning } = flow.ports;
  const triedAt = clock.now();
  const begun = stored.record.notice ?? { givenAt: triedAt, quietSinceAt: null, doneAt: null, failure: null };
  const intent = { ...stored.record, notice: { ...begun, triedAt } };
  if (!(await replaceFinding(ledger, stored, intent))) return;
  if (!(await isLatestSweep(ledger, sweepId)) || (await isHalted(ledger))) return;
  const answer = await provisioning.delete(ref);
  const written = await readOpenFinding(ledger, intent.code, intent.about);
  if (written === null) return;
  const failure = answer.ok ? null : faultOf(answer).message;
  const notice = { ...begun, triedAt, doneAt: answer.ok ? clock.now() : null, failure };
  await replaceFinding(ledger, written, { ...written.record, notice });
}
