import type { Job } from '../computes.ts';
import type { MetricSeries, Reading } from './types.ts';

/** A job at work on a machine whose GPUs do nothing, as far as every minute since then was seen. */
export type GpuIdle = {
  readonly jobId: string;
  readonly jobName: string;
  readonly sinceAt: number;
  /** The newest minute at which all of its GPUs were seen. */
  readonly lastAt: number;
};

const minuteMs = 60_000;
/** What shows as 0 %: a driver that wakes up now and then is no use of it. */
const zeroBelowPercent = 1;
/** Over so long nobody knows what the GPUs did, and the watch begins anew. */
const gapMs = 30 * minuteMs;

/** The busiest GPU of each minute at which all of them were seen. */
function busiestByMinute(series: readonly MetricSeries[], gpus: number): readonly [number, number][] {
  const minutes = new Map<number, { seen: number; max: number }>();
  for (const { points } of series.filter(({ metric }) => metric === 'gpuPercent')) {
    for (const { at, value } of points) {
      if (value === null || !(value >= 0)) continue;
      const known = minutes.get(at) ?? { seen: 0, max: 0 };
      minutes.set(at, { seen: known.seen + 1, max: Math.max(known.max, value) });
    }
  }
  return [...minutes]
    .filter(([, { seen, max }]) => seen >= gpus || max >= zeroBelowPercent)
    .map(([at, { max }]): [number, number] => [at, max])
    .toSorted(([one], [other]) => one - other);
}

const isAtWork = ({ status }: Job): boolean => status.toLowerCase() === 'running';
const begun = ({ changedAt, createdAt }: Job): number => changedAt ?? createdAt ?? 0;

/**
 * The next step of the watch, look by look: windows of metrics are shorter than the hours that matter. What a look cannot
 * see changes nothing; a minute of use, the end of the job and half an hour without samples end it.
 */
export function nextGpuIdle(
  before: GpuIdle | null,
  jobs: Reading<readonly Job[]>,
  metrics: Reading<readonly MetricSeries[]>,
  /** Of the machine's size; null: it is not in the region's list. */
  gpus: number | null,
): GpuIdle | null {
  if (gpus === 0) return null;
  if (!jobs.ok || !metrics.ok || gpus === null) return before;
  const atWork = jobs.value
    .filter(isAtWork)
    .toSorted((one, other) => begun(one) - begun(other) || (one.id < other.id ? -1 : 1));
  const job = atWork.find(({ id }) => id === before?.jobId) ?? atWork[0];
  if (job === undefined) return null;
  let watch = before?.jobId === job.id ? before : null;
  const fromAt = watch === null ? begun(job) : watch.lastAt + 1;
  for (const [at, percent] of busiestByMinute(metrics.value, gpus)) {
    if (at < fromAt) continue;
    if (percent >= zeroBelowPercent) watch = null;
    else if (watch === null || at - watch.lastAt > gapMs)
      watch = { jobId: job.id, jobName: job.name, sinceAt: at, lastAt: at };
    else watch = { ...watch, lastAt: at };
  }
  return watch;
}

/** How long it has lasted; null: its newest minute is too old to say that it lasts still. */
export const gpuIdleForMs = (watch: GpuIdle, now: number): number | null =>
  now - watch.lastAt > gapMs ? null : watch.lastAt + minuteMs - watch.sinceAt;
