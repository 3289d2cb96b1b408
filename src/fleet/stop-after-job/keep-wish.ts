import { wishWarnMs } from '../../core/idle/candidate.ts';
import { nextWish, type WishOutcome, type WishStep } from '../../core/idle/stop-after-job.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { type AfterJobWish, readWish, replaceWish, type StoredWish } from '../../ledger/after-job-wishes.ts';
import type { Flow } from '../flow.ts';
import { type Judgement } from '../judge.ts';
import type { InstanceReadings } from '../readings.ts';
import { deliver, pagePathOf } from '../tell.ts';

const titles: Readonly<Record<NonNullable<WishStep['tell']>['what'], string>> = {
  'job-ended': 'its job has ended',
  lapsed: 'not stopped after its job',
  unknown: 'kept after its job',
};

const untoldOf = ({ wishId, ref }: AfterJobWish, tell: WishStep['tell']): AfterJobWish['untold'] =>
  tell === null
    ? null
    : {
        id: `after-job-${wishId}-${tell.what}`,
        title: `${ref.compute}: ${titles[tell.what]}`,
        sentence: tell.sentence,
      };

/** Tells what is to be told; who cannot be told now is told at the next look. */
async function tellWish(flow: Flow, stored: StoredWish): Promise<void> {
  const { untold, ref, owner, endedAt } = stored.wish;
  if (untold === null) return;
  const path = pagePathOf(ref);
  const delivery = await deliver(flow, {
    ...untold,
    kind: 'wish',
    to: owner,
    compute: ref,
    links: endedAt === null ? [{ label: 'Not now', path: `${path}&do=snooze` }] : [{ label: 'Why?', path }],
  });
  if (delivery.accepted) await replaceWish(flow.ports.ledger, stored, { ...stored.wish, untold: null });
}

/** What Azure says of the job that is missed among those that have not ended. */
async function statusOf(flow: Flow, { ref, job, jobEndedAt }: AfterJobWish, readings: InstanceReadings) {
  const { jobs } = readings;
  if (job === null || jobEndedAt !== null || !jobs.ok) return null;
  if (jobs.value.some(({ name }) => name.toLowerCase() === job.toLowerCase())) return null;
  const got = await flow.ports.attachments.job(ref, job).catch(() => null);
  return got?.ok === true ? got.value.status : null;
}

const same = (one: AfterJobWish, other: AfterJobWish): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Moves a wish on by what one look shows of its instance, and tells its owner once of each turn that it takes. */
export async function keepWish(
  flow: Flow,
  readings: InstanceReadings,
  judgement: Judgement,
  now: number,
): Promise<void> {
  const stored = readings.wish;
  if (stored === null) return;
  if (stored.wish.endedAt !== null || judgement.policy.mode === 'off') return tellWish(flow, stored);
  const { wish } = stored;
  const own = readings.warnings.find(({ warning }) => warning.reason === 'warn.job-ended')?.warning;
  // The stop that was asked for is its workflow's to confirm.
  if (own !== undefined && own.stopRequestedAt !== null) return;
  const step = nextWish(
    wish,
    {
      now,
      state: readings.compute.state,
      startedAt: readings.startedAt,
      jobs: readings.jobs,
      activity: judgement.afterJob,
      isWarned: own !== undefined && own.warnedAt !== null,
      status: await statusOf(flow, wish, readings),
    },
    wishWarnMs(judgement.policy.idle),
  );
  const next: AfterJobWish = {
    ...wish,
    ...step.wish,
    endedAt: step.outcome === null ? null : now,
    outcome: step.outcome,
    untold: untoldOf(wish, step.tell) ?? wish.untold,
  };
  const written = same(next, wish) ? stored : await replaceWish(flow.ports.ledger, stored, next);
  if (written !== null) await tellWish(flow, written);
}

/** It has done what it was meant for, or is meaningless: nobody needs to be told more than they are by the stop. */
export async function endWish(flow: Flow, ref: ComputeRef, outcome: WishOutcome): Promise<StoredWish | null> {
  const { ledger, clock } = flow.ports;
  const stored = await readWish(ledger, ref);
  if (stored === null || stored.wish.endedAt !== null) return null;
  return replaceWish(ledger, stored, { ...stored.wish, endedAt: clock.now(), outcome, untold: null });
}
