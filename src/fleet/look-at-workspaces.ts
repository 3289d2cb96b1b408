import { jobsByCompute } from '../core/activity/jobs.ts';
import type { MetricSeries, Reading } from '../core/activity/types.ts';
import type { Compute, Job, VmSize } from '../core/computes.ts';
import { LamplighterError } from '../core/errors.ts';
import { computeKey, workspaceKey, type WorkspaceRef } from '../core/ids.ts';
import type { Policy } from '../core/policy/types.ts';
import { placeOf } from '../ledger/partitions.ts';
import type { AzureResult, MetricsByCompute } from '../ports/azure.ts';
import { faultOf } from './fault-of.ts';
import { readJobLoadHistory } from './job-load-history.ts';
import type { Flow } from './flow.ts';
import { getSingly, hasRunning, listWorkspace, type ListedWorkspace } from './list-workspace.ts';
import { reading, readingOf, Throttled } from './throttled.ts';
import { fewAtATime, inParallel } from './in-parallel.ts';
import { metricsWindow } from './metrics-window.ts';
import type { WorkspaceGroup } from './plan-sweep.ts';
import { readInstance } from './read-instance.ts';
import { type InstanceReadings, isRunning, type WorkspaceReadings } from './readings.ts';
import { asksForUsers } from './teams.ts';

export type WorkspaceLook =
  | { readonly kind: 'read'; readonly readings: WorkspaceReadings }
  | {
      readonly kind: 'throttled';
      readonly ref: WorkspaceRef;
      readonly retryAt: number;
      readonly message: string;
    }
  | { readonly kind: 'failed'; readonly ref: WorkspaceRef; readonly code: string; readonly message: string };

export type LookFor = {
  readonly now: number;
  readonly policies: readonly Policy[];
  /** Evidence that Azure will give by then is waited for; what it withholds for longer is unread. */
  readonly waitUntilAt: number;
  /** Whether a thin row's instance is surely in use, so that Azure need not be asked for it singly. */
  readonly isSurelyActive: (readings: InstanceReadings, workspace: WorkspaceRef) => boolean;
};

function lookOfFault(ref: WorkspaceRef, thrown: unknown): WorkspaceLook {
  if (thrown instanceof Throttled) {
    return { kind: 'throttled', ref, retryAt: thrown.retryAt, message: thrown.message };
  }
  // Without the ledger nothing may act: the whole group is looked at again.
  if (thrown instanceof LamplighterError && thrown.code === 'ledger.unavailable') throw thrown;
  return { kind: 'failed', ref, ...faultOf(thrown) };
}

type MetricsOfGroup = (listed: ListedWorkspace) => AzureResult<MetricsByCompute> | null;

async function queryMetrics(
  flow: Flow,
  group: WorkspaceGroup,
  listed: readonly ListedWorkspace[],
  range: { readonly fromAt: number; readonly toAt: number },
): Promise<MetricsOfGroup> {
  const asked = listed.filter(hasRunning);
  if (asked.length === 0) return () => null;
  try {
    const results = await flow.ports.metrics.query(group.location, group.subscriptionId, {
      workspaces: asked.map((one) => one.ref),
      ...range,
      computesAtMost: Math.max(...asked.map((one) => one.computes)),
    });
    return (one) => results.get(workspaceKey(one.ref)) ?? null;
  } catch (thrown) {
    const { code, message } = faultOf(thrown);
    return () => ({ ok: false, kind: 'failed', status: 0, code, message });
  }
}

async function readWorkspace(
  flow: Flow,
  group: WorkspaceGroup,
  listed: ListedWorkspace,
  sizes: Reading<ReadonlyMap<string, VmSize>>,
  metricsResult: AzureResult<MetricsByCompute> | null,
  fromAt: number,
  by: LookFor,
): Promise<WorkspaceReadings> {
  const running = hasRunning(listed);
  const metrics: Reading<MetricsByCompute> = !running
    ? { ok: true, value: new Map() }
    : metricsResult === null
      ? { ok: false, why: 'Azure Monitor answered nothing about the workspace.' }
      : readingOf(metricsResult, by.waitUntilAt);
  const jobs: Reading<readonly Job[]> = running
    ? await reading(() => flow.ports.jobs.listUnfinished(listed.ref), by.waitUntilAt)
    : { ok: true, value: [] };
  const byCompute = jobs.ok ? jobsByCompute(jobs.value) : null;

  const history = byCompute === null ? null : await readJobLoadHistory(flow, group, listed, byCompute, by);

  const namesWanted = by.policies.some(asksForUsers);
  const read = async (compute: Compute, readSingly: boolean): Promise<InstanceReadings> => {
    const series: readonly MetricSeries[] = metrics.ok
      ? (metrics.value.get(computeKey(compute.ref)) ?? [])
      : [];
    return readInstance(flow, compute, {
      now: by.now,
      fromAt,
      sizes,
      ledger: listed.ledger,
      jobs: jobs.ok ? { ok: true, value: byCompute?.get(compute.ref.compute.toLowerCase()) ?? [] } : jobs,
      metrics: metrics.ok ? { ok: true, value: series } : metrics,
      loadHistory: history === null ? null : (history.get(computeKey(compute.ref)) ?? []),
      namesWanted,
      readSingly,
    });
  };

  let unread = listed.unread;
  const instances = await inParallel(listed.instances, fewAtATime, async (compute) => {
    const first = await read(compute, listed.singly.has(placeOf(compute.ref).row));
    const isThin = compute.state === null && isRunning(first.compute.state);
    if (!isThin || by.isSurelyActive(first, listed.ref)) return first;
    const got = await getSingly(flow, compute);
    if (got !== null) return read(got, true);
    unread += 1;
    return null;
  });
  const { ledger, there } = listed;
  return {
    ref: listed.ref,
    location: group.location,
    others: listed.others,
    listed: listed.listed,
    unfinishedJobs: running ? jobs : null,
    instances: instances.filter((one): one is InstanceReadings => one !== null),
    unread,
    gone: {
      warnings: [...ledger.warnings].flatMap(([row, warnings]) => (there.has(row) ? [] : warnings)),
      savings: [...ledger.savings].flatMap(([row, saving]) => (there.has(row) ? [] : [saving])),
      decisions: [...ledger.decisions].flatMap(([row, decision]) => (there.has(row) ? [] : [decision])),
    },
    decisions: ledger.decisions,
    observations: ledger.observations,
    tally: ledger.tally,
    computes: listed.computes,
  };
}

/**
 * Reads everything about the instances of a group of workspaces: one list per workspace, one metrics batch for all,
 * jobs only where something runs. A workspace that cannot be read is said so; the others go on.
 */
export async function lookAtWorkspaces(
  flow: Flow,
  group: WorkspaceGroup,
  by: LookFor,
): Promise<readonly WorkspaceLook[]> {
  const looks: WorkspaceLook[] = [];
  const listed: ListedWorkspace[] = [];
  await inParallel(group.workspaces, fewAtATime, async (ref) => {
    try {
      listed.push(await listWorkspace(flow, ref, by.now));
    } catch (thrown) {
      looks.push(lookOfFault(ref, thrown));
    }
  });
  const range = metricsWindow(by.policies, by.now);
  const metrics = await queryMetrics(flow, group, listed, range);
  const sizes = listed.some((one) => one.instances.length > 0)
    ? await reading(() => flow.ports.sizes.list(group.subscriptionId, group.location), by.waitUntilAt).catch(
        (thrown: unknown): Reading<ReadonlyMap<string, VmSize>> => ({
          ok: false,
          why: faultOf(thrown).message,
        }),
      )
    : ({ ok: true, value: new Map() } as const);
  await inParallel(listed, fewAtATime, async (one) => {
    try {
      const readings = await readWorkspace(flow, group, one, sizes, metrics(one), range.fromAt, by);
      looks.push({ kind: 'read', readings });
    } catch (thrown) {
      looks.push(lookOfFault(one.ref, thrown));
    }
  });
  return looks;
}
