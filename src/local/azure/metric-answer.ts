import { DataWriter } from './metric-text.ts';
import { sourceSeries, type MinuteWindow, type SourceSeries } from './metric-source.ts';
import type { ComputeRecord } from './compute-record.ts';
import type { MetricDefinition } from './metric-catalogue.ts';
import type { MetricQuery } from './metric-query.ts';
import type { VmSizeRecord } from './vm-sizes.ts';

const minuteMs = 60_000;

export type MetricsSource = {
  readonly computes: readonly ComputeRecord[];
  readonly sizes: ReadonlyMap<string, VmSizeRecord>;
};
export type Visibility = Pick<MinuteWindow, 'visibleBeforeAt' | 'startDelayMs' | 'trueMinute'>;

type Group = { readonly labels: readonly string[]; readonly sources: SourceSeries['pieces'][] };

/** Answers one query, resource after resource. */
export class MetricAnswer {
  readonly #query: MetricQuery;
  readonly #window: MinuteWindow;
  readonly #writer: DataWriter;

  constructor(query: MetricQuery, visibility: Visibility) {
    this.#query = query;
    const minutes = Math.ceil((query.toAt - query.fromAt) / minuteMs);
    const count = Math.ceil(minutes / query.bucketMinutes);
    this.#window = { ...visibility, fromAt: query.fromAt, minutes };
    this.#writer = new DataWriter({ ...query, count });
  }

  /** The resource's part of a batch answer, as JSON text. */
  batchEntry(resourceId: string, region: string, source: MetricsSource): string {
    const { fromAt, toAt, interval, metrics } = this.#query;
    const head = JSON.stringify({
      starttime: new Date(fromAt).toISOString(),
      endtime: new Date(toAt).toISOString(),
      interval: interval.toUpperCase() === 'FULL' ? 'PT0S' : interval,
      namespace: 'Microsoft.MachineLearningServices/workspaces',
      resourceregion: region,
      resourceid: resourceId,
    }).slice(0, -1);
    const values = metrics.map((metric) => this.#metric(resourceId, metric, source));
    return `${head},"value":[${values.join(',')}]}`;
  }

  /** The answer of the single-resource API, as JSON text. */
  single(resourceId: string, region: string, source: MetricsSource): string {
    const { fromAt, toAt, interval, metrics } = this.#query;
    const head = JSON.stringify({
      cost: Math.round(((toAt - fromAt) / minuteMs) * metrics.length) - 1,
      timespan: `${new Date(fromAt).toISOString()}/${new Date(toAt).toISOString()}`,
      interval,
      namespace: 'Microsoft.MachineLearningServices/workspaces',
      resourceregion: region,
    }).slice(0, -1);
    const values = metrics.map((metric) => this.#metric(resourceId, metric, source));
    return `${head},"value":[${values.join(',')}]}`;
  }

  #metric(resourceId: string, metric: MetricDefinition, source: MetricsSource): string {
    const head = JSON.stringify({
      id: `${resourceId}/providers/Microsoft.Insights/metrics/${metric.name}`,
      type: 'Microsoft.Insights/metrics',
      name: { value: metric.name, localizedValue: metric.name },
      displayDescription: `${metric.name} of the computes of a workspace`,
      unit: 'Count',
      errorCode: 'Success',
    }).slice(0, -1);
    return `${head},"timeseries":[${this.#timeseries(metric, source).join(',')}]}`;
  }

  #timeseries(metric: MetricDefinition, source: MetricsSource): readonly string[] {
    const { clauses, top } = this.#query;
    const groups = this.#groups(metric, source);
    if (clauses === null) {
      const all = groups.flatMap((group) => group.sources);
      return [`{"metadatavalues":[],"data":${this.#writer.write(all)}}`];
    }
    const names = this.#splitDimensions();
    return groups.slice(0, top).map(({ labels, sources }) => {
      const metadata = labels.map((value, index) => ({
        // Azure answers with the dimension's name in lower case, whatever the query said.
        name: { value: names[index], localizedValue: names[index] },
        value,
      }));
      return `{"metadatavalues":${JSON.stringify(metadata)},"data":${this.#writer.write(sources)}}`;
    });
  }

  #splitDimensions(): readonly string[] {
    return (this.#query.clauses ?? [])
      .map((clause) => clause.dimension.toLowerCase())
      .filter((name) => name !== this.#query.rollUpBy);
  }

  #groups(metric: MetricDefinition, source: MetricsSource): readonly Group[] {
    const names = this.#splitDimensions();
    const groups = new Map<string, Group>();
    const wanted = (this.#query.clauses ?? []).find(
      ({ dimension }) => dimension.toLowerCase() === 'computename',
    );
    for (const record of source.computes) {
      if (record.runs.length === 0) continue;
      if (wanted?.values?.has(record.name.toLowerCase()) === false) continue;
      const size = source.sizes.get((record.vmSize ?? '').toLowerCase());
      for (const series of sourceSeries(record, metric.name, size, this.#window)) {
        if (!this.#passes(series)) continue;
        const labels = names.map((name) => series.dimensions[name] ?? '');
        const key = labels.join('\n');
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { labels, sources: [series.pieces] });
        else group.sources.push(series.pieces);
      }
    }
    return [...groups.values()];
  }

  #passes(series: SourceSeries): boolean {
    return (this.#query.clauses ?? []).every(
      ({ dimension, values }) =>
        values === null || values.has((series.dimensions[dimension.toLowerCase()] ?? '').toLowerCase()),
    );
  }
}
