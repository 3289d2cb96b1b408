import type { MetricSeries } from '../core/activity/types.ts';
import type { Job } from '../core/computes.ts';
import { placeOf } from '../ledger/partitions.ts';
import type { MetricsByCompute } from '../ports/azure.ts';
import type { Flow } from './flow.ts';
import type { ListedWorkspace } from './list-workspace.ts';
import type { LookFor } from './look-at-workspaces.ts';
import type { WorkspaceGroup } from './plan-sweep.ts';

const bucketMs = 30 * 60_000;

export const lastKnownChange = (job: Job): number | null => job.changedAt ?? job.createdAt;

/**
 * The load of the last days, for workspaces where a job is seen for the first time that is older than what counts as
 * stalled: whether nothing about it has changed is then for Azure's memory to say. Null: nobody needs it, or it cannot
 * be read, and the watch begins now.
 */
export async function readJobLoadHistory(
  flow: Flow,
  group: WorkspaceGroup,
  { ref, ledger, instances, computes }: ListedWorkspace,
  jobs: ReadonlyMap<string, readonly Job[]>,
  by: LookFor,
): Promise<MetricsByCompute | null> {
  const stalledAfterMs = Math.min(...by.policies.map((policy) => policy.job.stalledAfterMs));
  const isWanted = instances.some((compute) => {
    const known = ledger.observations.get(placeOf(compute.ref).row)?.jobs ?? [];
    return (jobs.get(compute.ref.compute.toLowerCase()) ?? []).some(
      (job) =>
        (lastKnownChange(job) ?? by.now) <= by.now - stalledAfterMs &&
        known.every((one) => one.id !== job.id),
    );
  });
  if (!isWanted) return null;
  const fromAt = Math.floor((by.now - stalledAfterMs) / bucketMs) * bucketMs;
  const query = {
    workspaces: [ref],
    fromAt,
    toAt: Math.floor(by.now / 60_000) * 60_000,
    computesAtMost: computes,
  };
  try {
    const results = await flow.ports.metrics.query(group.location, group.subscriptionId, query);
    const [result] = [...results.values()];
    return result?.ok === true ? result.value : null;
  } catch {
    return null;
  }
}

/**
 * Since when the CPU load has been what it is now, as far back as the samples go; a time without samples changes
 * nothing. `isSame` compares two loads in percent.
 */
export function steadySince(
  series: readonly MetricSeries[],
  now: number,
  isSame: (one: number, other: number) => boolean,
): number {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { at, value } of series
    .filter((one) => one.metric === 'cpuPercent')
    .flatMap((one) => one.points)) {
    if (value === null || !(value >= 0)) continue;
    const bucket = Math.floor(at / bucketMs) * bucketMs;
    const known = sums.get(bucket) ?? { sum: 0, count: 0 };
    sums.set(bucket, { sum: known.sum + value, count: known.count + 1 });
  }
  const buckets = [...sums]
    .map(([at, { sum, count }]) => ({ at, load: sum / count }))
    .sort((a, b) => b.at - a.at);
  const [newest] = buckets;
  if (newest === undefined) return 0;
  const different = buckets.find((bucket) => !isSame(bucket.load, newest.load));
  return different === undefined ? 0 : Math.min(now, different.at + bucketMs);
}
