import { guidOf } from './names.ts';
import type { ComputeRecord } from './compute-record.ts';
import type { Load, MetricRange } from './world-spec.ts';
import type { VmSizeRecord } from './vm-sizes.ts';

const minuteMs = 60_000;
/** A size nobody lists still has cores; this many, where the load does not say. */
const coresOfUnknownSize = 4;
const osDiskMegabytes = 120 * 1024;

/** Whole minutes `from ≤ index < to` of a window bear this value; NaN is a point without a usable value. */
export type Piece = { readonly from: number; readonly to: number; readonly value: number };
export type SourceSeries = {
  /** Values by lower-cased dimension name. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly pieces: readonly Piece[];
};

/** What of a compute's history can be seen: minute stamps of the window, and the true minute behind each. */
export type MinuteWindow = {
  readonly fromAt: number;
  readonly minutes: number;
  /** The first minute that is not visible yet. */
  readonly visibleBeforeAt: number;
  /** A minute has points only from this long after the machine came up. */
  readonly startDelayMs: number;
  /** Null where stamps are true. */
  readonly trueMinute: ((stampAt: number) => number | null) | null;
};

const toNumber = (load: Load): number => (load === 'nan' ? Number.NaN : load);
const sum = (loads: readonly Load[]): number =>
  loads.reduce<number>((total, load) => total + toNumber(load), 0);
const isList = (value: Load | readonly Load[]): value is readonly Load[] => Array.isArray(value);

type Reading = (range: MetricRange) => number | undefined;

/** How the values of each metric follow from the load of the machine: one reading per series. */
function readingsOf(metric: string, size: VmSizeRecord | undefined): readonly Reading[] | null {
  switch (metric) {
    case 'CpuUtilizationPercentage':
      return [
        ({ cpu }) => (cpu === undefined ? undefined : isList(cpu) ? sum(cpu) / cpu.length : toNumber(cpu)),
      ];
    case 'CpuUtilizationMillicores':
      return [
        ({ cpu }) => {
          if (cpu === undefined) return undefined;
          return (isList(cpu) ? sum(cpu) : toNumber(cpu) * (size?.vCPUs ?? coresOfUnknownSize)) * 10;
        },
      ];
    case 'GpuUtilizationPercentage':
    case 'GpuUtilizationMilliGPUs': {
      const factor = metric === 'GpuUtilizationPercentage' ? 1 : 10;
      return Array.from(
        { length: size?.gpus ?? 1 },
        (_, index): Reading =>
          ({ gpu }) => {
            const load = gpu === undefined || !isList(gpu) ? gpu : gpu[index];
            return load === undefined ? undefined : toNumber(load) * factor;
          },
      );
    }
    case 'NetworkInputMegabytes':
      return [({ network }) => (network === undefined ? undefined : toNumber(network))];
    case 'NetworkOutputMegabytes':
      return [({ network }) => (network === undefined ? undefined : toNumber(network) * 0)];
    default:
      return null;
  }
}

const ceilMinute = (at: number): number => Math.ceil(at / minuteMs) * minuteMs;

/** Whether the machine was up for long enough at that minute for Azure to have a point. */
const wasUp = (record: ComputeRecord, at: number, startDelayMs: number): boolean =>
  record.runs.some((run) => run.fromAt + startDelayMs <= at && (run.toAt === null || at < run.toAt));

function valueAt(ranges: readonly MetricRange[], reading: Reading, at: number): number | undefined {
  for (let index = ranges.length - 1; index >= 0; index--) {
    const range = ranges[index];
    if (range === undefined || at < range.fromAt || at >= range.toAt) continue;
    const value = reading(range);
    if (value !== undefined) return value;
  }
  return undefined;
}

function pointwise(
  record: ComputeRecord,
  ranges: readonly MetricRange[],
  reading: Reading,
  window: MinuteWindow,
  stamps: readonly { readonly index: number; readonly at: number; readonly to: number }[],
): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const { index, at, to } of stamps) {
    const value = wasUp(record, at, window.startDelayMs) ? valueAt(ranges, reading, at) : undefined;
    if (value !== undefined) pieces.push({ from: index, to, value });
  }
  return pieces;
}

/** The minutes at which anything may change, each standing for all minutes up to the next. */
function elementaryMinutes(
  record: ComputeRecord,
  ranges: readonly MetricRange[],
  window: MinuteWindow,
): readonly { index: number; at: number; to: number }[] {
  const end = Math.min(window.fromAt + window.minutes * minuteMs, window.visibleBeforeAt);
  const edges = new Set<number>([window.fromAt]);
  const add = (at: number): void => {
    const minute = ceilMinute(at);
    if (minute > window.fromAt && minute < end) edges.add(minute);
  };
  for (const range of ranges) {
    add(range.fromAt);
    add(range.toAt);
  }
  for (const run of record.runs) {
    add(run.fromAt + window.startDelayMs);
    if (run.toAt !== null) add(run.toAt);
  }
  if (end <= window.fromAt) return [];
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.map((at, position) => ({
    at,
    index: (at - window.fromAt) / minuteMs,
    to: ((sorted[position + 1] ?? end) - window.fromAt) / minuteMs,
  }));
}

function skewedMinutes(window: MinuteWindow): readonly { index: number; at: number; to: number }[] {
  const stamps: { index: number; at: number; to: number }[] = [];
  for (let index = 0; index < window.minutes; index++) {
    const at = window.trueMinute?.(window.fromAt + index * minuteMs) ?? null;
    if (at !== null && at < window.visibleBeforeAt) stamps.push({ index, at, to: index + 1 });
  }
  return stamps;
}

const diskRanges = (record: ComputeRecord): readonly MetricRange[] =>
  record.disk.map(({ fromAt, toAt, freeMegabytes }) => ({ fromAt, toAt, network: freeMegabytes }));

/** The compute's series of one metric in the window: one per machine, for GPUs one per device; none without a point. */
export function sourceSeries(
  record: ComputeRecord,
  metric: string,
  size: VmSizeRecord | undefined,
  window: MinuteWindow,
): readonly SourceSeries[] {
  const isDisk = metric === 'DiskAvailMegabytes' || metric === 'DiskUsedMegabytes';
  const readings: readonly Reading[] | null = isDisk
    ? [
        ({ network }) =>
          network === undefined
            ? undefined
            : metric === 'DiskAvailMegabytes'
              ? toNumber(network)
              : osDiskMegabytes - toNumber(network),
      ]
    : readingsOf(metric, size);
  const history = isDisk ? diskRanges(record) : record.metrics;
  if (readings === null || history.length === 0 || record.runs.length === 0) return [];
  const slackMs = window.trueMinute === null ? 0 : 86_400_000;
  const endAt = window.fromAt + window.minutes * minuteMs;
  const ranges = history.filter(
    (range) => range.toAt > window.fromAt - slackMs && range.fromAt < endAt + slackMs,
  );
  if (ranges.length === 0) return [];
  const stamps =
    window.trueMinute === null ? elementaryMinutes(record, ranges, window) : skewedMinutes(window);
  const found: SourceSeries[] = [];
  for (const [index, reading] of readings.entries()) {
    const pieces = pointwise(record, ranges, reading, window, stamps);
    if (pieces.length === 0) continue;
    const instance = guidOf('instance', record.key);
    found.push({
      pieces,
      dimensions: {
        computename: record.name,
        runid: guidOf('run', record.key),
        instanceid: instance,
        deviceid: metric.startsWith('Gpu') ? String(index) : 'eth0',
      },
    });
  }
  return found;
}
