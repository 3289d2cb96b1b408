import { jobsByCompute } from '../core/activity/jobs.ts';
import type { MetricSeries, Reading } from '../core/activity/types.ts';
import type { Compute, Job, VmSize } from '../core/computes.ts';
import { LamplighterError } from '../core/errors.ts';
import { computeKey, workspaceKey, type WorkspaceRef } from '../core/ids.ts';
import type { Policy } from '../core/policy/types.ts';
import { placeOf } from '../ledger/partitions.ts';
import type { AzureFailure, AzureResult, MetricsByCompute } from '../ports/azure.ts';
import { faultOf } from './fault-of.ts';
import type { Flow } from './flow.ts';
import { fewAtATime, inParallel } from './in-parallel.ts';
import { readWorkspaceLedger, type WorkspaceLedger } from './ledger-of-workspace.ts';
import { metricsWindow } from './metrics-window.ts';
import type { WorkspaceGroup } from './plan-sweep.ts';
import { completed, readInstance } from './read-instance.ts';
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

/** Instances that were seen stopped and whose rows are thin are asked for this often. */
const stoppedAskedEveryMs = 15 * 60_000;
const isInstance = (compute: Compute): boolean => compute.kind.toLowerCase() === 'computeinstance';

type Listed = {
  readonly ref: WorkspaceRef;
  readonly computes: number;
  readonly instances: readonly Compute[];
  /** Rows of all instances listed, also of those that could not be read. */
  readonly there: ReadonlySet<string>;
  readonly singly: ReadonlySet<string>;
  readonly ledger: WorkspaceLedger;
  readonly unread: number;
};

/** A throttled call ends the look at this workspace; it is looked at again as a whole. */
class Throttled extends Error {
  readonly retryAt: number;
  constructor(failure: Extract<AzureFailure, { kind: 'throttled' }>) {
    super(failure.message);
    this.name = 'Throttled';
    this.retryAt = failure.retryAt;
  }
}

function lookOfFault(ref: WorkspaceRef, thrown: unknown): WorkspaceLook {
  if (thrown instanceof Throttled) {
    return { kind: 'throttled', ref, retryAt: thrown.retryAt, message: thrown.message };
  }
  // Without the ledger nothing may act: the whole group is looked at again.
  if (thrown instanceof LamplighterError && thrown.code === 'ledger.unavailable') throw thrown;
  return { kind: 'failed', ref, ...faultOf(thrown) };
}

function readingOf<T>(result: AzureResult<T>, by: LookFor): Reading<T> {
  if (result.ok) return { ok: true, value: result.value };
  if (result.kind === 'throttled' && result.retryAt <= by.waitUntilAt) throw new Throttled(result);
  return { ok: false, why: result.message };
}

/** Never thrown away for a fault of one call: what cannot be read is said to be unread. */
async function reading<T>(call: () => Promise<AzureResult<T>>, by: LookFor): Promise<Reading<T>> {
  try {
    return readingOf(await call(), by);
  } catch (thrown) {
    if (thrown instanceof Throttled) throw thrown;
    return { ok: false, why: faultOf(thrown).message };
  }
}

async function getSingly(flow: Flow, compute: Compute): Promise<Compute | null> {
  const got = await flow.ports.computes.get(compute.ref);
  if (got.ok) return got.value;
  if (got.kind === 'throttled') throw new Throttled(got);
  return null;
}

function mustBeAsked(compute: Compute, ledger: WorkspaceLedger, now: number): boolean {
  if (compute.state !== null) return false;
  const known = ledger.observations.get(placeOf(compute.ref).row)?.known ?? null;
  if (known === null || known.state === null) return true;
  if (isRunning(known.state)) return false;
  const stopped = known.state.toLowerCase() === 'stopped';
  return !stopped || now - (known.readSinglyAt ?? 0) >= stoppedAskedEveryMs;
}

async function listWorkspace(flow: Flow, ref: WorkspaceRef, now: number): Promise<Listed> {
  const listed = await flow.ports.computes.list(ref);
  if (!listed.ok) {
    if (listed.kind === 'throttled') throw new Throttled(listed);
    throw new LamplighterError(listed.message, {
      code: faultOf(listed).code,
      fault: 'azure',
      retryable: true,
      fix: 'Check that the app may read the workspace; the next sweep looks at it again.',
    });
  }
  const ledger = await readWorkspaceLedger(flow.ports.ledger, ref, now);
  const singly = new Set<string>();
  let unread = 0;
  const rows = listed.value.filter(isInstance);
  const instances = await inParallel(rows, fewAtATime, async (compute) => {
    if (!mustBeAsked(compute, ledger, now)) return compute;
    const got = await getSingly(flow, compute);
    if (got === null) unread += 1;
    else singly.add(placeOf(compute.ref).row);
    return got;
  });
  const read = instances.filter((compute): compute is Compute => compute !== null);
  const there = new Set(rows.map((compute) => placeOf(compute.ref).row));
  return { ref, computes: listed.value.length, instances: read, there, singly, ledger, unread };
}

const hasRunning = (listed: Listed): boolean =>
  listed.instances.some((compute) =>
    isRunning(completed(compute, listed.ledger.observations.get(placeOf(compute.ref).row)).state),
  );

type MetricsOfGroup = (listed: Listed) => AzureResult<MetricsByCompute> | null;

async function queryMetrics(
  flow: Flow,
  group: WorkspaceGroup,
  listed: readonly Listed[],
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
  listed: Listed,
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
      : readingOf(metricsResult, by);
  const jobs: Reading<readonly Job[]> = running
    ? await reading(() => flow.ports.jobs.listUnfinished(listed.ref), by)
    : { ok: true, value: [] };
  const byCompute = jobs.ok ? jobsByCompute(jobs.value) : null;

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
  const listed: Listed[] = [];
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
    ? await reading(() => flow.ports.sizes.list(group.subscriptionId, group.location), by).catch(
        (thrown: unknown): Reading<ReadonlyMap<string, VmSize>> => ({
          ok: false,
          why: faultOf(thrown).message,
        }),
      )
    : ({ ok: true, value: new Map() } as const);
  await inParallel(listed, fewAtATime, async (one) => {
    try {
      const readings = await readWorkspace(flow, one, sizes, metrics(one), range.fromAt, by);
      looks.push({ kind: 'read', readings });
    } catch (thrown) {
      looks.push(lookOfFault(one.ref, thrown));
    }
  });
  return looks;
}
