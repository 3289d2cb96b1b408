import type { Job } from '../computes.ts';
import type { ActivityInput, ObservedJob, UnfinishedJobs } from './types.ts';

const terminal: ReadonlySet<string> = new Set(['completed', 'failed', 'canceled']);

/** Only Completed, Failed and Canceled end a job; Paused, Queued, NotResponding or a status never seen do not. */
export const hasEnded = (job: Pick<Job, 'status'>): boolean => terminal.has(job.status.toLowerCase());

/**
 * Unfinished jobs by the lower-cased name of the compute they name, for one workspace: Azure writes the compute's ARM
 * id in any casing, and a bare name is taken for one too, so that no job is overlooked.
 */
export function jobsByCompute<T extends Job>(jobs: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const byName = new Map<string, T[]>();
  for (const job of jobs) {
    if (job.computeId === null || hasEnded(job)) continue;
    const name = job.computeId.replace(/\/+$/, '').split('/').at(-1)?.toLowerCase() ?? '';
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [job]);
    else known.push(job);
  }
  return byName;
}

export type JobFindings = {
  /** A job that keeps the instance; its name is empty where only the instance's state tells of one. */
  readonly live: { readonly name: string; readonly status: string } | null;
  readonly stalled: readonly ObservedJob[];
  readonly unfinished: UnfinishedJobs;
};

const nothing: JobFindings = { live: null, stalled: [], unfinished: 'none' };

/** A job about which nothing has changed for too long no longer proves use, nor does the state that it causes. */
export function assessJobs(
  input: Pick<ActivityInput, 'now' | 'state' | 'jobs'> & { readonly stalledAfterMs: number },
): JobFindings {
  const running = input.state?.toLowerCase() === 'jobrunning';
  const byState = running ? { name: '', status: 'Running' } : null;
  if (!input.jobs.ok) return { live: byState, stalled: [], unfinished: running ? 'some' : 'unread' };
  if (!running && input.jobs.value.length === 0) return nothing;

  const unfinished = input.jobs.value.filter((job) => !hasEnded(job));
  const stalled = unfinished.filter(
    (job) => job.unchangedSinceAt !== null && input.now - job.unchangedSinceAt >= input.stalledAfterMs,
  );
  const alive = unfinished.filter((job) => !stalled.includes(job));
  const shown = alive.find((job) => job.status.toLowerCase() === 'running') ?? alive[0];
  const live = shown === undefined ? null : { name: shown.name, status: shown.status };
  return {
    live: live ?? (stalled.length > 0 ? null : byState),
    stalled,
    unfinished: unfinished.length > 0 || running ? 'some' : 'none',
  };
}
