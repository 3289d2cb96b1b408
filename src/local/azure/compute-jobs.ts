import type { ComputeRecord } from './compute-record.ts';
import type { JobRange } from './world-spec.ts';

const terminal = new Set(['Completed', 'Failed', 'Canceled']);

export type JobView = {
  readonly name: string;
  readonly displayName: string;
  readonly status: string;
  readonly createdAt: number;
  readonly changedAt: number;
};

/** The job made of these ranges, in time order, as it is at `now`; null before it exists. */
function viewJob(ranges: readonly JobRange[], now: number): JobView | null {
  const first = ranges[0];
  if (first === undefined || now < first.fromAt) return null;
  let status = first.status;
  let changedAt = first.fromAt;
  for (const range of ranges) {
    if (range.fromAt > now) break;
    if (range.status !== status) changedAt = range.fromAt;
    status = range.status;
    if (range.toAt !== undefined && range.toAt <= now && !terminal.has(status)) {
      status = 'Completed';
      changedAt = range.toAt;
    }
  }
  return {
    name: first.name,
    displayName: first.displayName ?? first.name,
    status,
    createdAt: first.fromAt,
    changedAt,
  };
}

/** The compute's jobs that exist at `now`, ended ones too. */
export function jobsOf(record: ComputeRecord, now: number): readonly JobView[] {
  if (record.jobs.length === 0) return [];
  const byName = new Map<string, JobRange[]>();
  for (const range of record.jobs) {
    const ranges = byName.get(range.name);
    if (ranges === undefined) byName.set(range.name, [range]);
    else ranges.push(range);
  }
  const views: JobView[] = [];
  for (const ranges of byName.values()) {
    ranges.sort((a, b) => a.fromAt - b.fromAt);
    const view = viewJob(ranges, now);
    if (view !== null) views.push(view);
  }
  return views;
}

/** Whether a job with status Running is on it. */
export const hasRunningJob = (record: ComputeRecord, now: number): boolean =>
  record.jobs.length > 0 && jobsOf(record, now).some((job) => job.status === 'Running');
