import type { Reading } from '../../core/activity/types.ts';
import type { Compute, Job, VmSize } from '../../core/computes.ts';
import { durationText } from '../../core/explain/duration-text.ts';
import type { FindingRecord, RemedyNotice, ScaleRemedy } from '../../core/findings/types.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { policyFor } from '../../core/policy/policy-for.ts';
import { isHalted } from '../../ledger/flags.ts';
import { isLatestSweep } from '../../ledger/sweeps.ts';
import type { AzureResult } from '../../ports/azure.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { policiesForStop } from '../policies-for-stop.ts';
import type { LoadedPolicy } from '../policy-store.ts';
import { readTeams, type TeamMembers } from '../teams.ts';
import type { FindBy } from './find-by.ts';
import { lookAtCluster } from './look-at-target.ts';
import { subjectOf } from '../subject-of.ts';

const againAfterMs = 15 * 60_000;

/** Whether the policy lets Lamplighter repair this cluster by itself. */
export function mayRepair(
  compute: Compute,
  size: VmSize | null,
  policy: LoadedPolicy,
  teams: TeamMembers,
  now: number,
): boolean {
  const stated = policyFor(policy.policy, policy.hash, subjectOf({ compute, size }, teams), now);
  return stated.mode === 'enforce' && stated.protectedBy === null && stated.exemption === null;
}

/** What somebody who is told of the finding has to know of its remedy. */
export function noticeText(remedy: ScaleRemedy, warnMs: number): string {
  const what =
    remedy.minNodes === null
      ? `its idle time before scale-down to ${durationText(remedy.scaleDownAfterMs ?? 0)}`
      : `its minimum to ${remedy.minNodes} nodes`;
  return `Unless that is changed or a node is used, Lamplighter sets ${what} in ${durationText(warnMs)}.`;
}

/** The notice after a look: its clock runs from the telling, and only over looks at which nothing ran. */
export function nextNotice(
  record: FindingRecord,
  toldAt: number | null,
  quiet: boolean,
  now: number,
): RemedyNotice | null {
  const before = record.notice;
  if (before === null && toldAt === null) return null;
  const quietSinceAt = quiet ? (before?.quietSinceAt ?? now) : null;
  const begun = { givenAt: toldAt ?? now, triedAt: null, doneAt: null, failure: null };
  return { ...(before ?? begun), quietSinceAt };
}

export const isRepairDue = (notice: RemedyNotice | null, warnMs: number, now: number): boolean =>
  notice !== null &&
  notice.quietSinceAt !== null &&
  notice.doneAt === null &&
  now >= Math.max(notice.givenAt, notice.quietSinceAt) + warnMs &&
  (notice.triedAt === null || now - notice.triedAt >= againAfterMs);

const readingOf = <T>(result: AzureResult<T>): Reading<T> =>
  result.ok ? { ok: true, value: result.value } : { ok: false, why: faultOf(result).message };

/**
 * The second look at a cluster and, if the finding still holds, nothing runs or waits, and every policy in force agrees,
 * the repair; the halt flag is read last of all. Null: nothing was done, and nothing is to be said of it.
 */
export async function repairCluster(
  flow: Flow,
  ref: ComputeRef,
  code: FindingRecord['code'],
  size: VmSize | null,
  by: FindBy,
): Promise<{ readonly ok: boolean; readonly failure: string | null } | null> {
  const { ledger, computes, computeSettings, clock } = flow.ports;
  const got = await computes.get(ref);
  if (!got.ok) return null;
  const jobs: Reading<readonly Job[]> = readingOf(await flow.ports.jobs.listUnfinished(ref));
  const policies = await policiesForStop(flow);
  const teams = await readTeams(
    flow,
    policies.map(({ policy }) => policy),
  );
  let remedy: ScaleRemedy | null = null;
  for (const policy of policies) {
    if (!mayRepair(got.value, size, policy, teams, clock.now())) return null;
    const { look, quiet } = lookAtCluster(got.value, size, jobs, { policy, teams });
    const finding = look.broken.find((one) => one.code === code);
    if (!quiet || finding === undefined || finding.remedy?.kind !== 'scale') return null;
    // Of two policies the first is the one in force.
    remedy ??= finding.remedy;
  }
  if (remedy === null || by.sweepId === null) return null;
  if (!(await isLatestSweep(ledger, by.sweepId)) || (await isHalted(ledger))) return null;
  const done = await computeSettings.setScale(ref, {
    ...(remedy.minNodes === null ? {} : { minNodes: remedy.minNodes }),
    ...(remedy.scaleDownAfterMs === null ? {} : { scaleDownAfterMs: remedy.scaleDownAfterMs }),
  });
  return done.ok ? { ok: true, failure: null } : { ok: false, failure: faultOf(done).message };
}
