import type { MetricName, MetricSeries } from '../../core/activity/types.ts';
import { computeKey, type ComputeKey, parseComputeName, type WorkspaceRef } from '../../core/ids.ts';
import { fieldOf, listField, malformed, recordField, recordOf, textField, type WireRecord } from './wire.ts';

type Point = MetricSeries['points'][number];

/** The minute stamps of a series by position. They repeat from series to series, so that each is parsed but once. */
export type StampCache = { readonly texts: string[]; readonly times: number[] };

function stampAt(stamps: StampCache, index: number, text: unknown): number {
  if (typeof text !== 'string') return Number.NaN;
  if (stamps.texts[index] !== text) {
    stamps.texts[index] = text;
    stamps.times[index] = Date.parse(text);
  }
  return stamps.times[index] ?? Number.NaN;
}

function pointsOf(series: WireRecord, stamps: StampCache): readonly Point[] {
  const points: Point[] = [];
  for (const [index, entry] of listField(series, 'data').entries()) {
    const { timeStamp, average } = (entry ?? {}) as { timeStamp?: unknown; average?: unknown };
    const at = stampAt(stamps, index, timeStamp);
    if (!Number.isNaN(at)) points.push({ at, value: typeof average === 'number' ? average : null });
  }
  return points;
}

/** The compute that a series is of; dimension names come in another casing than they were asked for. */
function computeNameOf(series: WireRecord): string | null {
  for (const entry of listField(series, 'metadatavalues')) {
    const dimension = recordOf(entry);
    const name = fieldOf(dimension, 'name');
    const text = typeof name === 'string' ? name : textField(recordOf(name), 'value');
    if (text?.toLowerCase() === 'computename') return textField(dimension, 'value');
  }
  return null;
}

export type WorkspaceSeries = {
  readonly series: ReadonlyMap<ComputeKey, readonly MetricSeries[]>;
  /** How many series the answer has for the workspace, over all metrics. */
  readonly count: number;
};

/**
 * Takes one workspace's part of a batch answer apart, compute by compute. Series of names that no instance can have are
 * left out: they are clusters' nodes or worse. Throws `answer.malformed` where a metric is missing or has an error.
 */
export function seriesOfWorkspace(
  workspace: WorkspaceRef,
  entry: WireRecord,
  metrics: ReadonlyMap<string, MetricName>,
  stamps: StampCache,
): WorkspaceSeries {
  const found = new Map<ComputeKey, MetricSeries[]>();
  let count = 0;
  const answered = new Set<MetricName>();
  const names = new Map([...metrics].map(([azureName, metric]) => [azureName.toLowerCase(), metric]));
  for (const value of listField(entry, 'value')) {
    const one = recordOf(value);
    const metric = names.get((textField(recordField(one, 'name'), 'value') ?? '').toLowerCase());
    if (metric === undefined) continue;
    const errorCode = textField(one, 'errorCode');
    if (errorCode !== null && errorCode.toLowerCase() !== 'success') {
      throw malformed(`${metric}: ${errorCode} ${textField(one, 'errorMessage') ?? ''}`.trim());
    }
    answered.add(metric);
    const timeseries = listField(one, 'timeseries');
    count += timeseries.length;
    for (const item of timeseries) {
      const series = recordOf(item);
      const key = keyOf(workspace, computeNameOf(series));
      if (key === null) continue;
      const list = found.get(key) ?? [];
      found.set(key, list);
      list.push({ metric, points: pointsOf(series, stamps) });
    }
  }
  if (answered.size < names.size) throw malformed('a metric that was asked for is not in the answer');
  return { series: found, count };
}

function keyOf(workspace: WorkspaceRef, name: string | null): ComputeKey | null {
  if (name === null) return null;
  try {
    return computeKey({ ...workspace, compute: parseComputeName(name) });
  } catch {
    return null;
  }
}
