import { floorToMinute, minuteMs } from './minutes.ts';
import type { ActivityInput, LoadMetric, MetricSeries } from './types.ts';
import { latestCredibleAt, neighbourMinutes, type Window } from './window.ts';

/** Everything in the window or visible after it; a time is null where nothing was seen. */
export type MetricFindings = {
  readonly cpuActiveUntil: number | null;
  readonly gpuActiveUntil: number | null;
  readonly networkActiveUntil: number | null;
  /** Whole minutes of the window with a usable value. */
  readonly cpuMinutes: number;
  readonly gpuMinutes: number;
  /** The first minute of the window with a usable CPU value. */
  readonly firstSampleAt: number | null;
  readonly cpuPercentMax: number | null;
  readonly cpuCoresMax: number | null;
  readonly gpuPercentMax: number | null;
  readonly networkMegabytesMax: number | null;
};

const missing = -1;

/** Minute buckets, each the maximum over all series of a metric. */
type Frame = { readonly fromAt: number; readonly buckets: number };
type Columns = { [metric in LoadMetric]: Float64Array | null };

function columnsOf(series: readonly MetricSeries[], frame: Frame): Columns {
  const columns: Columns = {
    cpuPercent: null,
    cpuMillicores: null,
    gpuPercent: null,
    networkIn: null,
    networkOut: null,
  };
  for (const { metric, points } of series) {
    if (metric === 'diskFreeMegabytes') continue;
    const column = (columns[metric] ??= new Float64Array(frame.buckets).fill(missing));
    for (const { at, value } of points) {
      // Written so that NaN, a negative number and null all fail; more than 100 % is odd, but it is use.
      if (value === null || !(value >= 0)) continue;
      const bucket = Math.floor((at - frame.fromAt) / minuteMs);
      const known = column[bucket];
      if (known !== undefined && value > known) column[bucket] = value;
    }
  }
  return columns;
}

const shown = (value: number): number | null => (value === missing || value === Infinity ? null : value);

export function assessMetrics(
  series: readonly MetricSeries[],
  window: Window,
  input: Pick<ActivityInput, 'now' | 'size' | 'policy'>,
): MetricFindings {
  const { cpuBelow, cpuCoresBelow, gpuBelow, networkBelow, noiseUpTo } = input.policy.idle;
  const firstAt = floorToMinute(window.fromAt);
  const fromAt = firstAt - neighbourMinutes * minuteMs;
  const buckets = Math.max(0, Math.floor((latestCredibleAt(input.now) - fromAt) / minuteMs) + 1);
  const { cpuPercent, cpuMillicores, gpuPercent, networkIn, networkOut } = columnsOf(series, {
    fromAt,
    buckets,
  });
  // Percent of the machine and cores tell the same load: where one of them is missing, the other stands for it.
  const vCPUs = input.size?.vCPUs ?? 0;
  const wholeFrom = (window.firstMinuteAt - fromAt) / minuteMs;
  const wholeTo = wholeFrom + window.minutes;

  let cpuActive = missing;
  let gpuActive = missing;
  let networkActive = missing;
  let cpuMinutes = 0;
  let gpuMinutes = 0;
  let firstSample = missing;
  let percentMax = missing;
  let coresMax = missing;
  let gpuMax = missing;
  let networkMax = missing;
  let lastReached = -Infinity;

  for (let bucket = 0; bucket < buckets; bucket++) {
    const inside = bucket >= neighbourMinutes;
    const whole = bucket >= wholeFrom && bucket < wholeTo;
    let percent = cpuPercent?.[bucket] ?? missing;
    const millicores = cpuMillicores?.[bucket] ?? missing;
    let cores = millicores === missing ? missing : millicores / 1000;
    if (percent === missing && cores !== missing && vCPUs > 0) percent = (cores / vCPUs) * 100;
    else if (cores === missing && percent !== missing && vCPUs > 0) cores = (percent / 100) * vCPUs;

    if (percent !== missing || cores !== missing) {
      if (whole) {
        cpuMinutes++;
        if (firstSample === missing) firstSample = bucket;
      }
      if (inside) {
        percentMax = Math.max(percentMax, percent);
        coresMax = Math.max(coresMax, cores);
      }
      if (percent >= cpuBelow || cores >= cpuCoresBelow) {
        const loud = percent >= cpuBelow * noiseUpTo || cores >= cpuCoresBelow * noiseUpTo;
        // A lone bucket becomes use in hindsight, by the later one that keeps it company: that one is the last.
        if (inside && (loud || bucket - lastReached <= neighbourMinutes)) cpuActive = bucket;
        lastReached = bucket;
      }
    }

    if (!inside) continue;
    const gpu = gpuPercent?.[bucket] ?? missing;
    if (gpu !== missing) {
      if (whole) gpuMinutes++;
      gpuMax = Math.max(gpuMax, gpu);
      if (gpu >= gpuBelow) gpuActive = bucket;
    }
    const received = networkIn?.[bucket] ?? missing;
    const sent = networkOut?.[bucket] ?? missing;
    if (received !== missing || sent !== missing) {
      const megabytes = Math.max(0, received) + Math.max(0, sent);
      networkMax = Math.max(networkMax, megabytes);
      if (megabytes >= networkBelow) networkActive = bucket;
    }
  }

  const endOf = (bucket: number): number | null =>
    bucket === missing ? null : fromAt + (bucket + 1) * minuteMs;
  return {
    cpuActiveUntil: endOf(cpuActive),
    gpuActiveUntil: endOf(gpuActive),
    networkActiveUntil: endOf(networkActive),
    cpuMinutes,
    gpuMinutes,
    firstSampleAt: firstSample === missing ? null : fromAt + firstSample * minuteMs,
    cpuPercentMax: shown(percentMax),
    cpuCoresMax: shown(coresMax),
    gpuPercentMax: shown(gpuMax),
    networkMegabytesMax: shown(networkMax),
  };
}
