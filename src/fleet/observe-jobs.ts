import type { MetricSeries, ObservedJob, Reading } from '../core/activity/types.ts';
import type { Job } from '../core/computes.ts';
import type { Observation } from '../ledger/observations.ts';
import { lastKnownChange, steadySince } from './job-load-history.ts';

const loadOverMs = 30 * 60_000;
/** Below this the machine does what it did before: agents and clocks make a point or so. */
const sameLoadPercent = 2;
const isSameLoad = (one: number, other: number): boolean => Math.abs(one - other) < sameLoadPercent;

/** The machine's CPU load of the last half hour in percent; null: no sample. */
export function loadOf(series: readonly MetricSeries[], now: number): number | null {
  const values = series
    .filter((one) => one.metric === 'cpuPercent')
    .flatMap((one) => one.points)
    .filter((point) => point.at >= now - loadOverMs && point.value !== null && point.value >= 0)
    .map((point) => point.value ?? 0);
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

type KnownJob = Observation['jobs'][number];

function compare(job: Job, known: KnownJob | undefined, load: number | null, now: number): KnownJob {
  if (known === undefined) return { id: job.id, status: job.status, load, sinceAt: now };
  const loadMoved = load !== null && known.load !== null && !isSameLoad(load, known.load);
  const changed = known.status !== job.status || loadMoved || (job.changedAt ?? 0) > known.sinceAt;
  if (changed) return { id: job.id, status: job.status, load, sinceAt: now };
  return { ...known, load: known.load ?? load };
}

/** A job that was there before anybody watched. */
const sinceBefore = (job: Job, history: readonly MetricSeries[], now: number): number =>
  Math.max(lastKnownChange(job) ?? now, steadySince(history, now, isSameLoad));

export type JobObservations = Pick<Observation, 'jobs' | 'lastJobEndedAt'> & {
  readonly observed: Reading<readonly ObservedJob[]>;
};

/**
 * Sets the unfinished jobs against those of the looks before: since when nothing about each has changed, and whether
 * one has ended. Azure lists no end of a job on a compute, so an end is as late as the look that first missed it.
 */
export function observeJobs(
  jobs: Reading<readonly Job[]>,
  metrics: Reading<readonly MetricSeries[]>,
  before: Observation | undefined,
  now: number,
  history: readonly MetricSeries[] | null,
): JobObservations {
  const known = before?.jobs ?? [];
  if (!jobs.ok) {
    return { observed: jobs, jobs: known, lastJobEndedAt: before?.lastJobEndedAt ?? null };
  }
  const load = metrics.ok ? loadOf(metrics.value, now) : null;
  const compared = jobs.value.map((job) => {
    const knownJob = known.find((one) => one.id === job.id);
    const seen = compare(job, knownJob, load, now);
    return knownJob === undefined && history !== null
      ? { ...seen, sinceAt: sinceBefore(job, history, now) }
      : seen;
  });
  const ended = known.some((one) => jobs.value.every((job) => job.id !== one.id));
  return {
    observed: {
      ok: true,
      value: jobs.value.map((job, index) => ({ ...job, unchangedSinceAt: compared[index]?.sinceAt ?? null })),
    },
    jobs: compared,
    lastJobEndedAt: ended ? now : (before?.lastJobEndedAt ?? null),
  };
}
