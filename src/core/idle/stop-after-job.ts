import type { ActivityVerdict, ObservedJob, Reading } from '../activity/types.ts';
import { durationText } from '../explain/duration-text.ts';
import { plainText } from '../explain/plain-text.ts';

/** "Stop it when my job has ended": somebody's word about one instance, once. */
export type StopAfterJob = {
  /** Null: every job on it. */
  readonly job: string | null;
  /** Who asked, for sentences. */
  readonly by: string;
  readonly askedAt: number;
  readonly quietForMs: number;
  /** When the wish ends by itself. */
  readonly untilAt: number;
  /** When the job, or the last of all jobs, was first missed. */
  readonly jobEndedAt: number | null;
  /** Since when no job on it is unfinished; a new one takes it back. */
  readonly clearAt: number | null;
  /** Somebody was told that nobody can tell whether it is used. */
  readonly saidUnknownAt: number | null;
};

/** How it ended. `over`: it was stopped by somebody else, or is gone. */
export type WishOutcome = 'stopped' | 'withdrawn' | 'expired' | 'used' | 'restarted' | 'over';

/** What one look shows of the instance. */
export type WishSight = {
  readonly now: number;
  readonly state: string | null;
  readonly startedAt: number | null;
  readonly jobs: Reading<readonly Pick<ObservedJob, 'name'>[]>;
  /** See `JudgedWish`; null: not judged. */
  readonly activity: ActivityVerdict | null;
  /** Its warning is out. */
  readonly isWarned: boolean;
  /** What Azure says of the job that has ended; null: nobody asked. */
  readonly status: string | null;
};

export type WishStep = {
  readonly wish: StopAfterJob;
  readonly outcome: WishOutcome | null;
  /** What its owner is to be told; null: nothing. */
  readonly tell: { readonly what: 'job-ended' | 'lapsed' | 'unknown'; readonly sentence: string } | null;
};

/** Logs are uploaded and kernels wind down for a while after a job; use after that is somebody's who has come back. */
const tailMs = 15 * 60_000;
const unknownForMs = 30 * 60_000;
/** Clocks and operation times differ by moments. */
const slackMs = 60_000;

const jobText = ({ job }: StopAfterJob): string => (job === null ? 'its jobs' : `job ${plainText(job)}`);

function endedSentence(wish: StopAfterJob, warnMs: number, status: string | null, others: number): string {
  const said = status === null ? '' : ` (${plainText(status)})`;
  const ended =
    wish.job === null ? `All jobs on it have ended${said}.` : `Job ${plainText(wish.job)} has ended${said}.`;
  const waits = others > 0 ? ` ${others} more ${others === 1 ? 'job has' : 'jobs have'} not ended yet.` : '';
  const warning = warnMs === 0 ? '' : `, ${durationText(warnMs)} after a warning`;
  return `${ended}${waits} As ${plainText(wish.by)} asked, it stops once no job is left and it has been quiet for ${durationText(wish.quietForMs)}${warning}; using or snoozing it keeps it.`;
}

/** What becomes of the wish at one look. Ends it where it no longer can mean what was meant, and never acts by itself. */
export function nextWish(wish: StopAfterJob, sight: WishSight, warnMs: number): WishStep {
  const { now, activity } = sight;
  const ends = (outcome: WishOutcome, why: string | null): WishStep => ({
    wish,
    outcome,
    tell:
      why === null
        ? null
        : { what: 'lapsed', sentence: `The wish to stop it after ${jobText(wish)} is over: ${why}.` },
  });
  const stays = (next: StopAfterJob, tell: WishStep['tell'] = null): WishStep => ({
    wish: next,
    outcome: null,
    tell,
  });

  const state = sight.state?.toLowerCase() ?? null;
  if (state === 'stopped') return ends('over', null);
  if (state !== 'running' && state !== 'jobrunning') return stays(wish);
  if (sight.startedAt !== null && sight.startedAt > wish.askedAt + slackMs)
    return ends('restarted', 'it was started anew since');
  if (now >= wish.untilAt) return ends('expired', 'its time has passed, and the instance still runs');
  // What cannot be read changes nothing.
  if (!sight.jobs.ok) return stays(wish);

  const names = sight.jobs.value.map(({ name }) => name.toLowerCase());
  const isPending = wish.job === null ? names.length > 0 : names.includes(wish.job.toLowerCase());
  const jobEndedAt = wish.jobEndedAt ?? (isPending ? null : now);
  const clearAt = names.length > 0 || jobEndedAt === null ? null : (wish.clearAt ?? now);
  const next: StopAfterJob = { ...wish, jobEndedAt, clearAt };
  if (wish.jobEndedAt === null && jobEndedAt !== null) {
    const sentence = endedSentence(next, warnMs, sight.status, names.length);
    return stays(next, { what: 'job-ended', sentence });
  }
  // Judged from `clearAt` on only if it was known before this look.
  if (wish.clearAt === null || clearAt === null || activity === null) return stays(next);
  const lastActiveAt = activity.evidence.lastActiveAt ?? Number.NEGATIVE_INFINITY;
  if (activity.activity === 'active') {
    if (sight.isWarned && activity.unfinishedJobs === 'none') return ends('used', null);
    return lastActiveAt > clearAt + tailMs
      ? ends('used', 'it is in use again since its job has ended')
      : stays(next);
  }
  const isUnknown = activity.activity === 'unknown' && now - clearAt >= unknownForMs;
  if (!isUnknown || wish.saidUnknownAt !== null) return stays(next);
  const because = plainText(activity.evidence.unknownBecause ?? 'nothing was read about it', 240);
  return stays(
    { ...next, saidUnknownAt: now },
    {
      what: 'unknown',
      sentence: `${jobText(wish)[0]?.toUpperCase() ?? ''}${jobText(wish).slice(1)} ended, but nobody can tell whether it is used, since ${because}; so it is kept until that is known.`,
    },
  );
}
