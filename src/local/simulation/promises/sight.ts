import type { SessionReport } from '../../../core/activity/types.ts';
import type { IdlePolicy } from '../../../core/policy/types.ts';
import type { ComputeRecord } from '../../azure/compute-record.ts';
import { jobsOf } from '../../azure/compute-jobs.ts';
import type { Faults } from '../../azure/faults.ts';
import { sourceSeries, type MinuteWindow } from '../../azure/metric-source.ts';
import type { VmSizeRecord } from '../../azure/vm-sizes.ts';

const minuteMs = 60_000;
const companyMinutes = 10;

/** What the world shows of one instance at one moment, found out without any of the product's own judging. */
export type Sight = {
  /** Whole minutes judged, and those that the rule asks for: fewer if it came up in between. */
  readonly minutes: number;
  readonly minutesWanted: number;
  /** What was in use in them, in words; null: nothing that shows. */
  readonly activity: string | null;
  /** Share of the minutes that metrics tell of, by the least of those that are needed. */
  readonly coverage: number;
  /** The same for session reports. */
  readonly sessionCoverage: number;
  /** Jobs on it that have not ended. */
  readonly unfinishedJobs: readonly string[];
};

export type SightOf = {
  readonly now: number;
  readonly record: ComputeRecord;
  readonly size: VmSizeRecord | undefined;
  readonly idle: IdlePolicy;
  readonly staleAfterMs: number;
  readonly metricsDelayMs: number;
  readonly skews: Faults;
  readonly reports: readonly SessionReport[];
};

const ended = new Set(['Completed', 'Failed', 'Canceled']);

/** Values by minute of the window; NaN where there is no usable point. */
function columnOf(of: SightOf, metric: string, window: MinuteWindow): readonly Float64Array[] {
  return sourceSeries(of.record, metric, of.size, window).map(({ pieces }) => {
    const column = new Float64Array(window.minutes).fill(Number.NaN);
    for (const { from, to, value } of pieces) column.fill(value, from, Math.min(to, window.minutes));
    return column;
  });
}

const valueAt = (columns: readonly Float64Array[], minute: number): number =>
  columns.reduce((most, column) => {
    const value = column[minute] ?? Number.NaN;
    return Number.isNaN(most) || value > most ? value : most;
  }, Number.NaN);

/** The minutes that the idle rule judges at that moment, and ten more before them, since loads speak for each other. */
function windowAt(of: SightOf): { window: MinuteWindow; first: number; wanted: number } {
  const toAt = Math.floor((of.now - of.idle.ingestionDelayMs) / minuteMs) * minuteMs;
  const startedAt = of.record.runs.at(-1)?.fromAt ?? toAt;
  const fromAt = Math.min(toAt, Math.max(toAt - of.idle.afterMs, startedAt));
  const firstAt = Math.ceil(fromAt / minuteMs) * minuteMs;
  const newestMinute = Math.floor((of.now - of.metricsDelayMs - minuteMs) / minuteMs) * minuteMs;
  return {
    first: companyMinutes,
    wanted: Math.floor(of.idle.afterMs / minuteMs),
    window: {
      fromAt: firstAt - companyMinutes * minuteMs,
      minutes: Math.max(0, (toAt - firstAt) / minuteMs) + companyMinutes,
      visibleBeforeAt: newestMinute + minuteMs,
      startDelayMs: 0,
      trueMinute: of.skews.isSkewed ? (at) => of.skews.trueMinute(at) : null,
    },
  };
}

function activityBySession(of: SightOf, fromAt: number): string | null {
  for (const report of of.reports) {
    if (report.at < fromAt || report.at > of.now) continue;
    const busy = (['kernels', 'terminals', 'processes', 'gpu', 'containers'] as const).find(
      (what) => report[what] === 'busy',
    );
    const fresh = report.lastInputAt === null || report.at - report.lastInputAt < of.staleAfterMs;
    const connected =
      fresh && (report.ssh === 'busy' || report.vscode === 'busy') ? 'a connection' : undefined;
    const what = busy ?? connected;
    if (what !== undefined) return `its agent reported ${what} in use`;
  }
  return null;
}

export function sightOf(of: SightOf): Sight {
  const { idle } = of;
  const { window, first, wanted } = windowAt(of);
  const cpu = columnOf(of, 'CpuUtilizationPercentage', window);
  const millicores = columnOf(of, 'CpuUtilizationMillicores', window);
  const gpu = columnOf(of, 'GpuUtilizationPercentage', window);
  const network = columnOf(of, 'NetworkInputMegabytes', window);
  let activity: string | null = null;
  let seen = 0;
  let reachedAt = Number.NEGATIVE_INFINITY;
  for (let minute = 0; minute < window.minutes; minute += 1) {
    const percent = valueAt(cpu, minute);
    const cores = valueAt(millicores, minute) / 1000;
    const gpuPercent = valueAt(gpu, minute);
    const inside = minute >= first;
    const gpuSeen = (of.size?.gpus ?? 0) === 0 || !Number.isNaN(gpuPercent);
    if (inside && !Number.isNaN(percent) && gpuSeen) seen += 1;
    const loud = percent >= idle.cpuBelow * idle.noiseUpTo || cores >= idle.cpuCoresBelow * idle.noiseUpTo;
    const reached = percent >= idle.cpuBelow || cores >= idle.cpuCoresBelow;
    if (inside && (loud || (reached && minute - reachedAt <= companyMinutes))) {
      activity ??= `CPU at ${percent} % and ${cores} cores`;
    }
    if (reached) reachedAt = minute;
    if (inside && gpuPercent >= idle.gpuBelow) activity ??= `a GPU at ${gpuPercent} %`;
    if (inside && valueAt(network, minute) >= idle.networkBelow) {
      activity ??= `${valueAt(network, minute)} MB of network in a minute`;
    }
  }
  const minutes = window.minutes - first;
  const fromAt = window.fromAt + first * minuteMs;
  const toAt = window.fromAt + window.minutes * minuteMs;
  const reported = new Set(
    of.reports
      .map(({ at }) => Math.floor(at / minuteMs) * minuteMs)
      .filter((at) => at >= fromAt && at < toAt),
  );
  return {
    minutes,
    minutesWanted: wanted,
    activity: activity ?? activityBySession(of, fromAt),
    coverage: minutes === 0 || of.size === undefined ? 0 : seen / minutes,
    sessionCoverage: minutes === 0 ? 0 : reported.size / minutes,
    unfinishedJobs: jobsOf(of.record, of.now)
      .filter((job) => !ended.has(job.status))
      .map((job) => job.name),
  };
}
