import { floorToMinute, minuteMs } from './minutes.ts';
import type { ActivityInput, SessionReport } from './types.ts';
import { latestCredibleAt, type Window } from './window.ts';

export type ReportFindings = {
  readonly busyUntil: number | null;
  /** What the last busy report saw: `kernels, ssh`. */
  readonly busyWith: string | null;
  /** Whole minutes of the window with a report that could prove idleness. */
  readonly minutes: number;
  readonly firstAt: number | null;
  readonly newestAt: number | null;
};

const none: ReportFindings = { busyUntil: null, busyWith: null, minutes: 0, firstAt: null, newestAt: null };

/** What one report proves to be in use, in the words of the report. */
function inUse(report: SessionReport, staleAfterMs: number): readonly string[] {
  const use: string[] = [];
  if (report.kernels === 'busy') use.push('kernels');
  if (report.terminals === 'busy') use.push('terminals');
  // Where the agent does not know the last input, an open connection is taken for use.
  const fresh = report.lastInputAt === null || report.at - report.lastInputAt < staleAfterMs;
  if (report.ssh === 'busy' && fresh) use.push('ssh');
  if (report.vscode === 'busy' && fresh) use.push('vscode');
  if (report.processes === 'busy') use.push('processes');
  if (report.gpu === 'busy') use.push('gpu');
  if (report.containers === 'busy') use.push('containers');
  return use;
}

/**
 * Reports come at once, so those after the window's end count as well, up to now. One without load (processes, and GPU
 * unless the size surely has none) proves use, never idleness.
 */
export function assessReports(
  reports: readonly SessionReport[],
  window: Window,
  input: Pick<ActivityInput, 'now' | 'size' | 'policy'>,
): ReportFindings {
  if (reports.length === 0) return none;
  const { staleAfterMs } = input.policy.session;
  const credibleAt = latestCredibleAt(input.now);
  const gpuMatters = input.size === null || input.size.gpus > 0;
  const seen = new Uint8Array(window.minutes);
  let busyUntil: number | null = null;
  let busyWith: string | null = null;
  let minutes = 0;
  let firstAt: number | null = null;
  let newestAt: number | null = null;

  for (const report of reports) {
    const minuteAt = floorToMinute(report.at);
    if (!(minuteAt + minuteMs > window.fromAt && report.at <= credibleAt)) continue;
    const use = inUse(report, staleAfterMs);
    if (use.length > 0 && minuteAt + minuteMs > (busyUntil ?? -Infinity)) {
      busyUntil = minuteAt + minuteMs;
      busyWith = use.join(', ');
    }
    // Input is use when it happens, whatever connection it came by and whether or not that is still open.
    const inputUntil = report.lastInputAt === null ? -Infinity : floorToMinute(report.lastInputAt) + minuteMs;
    if (inputUntil > window.fromAt && inputUntil > (busyUntil ?? -Infinity) && inputUntil <= credibleAt) {
      busyUntil = inputUntil;
      busyWith = 'input';
    }
    if (report.processes === null || (gpuMatters && report.gpu === null)) continue;
    newestAt = Math.max(newestAt ?? -Infinity, report.at);
    const minute = (minuteAt - window.firstMinuteAt) / minuteMs;
    if (seen[minute] !== 0) continue;
    seen[minute] = 1;
    minutes++;
    firstAt = Math.min(firstAt ?? Infinity, minuteAt);
  }
  return { busyUntil, busyWith, minutes, firstAt, newestAt };
}
