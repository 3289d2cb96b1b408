import type { Reading } from '../../core/activity/types.ts';
import type { Compute, Job, VmSize } from '../../core/computes.ts';
import { aboutKey, type FindingLook } from '../../core/findings/types.ts';
import { computeKey } from '../../core/ids.ts';
import { policyFor } from '../../core/policy/policy-for.ts';
import { readBackstops } from '../../ledger/backstops.ts';
import { readOpenFindings, type StoredFinding } from '../../ledger/findings.ts';
import { placeOf } from '../../ledger/partitions.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';
import type { Judgement } from '../judge.ts';
import { getSingly } from '../list-workspace.ts';
import type { InstanceReadings, WorkspaceReadings } from '../readings.ts';
import { deleteWithConsent } from './delete-with-consent.ts';
import type { FindBy } from './find-by.ts';
import { keepBackstop } from './keep-backstop.ts';
import { lookAtInstance } from './look-at-instance.ts';
import { isCluster, lookAtCluster, lookAtTarget } from './look-at-target.ts';
import { subjectOf } from '../subject-of.ts';
import { ownerStates } from './owner-states.ts';
import { mayRepair } from './repair-cluster.ts';
import { type ClusterCase, settleLooks } from './settle-looks.ts';

export type JudgedInstance = { readonly instance: InstanceReadings; readonly judgement: Judgement };

type Sights = {
  readonly looks: readonly FindingLook[];
  readonly clusters: ReadonlyMap<string, ClusterCase>;
};

const modeOf = (compute: Compute, size: VmSize | null, by: FindBy) =>
  policyFor(by.policy.policy, by.policy.hash, subjectOf({ compute, size }, by.teams), by.now).mode;

async function jobsOf(flow: Flow, readings: WorkspaceReadings): Promise<Reading<readonly Job[]>> {
  if (readings.unfinishedJobs !== null) return readings.unfinishedJobs;
  const listed = await flow.ports.jobs.listUnfinished(readings.ref);
  return listed.ok ? { ok: true, value: listed.value } : { ok: false, why: faultOf(listed).message };
}

/** A cluster or an attached target by itself; null: the policy has nothing looked at there. */
export async function lookAtOther(
  flow: Flow,
  row: Compute,
  read: {
    readonly sizes: ReadonlyMap<string, VmSize> | null;
    /** Null: nobody asked for them, since there is no cluster. */
    readonly jobs: Reading<readonly Job[]> | null;
  },
  by: FindBy,
): Promise<{ readonly look: FindingLook; readonly cluster: ClusterCase | null } | null> {
  const sizeOf = ({ vmSize }: Compute): VmSize | null => read.sizes?.get(vmSize?.toLowerCase() ?? '') ?? null;
  if (modeOf(row, sizeOf(row), by) === 'off') return null;
  if (!isCluster(row)) return { look: lookAtTarget(row), cluster: null };
  // A thin row says nothing of scale and nodes.
  const compute = row.vmSize === null ? ((await getSingly(flow, row)) ?? row) : row;
  const size = sizeOf(compute);
  const { look, quiet } = lookAtCluster(compute, size, read.jobs ?? { ok: false, why: 'not asked' }, by);
  const allowed = mayRepair(compute, size, by.policy, by.teams, by.now);
  return { look, cluster: { quiet, mayRepair: allowed, size } };
}

async function lookAtOthers(flow: Flow, readings: WorkspaceReadings, by: FindBy): Promise<Sights> {
  const looks: FindingLook[] = [];
  const clusters = new Map<string, ClusterCase>();
  const listed = readings.others;
  if (listed.length === 0) return { looks, clusters };
  const sizes = listed.some(isCluster)
    ? await flow.ports.sizes.list(readings.ref.subscriptionId, readings.location)
    : null;
  const jobs = listed.some(isCluster) ? await jobsOf(flow, readings) : null;
  await inParallel(listed, fewAtATime, async (row) => {
    const sight = await lookAtOther(flow, row, { sizes: sizes?.ok === true ? sizes.value : null, jobs }, by);
    if (sight === null) return;
    looks.push(sight.look);
    if (sight.cluster !== null) clusters.set(aboutKey(sight.look.about), sight.cluster);
  });
  return { looks, clusters };
}

/** What is there no more breaks no rule; attachments are looked after where the whole fleet's are compared. */
function lookAtGone(open: readonly StoredFinding[], readings: WorkspaceReadings): readonly FindingLook[] {
  const there = new Set<string>(readings.listed.map((ref) => computeKey(ref)));
  return open.flatMap(({ record }) =>
    there.has(aboutKey(record.about)) || record.code.startsWith('attachment.')
      ? []
      : [{ about: record.about, covers: [record.code], broken: [], unknown: [] }],
  );
}

/**
 * Holds everything in one workspace against the rules: raises, tells and ends findings, and does what the policy lets
 * Lamplighter do about them. Stops nothing: that is for the two looks of a stop alone.
 */
export async function findInWorkspace(
  flow: Flow,
  readings: WorkspaceReadings,
  judged: readonly JudgedInstance[],
  by: FindBy,
): Promise<void> {
  const { ledger } = flow.ports;
  const watched = judged.filter(({ judgement }) => judgement.policy.mode !== 'off');
  const owners = await ownerStates(
    flow,
    readings.ref,
    watched.flatMap(({ instance }) => instance.compute.owner?.objectId ?? []),
    by.now,
  );
  const open = await readOpenFindings(ledger, readings.ref);
  const others = await lookAtOthers(flow, readings, by);
  const looks = [
    ...watched.map(({ instance, judgement }) => {
      const owner = instance.compute.owner;
      const state = owner === null ? undefined : owners.get(owner.objectId);
      return lookAtInstance(instance, judgement, state, by, flow.ports.standingPrices);
    }),
    ...others.looks,
    ...lookAtGone(open, readings),
  ];
  await settleLooks(flow, readings.ref, looks, open, others.clusters, by);

  if (open.some(({ record }) => record.consent != null)) await deleteWithConsent(flow, readings, watched, by);

  const backstops = await readBackstops(ledger, readings.ref);
  for (const { instance, judgement } of watched) {
    const own = backstops.get(placeOf(instance.compute.ref).row) ?? null;
    await keepBackstop(flow, instance, judgement, own, by);
  }
}
