import { assessJobs, type JobFindings } from './jobs.ts';
import { assessMetrics, type MetricFindings } from './metrics.ts';
import { assessReports, type ReportFindings } from './reports.ts';
import type { ActiveReason, ActivityInput, ActivityVerdict, DecidableBy, MetricSeries } from './types.ts';
import { windowOf, type Window } from './window.ts';
import { whyUnknown } from './why-unknown.ts';

const noSeries: readonly MetricSeries[] = [];

/**
 * Whether one instance is used, by every source there is: jobs, metrics, session reports. Any proof of use is use; only
 * sources that were seen well enough prove the opposite; all else is unknown.
 *
 * Use that is visible after the window's end counts too, so that the newest evidence is never ignored; it adds nothing
 * to coverage. Where the start is not known, the idle time begins with the first sample seen.
 */
export function assessActivity(input: ActivityInput): ActivityVerdict {
  const { idle } = input.policy;
  const startedAt = Number.isFinite(input.startedAt) ? input.startedAt : null;
  const window = windowOf(input.now, input.windowMs, idle.ingestionDelayMs, startedAt);
  const jobs = assessJobs({
    now: input.now,
    state: input.state,
    jobs: input.jobs,
    stalledAfterMs: input.policy.jobStalledAfterMs,
  });
  const metrics = assessMetrics(input.metrics.ok ? input.metrics.value : noSeries, window, input);
  const reports = assessReports(input.reports, window, input);

  const enough = (minutes: number): boolean =>
    minutes > 0 && minutes >= idle.minCoverage * window.minutes - 1e-9;
  const samples =
    (input.size?.gpus ?? 0) > 0 ? Math.min(metrics.cpuMinutes, metrics.gpuMinutes) : metrics.cpuMinutes;
  const byMetrics = input.metrics.ok && input.size !== null && enough(samples);
  const bySession =
    enough(reports.minutes) &&
    reports.newestAt !== null &&
    input.now - reports.newestAt <= input.policy.session.reportMaxAgeMs;

  const lastActiveAt = latest(
    metrics.cpuActiveUntil,
    metrics.gpuActiveUntil,
    metrics.networkActiveUntil,
    reports.busyUntil,
  );
  const reason = activeReason(jobs, metrics, reports);
  const sufficient = {
    metrics: byMetrics || bySession,
    session: bySession,
    both: byMetrics && bySession,
  }[idle.evidence];
  const unknownBecause =
    reason !== null || (sufficient && jobs.unfinished === 'none')
      ? null
      : whyUnknown(input, { window, jobs, metrics, reports, samples, byMetrics });

  const quietFromAt = Math.max(
    startedAt === null ? seenFrom(window, metrics, reports) : window.fromAt,
    lastActiveAt ?? -Infinity,
    Number.isFinite(input.lastJobEndedAt) ? (input.lastJobEndedAt ?? -Infinity) : -Infinity,
  );
  const common = {
    idleForMs: jobs.live === null ? Math.max(0, window.toAt - quietFromAt) : 0,
    unfinishedJobs: jobs.unfinished,
    evidence: {
      windowFromAt: window.fromAt,
      windowToAt: window.toAt,
      coverage: window.minutes === 0 ? 0 : samples / window.minutes,
      bucketsPresent: samples,
      bucketsExpected: window.minutes,
      cpuPercentMax: metrics.cpuPercentMax,
      cpuCoresMax: metrics.cpuCoresMax,
      gpuPercentMax: metrics.gpuPercentMax,
      networkMegabytesMax: metrics.networkMegabytesMax,
      lastActiveAt,
      job: jobs.live,
      stalledJobs: jobs.stalled.map((job) => job.name),
      session: reports.busyWith,
      decidableBy: decidableBy(byMetrics, bySession),
      unknownBecause,
    },
  };
  if (reason !== null) return { activity: 'active', reason, ...common };
  if (jobs.unfinished !== 'none') return { activity: 'unknown', reason: 'keep.unknown.jobs', ...common };
  if (!sufficient) return { activity: 'unknown', reason: 'keep.unknown.metrics', ...common };
  return { activity: 'idle', ...common };
}

/** With several active sources the first of job, gpu, cpu, network, session is the reason. */
function activeReason(
  jobs: JobFindings,
  metrics: MetricFindings,
  reports: ReportFindings,
): ActiveReason | null {
  if (jobs.live !== null) return 'keep.active.job';
  if (metrics.gpuActiveUntil !== null) return 'keep.active.gpu';
  if (metrics.cpuActiveUntil !== null) return 'keep.active.cpu';
  if (metrics.networkActiveUntil !== null) return 'keep.active.network';
  if (reports.busyUntil !== null) return 'keep.active.session';
  return null;
}

/** Since when the instance surely ran, where Azure does not say: it reports nothing while it is off. */
function seenFrom(window: Window, metrics: MetricFindings, reports: ReportFindings): number {
  const firstAt = Math.min(metrics.firstSampleAt ?? window.toAt, reports.firstAt ?? window.toAt);
  return firstAt <= window.firstMinuteAt ? window.fromAt : firstAt;
}

function latest(...times: readonly (number | null)[]): number | null {
  let last: number | null = null;
  for (const at of times) if (at !== null && (last === null || at > last)) last = at;
  return last;
}

function decidableBy(byMetrics: boolean, bySession: boolean): DecidableBy {
  if (byMetrics) return bySession ? 'both' : 'metrics';
  return bySession ? 'session' : 'neither';
}
