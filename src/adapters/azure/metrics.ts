import type { TokenCredential } from '@azure/core-auth';
import type { MetricsClient } from '@azure/monitor-query';
import type { MetricSeries } from '../../core/activity/types.ts';
import {
  type ComputeKey,
  type SubscriptionId,
  workspaceArmId,
  type WorkspaceKey,
  workspaceKey,
  type WorkspaceRef,
} from '../../core/ids.ts';
import type {
  AzureFailure,
  AzureResult,
  Metrics,
  MetricsByCompute,
  MetricsQuery,
} from '../../ports/azure.ts';
import { azureFailure, azureResult } from './azure-failure.ts';
import { type MetricGroup, metricGroups } from './metric-groups.ts';
import { type StampCache, seriesOfWorkspace } from './metric-series.ts';
import { rawAnswer } from './raw-answer.ts';
import type { AzureTransport } from './transport.ts';
import { listField, malformed, recordOf, textField, type WireRecord } from './wire.ts';

const namespace = 'Microsoft.MachineLearningServices/workspaces';
const batchSize = 50;
const minTop = 100;
const maxTop = 100_000;
/** Beyond the first, calls that one batch and group may cost: for a larger `top`, and to find the workspace that spoils it. */
const extraCalls = 16;

type Found = Map<WorkspaceKey, AzureResult<MetricsByCompute>>;
type Batch = { readonly query: MetricsQuery; readonly group: MetricGroup; readonly location: string };
type Budget = { calls: number };

function chunksOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}

function merged(
  one: AzureResult<MetricsByCompute>,
  other: AzureResult<MetricsByCompute>,
): AzureResult<MetricsByCompute> {
  if (!one.ok) return one;
  if (!other.ok) return other;
  const series = new Map<ComputeKey, readonly MetricSeries[]>(one.value);
  for (const [key, list] of other.value) series.set(key, [...(series.get(key) ?? []), ...list]);
  return { ok: true, value: series };
}

/** Names of computes hold letters, digits and dashes only, so that they may stand in a filter as they are. */
const filterOf = (group: MetricGroup, { compute }: MetricsQuery): string =>
  compute === undefined
    ? group.filter
    : group.filter.replace("ComputeName eq '*'", `ComputeName eq '${compute}'`);

/** A workspace that is gone or that Azure does not like spoils the batch for its neighbours; a missing right does not. */
const mayBeOneWorkspace = (failure: AzureFailure): boolean =>
  failure.kind === 'missing' || (failure.kind === 'failed' && failure.status === 400);

/** Minute metrics over the batch API of Azure Monitor. */
export function createMetrics(transport: AzureTransport, credential: TokenCredential): Metrics {
  const { clock, clientOptions } = transport;
  const clients = new Map<string, Promise<MetricsClient>>();

  function client(location: string): Promise<MetricsClient> {
    const open = async (): Promise<MetricsClient> => {
      const sdk = await import('@azure/monitor-query');
      return new sdk.MetricsClient(
        `https://${location}.metrics.monitor.azure.com`,
        credential,
        clientOptions,
      );
    };
    const opened = clients.get(location) ?? open();
    clients.set(location, opened);
    return opened;
  }

  async function answer(
    batch: Batch,
    workspaces: readonly WorkspaceRef[],
    top: number,
  ): Promise<Map<string, WireRecord>> {
    const { query, group, location } = batch;
    const metricsClient = await client(location);
    const body = await rawAnswer((options) =>
      metricsClient.queryResources(workspaces.map(workspaceArmId), [...group.metrics.keys()], namespace, {
        ...options,
        startTime: new Date(query.fromAt),
        endTime: new Date(query.toAt),
        interval: 'PT1M',
        aggregation: 'average',
        filter: filterOf(group, query),
        top,
      }),
    );
    const entries = listField(recordOf(body), 'values').map(recordOf);
    return new Map(entries.map((entry) => [(textField(entry, 'resourceid') ?? '').toLowerCase(), entry]));
  }

  /**
   * As many series as were asked for may mean that there are more. It is not documented whether `top` counts per metric
   * or over all of a workspace, so that either is taken for a cut; those workspaces are asked for again with more.
   */
  async function read(
    batch: Batch,
    workspaces: readonly WorkspaceRef[],
    top: number,
    budget: Budget,
  ): Promise<Found> {
    const found: Found = new Map();
    const cut: WorkspaceRef[] = [];
    budget.calls -= 1;
    const result = await azureResult(clock, () => answer(batch, workspaces, top));
    if (!result.ok) return readHalves(batch, workspaces, top, budget, result);
    const stamps: StampCache = { texts: [], times: [] };
    for (const workspace of workspaces) {
      const entry = result.value.get(workspaceKey(workspace));
      try {
        if (entry === undefined) throw malformed('a workspace that was asked for is not in it');
        const { series, count } = seriesOfWorkspace(workspace, entry, batch.group.metrics, stamps);
        if (count >= top) cut.push(workspace);
        else found.set(workspaceKey(workspace), { ok: true, value: series });
      } catch (error) {
        found.set(workspaceKey(workspace), azureFailure(error, clock));
      }
    }
    if (cut.length === 0) return found;
    const more =
      top >= maxTop || budget.calls <= 0
        ? allFailed(cut, cutShort)
        : await read(batch, cut, Math.min(top * 8, maxTop), budget);
    return new Map([...found, ...more]);
  }

  async function readHalves(
    batch: Batch,
    workspaces: readonly WorkspaceRef[],
    top: number,
    budget: Budget,
    failure: AzureFailure,
  ): Promise<Found> {
    if (workspaces.length === 1 || budget.calls <= 0 || !mayBeOneWorkspace(failure))
      return allFailed(workspaces, failure);
    const middle = Math.ceil(workspaces.length / 2);
    const first = await read(batch, workspaces.slice(0, middle), top, budget);
    const rest = workspaces.slice(middle);
    const second = budget.calls > 0 ? await read(batch, rest, top, budget) : allFailed(rest, failure);
    return new Map([...first, ...second]);
  }

  async function readGroup(batch: Batch): Promise<Found> {
    const { query, group } = batch;
    const top = Math.min(Math.max(query.computesAtMost * group.seriesPerCompute + 1, minTop), maxTop);
    const chunks = chunksOf(query.workspaces, batchSize);
    const parts = await Promise.all(
      chunks.map((chunk) => read(batch, chunk, top, { calls: 1 + extraCalls })),
    );
    return new Map(parts.flatMap((part) => [...part]));
  }

  return {
    async query(location: string, subscriptionId: SubscriptionId, query: MetricsQuery) {
      const strangers = query.workspaces.some((workspace) => workspace.subscriptionId !== subscriptionId);
      if (strangers) throw new RangeError('A batch of metrics is of one subscription.');
      const [first, ...others] = await Promise.all(
        metricGroups.map((group) => readGroup({ query, group, location })),
      );
      const total: Found = new Map(first);
      for (const other of others) {
        for (const [key, result] of other) {
          const before = total.get(key);
          total.set(key, before === undefined ? result : merged(before, result));
        }
      }
      return total;
    },
  };
}

const cutShort: AzureFailure = {
  ok: false,
  kind: 'failed',
  status: 200,
  code: 'answer.cut-short',
  message: 'Azure Monitor gave as many series as were asked for: there may be more.',
};

const allFailed = (workspaces: readonly WorkspaceRef[], failure: AzureFailure): Found =>
  new Map(workspaces.map((workspace) => [workspaceKey(workspace), failure]));
