import { durationText } from '../explain/duration-text.ts';
import type { JobFindings } from './jobs.ts';
import type { MetricFindings } from './metrics.ts';
import type { ReportFindings } from './reports.ts';
import type { ActivityInput } from './types.ts';
import type { Window } from './window.ts';

type Seen = {
  readonly window: Window;
  readonly jobs: JobFindings;
  readonly metrics: MetricFindings;
  readonly reports: ReportFindings;
  /** Minutes with a value of every required metric's, the lowest. */
  readonly samples: number;
  readonly byMetrics: boolean;
};

/** What is missing to know, in a few words that can follow "because": the first thing that somebody would mend. */
export function whyUnknown(input: ActivityInput, seen: Seen): string {
  const stalled = seen.jobs.stalled[0];
  if (!input.jobs.ok) return `its jobs cannot be read (${input.jobs.why})`;
  if (stalled !== undefined) {
    const since = durationText(input.now - (stalled.unchangedSinceAt ?? input.now));
    return `job ${stalled.name} has not ended (${stalled.status}) and has not changed for ${since}`;
  }
  if (seen.window.minutes === 0) return 'it has run for less time than metrics need to arrive';
  if (
    input.policy.idle.evidence !== 'metrics' &&
    (seen.byMetrics || input.policy.idle.evidence === 'session')
  )
    return whyNotBySession(input, seen);
  if (!input.metrics.ok) return `metrics cannot be read (${input.metrics.why})`;
  if (input.size === null)
    return 'its size is not in the list of its region, so it may have a GPU that nobody sees';
  const { minutes } = seen.window;
  if (seen.metrics.cpuMinutes === 0) return `there is no CPU sample at all in ${minutes} min`;
  const what = seen.metrics.cpuMinutes === seen.samples ? 'CPU' : 'GPU';
  if (seen.samples === 0) return `there is no ${what} sample at all in ${minutes} min`;
  return `${minutes - seen.samples} of ${minutes} ${what} samples are missing`;
}

function whyNotBySession(input: ActivityInput, { window, reports }: Seen): string {
  if (input.reports.length === 0) return 'the policy asks for session reports and there are none';
  if (reports.newestAt === null) return 'its session reports say nothing of processes and GPU';
  const age = input.now - reports.newestAt;
  if (age > input.policy.session.reportMaxAgeMs) return `its last session report is ${durationText(age)} old`;
  return `${window.minutes - reports.minutes} of ${window.minutes} session reports are missing`;
}
