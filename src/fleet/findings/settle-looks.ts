import type { VmSize } from '../../core/computes.ts';
import { isOver, type LifeStep, nextLives } from '../../core/findings/life.ts';
import { aboutKey, type FindingLook, type FindingRecord } from '../../core/findings/types.ts';
import type { WorkspaceRef } from '../../core/ids.ts';
import { type StoredFinding, writeFindings } from '../../ledger/findings.ts';
import { partitionOf } from '../../ledger/partitions.ts';
import { announceRepair, dropRepair } from '../../ledger/repairs.ts';
import type { Flow } from '../flow.ts';
import { heldByRemedyLimit } from '../remedy-limit.ts';
import type { FindBy } from './find-by.ts';
import { isRepairDue, nextNotice, noticeText, repairCluster } from './repair-cluster.ts';
import { tellFindings } from './tell-findings.ts';

/** What is known of a cluster beside its finding, for its remedy. */
export type ClusterCase = {
  readonly quiet: boolean;
  readonly mayRepair: boolean;
  readonly size: VmSize | null;
};

/** A finding whose remedy nobody was told of yet is told again, with the notice. */
function withNotice(step: LifeStep, cluster: ClusterCase | undefined, warnMs: number): LifeStep {
  const { record, tell } = step;
  if (record.remedy?.kind !== 'scale' || cluster?.mayRepair !== true || record.notice !== null) return step;
  if (tell === 'fixed' || record.fixedAt !== null) return step;
  const accepted = record.accepted !== null && record.seenAt < record.accepted.until;
  if (accepted) return step;
  const sentence = `${record.sentence} ${noticeText(record.remedy, warnMs)}`;
  return { record: { ...record, sentence }, tell: tell ?? 'again' };
}

/**
 * Raises, tells and ends the findings of one workspace by these looks, and moves the remedies of its clusters on. What is
 * repaired is for sweeps alone.
 */
export async function settleLooks(
  flow: Flow,
  workspace: WorkspaceRef,
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
  await writeFindings(flow.ports.ledger, partitionOf(workspace), settled, open);
}

/** Moves the notice of a remedy on and, when its time has come, looks again and repairs. */
async function withRemedy(
  flow: Flow,
  record: FindingRecord,
  cluster: ClusterCase | undefined,
  toldNow: boolean,
  by: FindBy,
): Promise<FindingRecord> {
  const { ledger } = flow.ports;
  const { about, remedy } = record;
  if (about.kind !== 'compute' || remedy?.kind !== 'scale' || cluster === undefined) return record;
  const accepted = record.accepted !== null && by.now < record.accepted.until;
  const isOff = record.fixedAt !== null || !cluster.mayRepair || accepted;
  // What we repaired ourselves goes on counting for a while.
  if (isOff && record.notice !== null && record.notice.doneAt === null) await dropRepair(ledger, about.ref);
  if (record.fixedAt !== null) return record;
  if (!cluster.mayRepair) return { ...record, notice: null };
  // When the date has passed it is told again, and its notice with it: nothing is done about it sooner.
  if (accepted) return record.notice?.doneAt === null ? { ...record, notice: null } : record;
  const notice = nextNotice(record, toldNow ? by.now : null, cluster.quiet, by.now);
  const waiting = { ...record, notice };
  const { warnMs } = by.policy.policy.idle;
  const announced = { ref: about.ref, dueAt: (notice?.givenAt ?? by.now) + warnMs };
  if (record.notice === null && notice !== null) await announceRepair(ledger, announced);
  if (by.sweepId === null || notice === null || !isRepairDue(notice, warnMs, by.now)) return waiting;
  if (await heldByRemedyLimit(flow, announced, [by.policy.policy])) return waiting;
  const done = await repairCluster(flow, about.ref, record.code, cluster.size, by);
  if (done === null) return waiting;
  const triedAt = flow.ports.clock.now();
  return {
    ...record,
    notice: { ...notice, triedAt, doneAt: done.ok ? triedAt : null, failure: done.failure },
  };
}
