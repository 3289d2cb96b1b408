import { type Compute } from '../../core/computes.ts';
import { aboutKey, type FindingLook } from '../../core/findings/types.ts';
import { computeKey, type ComputeRef } from '../../core/ids.ts';
import { readOpenFindings, type StoredFinding } from '../../ledger/findings.ts';
import { readLastFinishedSummary } from '../../ledger/sweeps.ts';
import { readSeenWorkspace } from '../../ledger/workspaces.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import type { Judgement } from '../judge.ts';
import type { InstanceReadings } from '../readings.ts';
import { concludeFindings } from './conclude-findings.ts';
import type { FindBy } from './find-by.ts';
import { lookAtOther } from './find-in-workspace.ts';
import { lookAtInstance } from './look-at-instance.ts';
import { isCluster } from './look-at-target.ts';
import { noteMachine } from './note-inventory.ts';
import { ownerStates } from './owner-states.ts';
import { type ClusterCase, settleLooks } from './settle-looks.ts';

async function openOf(flow: Flow, ref: ComputeRef): Promise<readonly StoredFinding[]> {
  const open = await readOpenFindings(flow.ports.ledger, ref);
  return open.filter(({ record }) => aboutKey(record.about) === computeKey(ref));
}

/** Whether a job stands still is seen over days: a single look leaves what the sweeps have found of it as it is. */
const ofOneLook = (look: FindingLook): FindingLook => ({
  ...look,
  covers: look.covers.filter((code) => code !== 'job.stalled'),
  broken: look.broken.filter(({ code }) => code !== 'job.stalled'),
});

/** Limits of groups, held against the fleet with what was just seen of one instance. */
async function findInItsGroups(
  flow: Flow,
  ref: ComputeRef,
  readings: InstanceReadings | null,
  { policy, now }: Pick<FindBy, 'policy' | 'now'>,
): Promise<void> {
  if (policy.policy.quotas.length === 0) return;
  await noteMachine(flow, ref, readings, now);
  const last = await readLastFinishedSummary(flow.ports.ledger);
  // Before the first sweep nobody knows the fleet.
  if (last !== null) await concludeFindings(flow, policy, last.faults);
}

/** Raises, tells and ends the findings of one instance, and of the groups that it counts in, between two sweeps. */
export async function findAtInstance(
  flow: Flow,
  readings: InstanceReadings,
  judgement: Judgement,
  by: FindBy,
): Promise<void> {
  const { ref, owner } = readings.compute;
  const owners = await ownerStates(flow, ref, owner === null ? [] : [owner.objectId], by.now);
  const open = await openOf(flow, ref);
  const state = owner === null ? undefined : owners.get(owner.objectId);
  const look = ofOneLook(lookAtInstance(readings, judgement, state, by, flow.ports.standingPrices));
  await settleLooks(flow, ref, [look], open, new Map(), by);
  await findInItsGroups(flow, ref, readings, by);
}

/** The same of a cluster or an attached target; rules about attachments, which concern several, are looked at apart. */
export async function findAtTarget(flow: Flow, compute: Compute, by: FindBy): Promise<void> {
  const { ref } = compute;
  const { ports } = flow;
  const location = (await readSeenWorkspace(ports.ledger, ref))?.location;
  const [sizes, jobs] = isCluster(compute)
    ? await Promise.all([
        ports.sizes.list(
          ref.subscriptionId,
          location === undefined || location === '' ? compute.location : location,
        ),
        ports.jobs.listUnfinished(ref),
      ])
    : [null, null];
  const read = {
    sizes: sizes?.ok === true ? sizes.value : null,
    jobs:
      jobs === null
        ? null
        : jobs.ok
          ? ({ ok: true, value: jobs.value } as const)
          : ({ ok: false, why: faultOf(jobs).message } as const),
  };
  const sight = await lookAtOther(flow, compute, read, by);
  if (sight === null) return;
  const clusters = new Map<string, ClusterCase>();
  if (sight.cluster !== null) clusters.set(computeKey(ref), sight.cluster);
  await settleLooks(flow, ref, [sight.look], await openOf(flow, ref), clusters, by);
}

/** Nothing is wrong any more with what is not there. */
export async function findGone(flow: Flow, ref: ComputeRef, by: FindBy): Promise<void> {
  const open = (await openOf(flow, ref)).filter(({ record }) => !record.code.startsWith('attachment.'));
  const looks = open.map(
    ({ record }): FindingLook => ({ about: record.about, covers: [record.code], broken: [], unknown: [] }),
  );
  if (looks.length > 0) await settleLooks(flow, ref, looks, open, new Map(), by);
  await findInItsGroups(flow, ref, null, by);
}
