import { metricDefinitions, type MetricDefinition } from './metric-catalogue.ts';

const minuteMs = 60_000;

export type DimensionClause = {
  /** As the query spells it. */
  readonly dimension: string;
  /** Lower-cased values; null: any. */
  readonly values: ReadonlySet<string> | null;
};
export type Aggregation = 'average' | 'minimum' | 'maximum' | 'total' | 'count';

export type MetricQuery = {
  readonly metrics: readonly MetricDefinition[];
  readonly fromAt: number;
  readonly toAt: number;
  readonly interval: string;
  readonly bucketMinutes: number;
  readonly aggregations: readonly Aggregation[];
  /** Null: no filter, everything in one series. */
  readonly clauses: readonly DimensionClause[] | null;
  readonly rollUpBy: string | null;
  readonly top: number;
};
export type ParsedQuery =
  | { readonly ok: true; readonly query: MetricQuery }
  | { readonly ok: false; readonly message: string };

const bucketMinutesOf: Readonly<Record<string, number>> = {
  PT1M: 1,
  PT5M: 5,
  PT15M: 15,
  PT30M: 30,
  PT1H: 60,
  PT6H: 360,
  PT12H: 720,
  P1D: 1440,
};
const aggregations: readonly Aggregation[] = ['average', 'minimum', 'maximum', 'total', 'count'];
const defaultTop = 10;
const maxNames = 20;
const maxWindowMs = 30 * 86_400_000;

const failed = (message: string): { readonly ok: false; readonly message: string } => ({
  ok: false,
  message,
});

const comparison = /^\(*\s*([A-Za-z]+)\s+eq\s+'((?:[^']|'')*)'\s*\)*$/i;

/** Dimensions are and-ed, the values of one dimension or-ed; `'*'` splits by it. */
export function parseFilter(text: string): readonly DimensionClause[] | string {
  const clauses: DimensionClause[] = [];
  for (const part of text.split(/\s+and\s+/i)) {
    let dimension = '';
    const values = new Set<string>();
    for (const term of part.split(/\s+or\s+/i)) {
      const match = comparison.exec(term.trim());
      const [, name, value] = match ?? [];
      if (name === undefined || value === undefined) return `Filter is not valid near: ${term}`;
      if (dimension !== '' && name.toLowerCase() !== dimension.toLowerCase()) {
        return `Only one dimension may be joined by "or": ${dimension}, ${name}`;
      }
      dimension = name;
      values.add(value.replaceAll("''", "'").toLowerCase());
    }
    clauses.push({ dimension, values: values.has('*') ? null : values });
  }
  return clauses;
}

/** A parameter's value, whatever the casing of its name. */
const parameter = (query: URLSearchParams, ...names: readonly string[]): string | null => {
  for (const [key, value] of query) if (names.includes(key.toLowerCase())) return value;
  return null;
};

function parseTimes(query: URLSearchParams, now: number): { fromAt: number; toAt: number } | null {
  const [spanFrom, spanTo] = parameter(query, 'timespan')?.split('/') ?? [];
  const from = parameter(query, 'starttime') ?? spanFrom ?? null;
  const to = parameter(query, 'endtime') ?? spanTo ?? null;
  const toAt = to === null ? now : Date.parse(to);
  const fromAt = from === null ? toAt - 60 * minuteMs : Date.parse(from);
  return Number.isNaN(fromAt) || Number.isNaN(toAt) || fromAt >= toAt ? null : { fromAt, toAt };
}

/** Reads the parameters of a metrics request, batch or single. */
export function parseMetricQuery(query: URLSearchParams, now: number): ParsedQuery {
  const times = parseTimes(query, now);
  if (times === null) return failed('The time interval is not valid: starttime must be before endtime.');
  if (times.toAt - times.fromAt > maxWindowMs) return failed('The time interval is longer than 30 days.');
  const interval = parameter(query, 'interval') ?? 'PT1M';
  const fromAt = Math.floor(times.fromAt / minuteMs) * minuteMs;
  const toAt = Math.ceil(times.toAt / minuteMs) * minuteMs;
  const bucketMinutes =
    interval.toUpperCase() === 'FULL' ? (toAt - fromAt) / minuteMs : bucketMinutesOf[interval.toUpperCase()];
  if (bucketMinutes === undefined) return failed(`Invalid time grain: ${interval}`);
  const names = (parameter(query, 'metricnames') ?? '').split(',').filter((name) => name !== '');
  if (names.length === 0 || names.length > maxNames) {
    return failed(`Give 1 to ${maxNames} metric names; there are ${names.length}.`);
  }
  const metrics: MetricDefinition[] = [];
  for (const name of names) {
    const found = metricDefinitions.get(name.toLowerCase());
    if (found === undefined) return failed(`Failed to find metric configuration for metric: ${name}`);
    metrics.push(found);
  }
  const asked = (parameter(query, 'aggregation') ?? 'average').toLowerCase().split(',');
  const unknown = asked.find((word) => !aggregations.some((known) => known === word.trim()));
  if (unknown !== undefined) return failed(`Unknown aggregation: ${unknown}`);
  const filter = parameter(query, 'filter', '$filter');
  const clauses = filter === null || filter === '' ? null : parseFilter(filter);
  if (typeof clauses === 'string') return failed(clauses);
  for (const metric of metrics) {
    const missing = clauses?.find(
      (clause) => !metric.dimensions.some((name) => name.toLowerCase() === clause.dimension.toLowerCase()),
    );
    if (missing !== undefined) {
      return failed(`Metric: ${metric.name} does not support requested dimension: ${missing.dimension}`);
    }
  }
  const top = parameter(query, 'top');
  if (top !== null && !/^[1-9]\d*$/.test(top)) return failed(`top must be a positive number: ${top}`);
  return {
    ok: true,
    query: {
      metrics,
      fromAt,
      toAt,
      interval,
      bucketMinutes,
      aggregations: aggregations.filter((word) => asked.some((given) => given.trim() === word)),
      clauses,
      rollUpBy: parameter(query, 'rollupby')?.toLowerCase() ?? null,
      top: top === null ? defaultTop : Number(top),
    },
  };
}
