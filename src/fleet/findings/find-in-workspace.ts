import type { Reading } from '../../core/activity/types.ts';
import type { Compute, Job, VmSize } from '../../core/computes.ts';
import { isOver, type LifeStep, nextLives } from '../../core/findings/life.ts';
import { aboutKey, type FindingLook, type FindingRecord } from '../../core/findings/types.ts';
import { computeKey } from '../../core/ids.ts';
import { policyFor } from '../../core/policy/policy-for.ts';
import { readBackstops } from '../../ledger/backstops.ts';
import { readOpenFindings, type StoredFinding, writeFindings } from '../../ledger/findings.ts';
import { partitionOf, placeOf } from '../../ledger/partitions.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';
import type { Judgement } from '../judge.ts';
import { getSingly } from '../list-workspace.ts';
import type { InstanceReadings, WorkspaceReadings } from '../readings.ts';
import type { FindBy } from './find-by.ts';
import { keepBackstop } from './keep-backstop.ts';
import { lookAtInstance } from './look-at-instance.ts';
import { isCluster, lookAtCluster, lookAtTarget } from './look-at-target.ts';
import { subjectOf } from '../subject-of.ts';
import { ownerStates } from './owner-states.ts';
import { isRepairDue, mayRepair, nextNotice, noticeText, repairCluster } from './repair-cluster.ts';
import { tellFindings } from './tell-findings.ts';

export type JudgedInstance = { readonly instance: InstanceReadings; readonly judgement: Judgement };

type ClusterCase = { readonly quiet: boolean; readonly mayRepair: boolean; readonly size: VmSize | null };

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
    const size = sizes?.ok === true ? (sizes.value.get(row.vmSize?.toLowerCase() ?? '') ?? null) : null;
    if (modeOf(row, size, by) === 'off') return;
    if (!isCluster(row)) {
      looks.push(lookAtTarget(row));
      return;
    }
    // A thin row says nothing of scale and nodes.
    const compute = row.vmSize === null ? ((await getSingly(flow, row)) ?? row) : row;
    const known = sizes?.ok === true ? (sizes.value.get(compute.vmSize?.toLowerCase() ?? '') ?? null) : null;
    const { look, quiet } = lookAtCluster(compute, known, jobs ?? { ok: false, why: 'not asked' }, by);
    looks.push(look);
    const allowed = mayRepair(compute, known, by.policy, by.teams, by.now);
    clusters.set(aboutKey(look.about), { quiet, mayRepair: allowed, size: known });
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
      return lookAtInstance(instance, judgement, owner === null ? undefined : owners.get(owner.objectId), by);
    }),
    ...others.looks,
    ...lookAtGone(open, readings),
  ];
  await settle(flow, readings, looks, open, others.clusters, by);

  const backstops = await readBackstops(ledger, readings.ref);
  for (const { instance, judgement } of watched) {
    const own = backstops.get(placeOf(instance.compute.ref).row) ?? null;
    await keepBackstop(flow, instance, judgement, own, by);
  }
}

/** A finding whose remedy nobody was told of yet is told again, with the notice. */
function withNotice(step: LifeStep, cluster: ClusterCase | undefined, warnMs: number): LifeStep {
  const { record, tell } = step;
  if (record.remedy === null || cluster?.mayRepair !== true || record.notice !== null) return step;
  if (tell === 'fixed' || record.fixedAt !== null) return step;
  const accepted = record.accepted !== null && record.seenAt < record.accepted.until;
  if (accepted) return step;
  const sentence = `${record.sentence} ${noticeText(record.remedy, warnMs)}`;
  return { record: { ...record, sentence }, tell: tell ?? 'again' };
}

async function settle(
  flow: Flow,
  readings: WorkspaceReadings,
  looks: readonly FindingLook[],
  open: readonly StoredFinding[],
  clusters: ReadonlyMap<string, ClusterCase>,
  by: FindBy,
): Promise<void> {
  const { warnMs } = by.policy.policy.idle;
  const byAbout = new Map<string, FindingRecord[]>();
  for (const { record } of open) {
    const key = aboutKey(record.about);
    byAbout.set(key, [...(byAbout.get(key) ?? []), record]);
  }
  const steps = looks.flatMap((look) => nextLives(look, byAbout.get(aboutKey(look.about)) ?? [], by.now));
  const shown = steps.map((step) => withNotice(step, clusters.get(aboutKey(step.record.about)), warnMs));
  const records = await tellFindings(flow, shown);

  const settled: { record: FindingRecord; over: boolean }[] = [];
  for (const [index, told] of records.entries()) {
    const step = shown[index];
    if (step === undefined) continue;
    const original = steps[index]?.record.sentence ?? told.sentence;
    const cluster = clusters.get(aboutKey(told.about));
    const toldNow = told.tellings > step.record.tellings;
    const record = await withRemedy(flow, { ...told, sentence: original }, cluster, toldNow, by);
    settled.push({ record, over: isOver(record, step.tell) });
  }
  const touched = new Set(settled.map(({ record }) => record.findingId));
  for (const { record } of open) {
    // Of what a look knows nothing, as of nodes at work, only the quiet before a repair ends.
    const cluster = clusters.get(aboutKey(record.about));
    if (touched.has(record.findingId) || record.notice === null || cluster === undefined || cluster.quiet)
      continue;
    settled.push({ record: { ...record, notice: { ...record.notice, quietSinceAt: null } }, over: false });
  }
  await writeFindings(flow.ports.ledger, partitionOf(readings.ref), settled, open);
}

/** Moves the notice of a remedy on and, when its time has come, looks again and repairs. */
async function withRemedy(
  flow: Flow,
  record: FindingRecord,
  cluster: ClusterCase | undefined,
  toldNow: boolean,
  by: FindBy,
): Promise<FindingRecord> {
  if (record.remedy === null || cluster === undefined || record.fixedAt !== null) return record;
  if (!cluster.mayRepair) return { ...record, notice: null };
  const accepted = record.accepted !== null && by.now < record.accepted.until;
  if (accepted || record.about.kind !== 'compute') return record;
  const notice = nextNotice(record, toldNow ? by.now : null, cluster.quiet, by.now);
  const waiting = { ...record, notice };
  if (notice === null || !isRepairDue(notice, by.policy.policy.idle.warnMs, by.now)) return waiting;
  const done = await repairCluster(flow, record.about.ref, record.code, cluster.size, by);
  if (done === null) return waiting;
  const triedAt = flow.ports.clock.now();
  return {
    ...record,
    notice: { ...notice, triedAt, doneAt: done.ok ? triedAt : null, failure: done.failure },
  };
}
