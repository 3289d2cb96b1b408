import { describe, expect, it } from 'vitest';
import { explainWithdrawal } from '../../../src/core/explain/withdrawal.ts';
import { nextWish, type StopAfterJob, type WishSight } from '../../../src/core/idle/stop-after-job.ts';
import type { DecisionInput, JudgedWish } from '../../../src/core/idle/types.ts';
import {
  decisionOf,
  end,
  idleWarning,
  job,
  minute,
  now,
  policy,
  series,
  verdictOf,
} from '../../support/instance-under-judgement.ts';

const clearAt = end - 20 * minute;
const quiet = verdictOf({ windowMs: 10 * minute });
const judged = (changes: Partial<JudgedWish> = {}): JudgedWish => ({
  job: 'train',
  by: 'ada',
  quietForMs: 10 * minute,
  clearAt,
  activity: quiet,
  ...changes,
});
const warning = idleWarning({ reason: 'warn.job-ended' });
/** The job kept the machine busy within the last hour: by the idle rule nothing would be done. */
const worked = verdictOf({
  metrics: {
    ok: true,
    value: [series('cpuPercent', 0.4, { [-40]: 90, [-41]: 90 })],
  },
});
const decided = (changes: Partial<DecisionInput> = {}) =>
  decisionOf({ activity: worked, stopAfterJob: judged(), ...changes });

describe('the wish that it stops after its job', () => {
  it('warns after a short quiet, for ten minutes at most, and stops then', () => {
    expect(decisionOf({ activity: worked }).reason).toBe('keep.active.cpu');
    expect(decided()).toMatchObject({ reason: 'warn.job-ended', stopDueAt: now + 10 * minute });
    expect(decided({ openWarnings: [warning] })).toMatchObject({ action: 'stop', reason: 'stop.job-ended' });
  });

  it.each(['observe', 'warn', 'enforce'] as const)('is a person’s own, so it holds in mode %s', (mode) => {
    const own = policy({ mode });
    expect(decided({ policy: own }).reason).toBe('warn.job-ended');
    expect(decided({ policy: own, openWarnings: [warning] }).reason).toBe('stop.job-ended');
    // Also where another rule would come first and be held by the mode.
    const idleToo = decided({ policy: own, activity: verdictOf() });
    expect(idleToo.reason).toBe('warn.job-ended');
  });

  it.each<[string, Partial<DecisionInput>, string]>([
    ['off', { policy: policy({ mode: 'off' }) }, 'keep.mode'],
    ['protected', { policy: policy({ protectedBy: 'ci-*' }) }, 'keep.protected'],
    ['exempt', { policy: policy({ exemption: { until: now + minute, why: null } }) }, 'keep.exempt'],
    ['snoozed', { snooze: { until: now + minute, by: 'ada' } }, 'keep.snoozed'],
    ['halted', { halt: { by: 'root', why: null } }, 'keep.halted'],
    ['fresh', { startedAt: now - 5 * minute }, 'keep.grace'],
    ['not clear of jobs', { stopAfterJob: judged({ clearAt: null }) }, 'keep.active.cpu'],
    [
      'quiet for too short',
      {
        stopAfterJob: judged({ activity: verdictOf({ windowMs: 10 * minute, startedAt: end - 9 * minute }) }),
      },
      'keep.active.cpu',
    ],
    [
      'used since',
      {
        stopAfterJob: judged({
          activity: verdictOf({
            windowMs: 10 * minute,
            metrics: { ok: true, value: [series('cpuPercent', 60)] },
          }),
        }),
      },
      'keep.active.cpu',
    ],
    [
      'unknown since',
      {
        stopAfterJob: judged({
          activity: verdictOf({ windowMs: 10 * minute, metrics: { ok: true, value: [] } }),
        }),
      },
      'keep.active.cpu',
    ],
    [
      'given another job',
      {
        stopAfterJob: judged({
          activity: verdictOf({ windowMs: 10 * minute, jobs: { ok: true, value: [job()] } }),
        }),
      },
      'keep.active.cpu',
    ],
  ])('stops nothing that is %s', (_, changes, reason) => {
    for (const openWarnings of [[], [warning]])
      expect(decided({ ...changes, openWarnings }).reason).toBe(reason);
  });

  it('says with its warning withdrawn that it is over, where it was used since', () => {
    const activity = verdictOf({
      windowMs: 10 * minute,
      metrics: { ok: true, value: [series('cpuPercent', 60)] },
    });
    const used = decided({ openWarnings: [warning], stopAfterJob: judged({ activity }) });
    expect(explainWithdrawal('warn.job-ended', used)).toMatch(/wish to stop it after its job is over\.$/);
    const unknown = decided({ openWarnings: [warning], stopAfterJob: judged({ activity: null }) });
    expect(explainWithdrawal('warn.job-ended', unknown)).not.toContain('is over');
  });
});

const wish: StopAfterJob = {
  job: 'train',
  by: 'ada',
  askedAt: now - 120 * minute,
  quietForMs: 10 * minute,
  untilAt: now + 60 * minute,
  jobEndedAt: null,
  clearAt: null,
  saidUnknownAt: null,
};
const ended = { ...wish, jobEndedAt: clearAt, clearAt };
const sight = (more: Partial<WishSight> = {}): WishSight => ({
  now,
  state: 'Running',
  startedAt: now - 300 * minute,
  jobs: { ok: true, value: [] },
  activity: quiet,
  isWarned: false,
  status: null,
  ...more,
});
const running = { ok: true, value: [{ name: 'Train' }] } as const;
const other = { ok: true, value: [{ name: 'more' }] } as const;
const active = (at: number) =>
  verdictOf({
    windowMs: 10 * minute,
    metrics: { ok: true, value: [series('cpuPercent', 0.4, { [at]: 90, [at - 1]: 90 })] },
  });
const step = (from: StopAfterJob, more: Partial<WishSight> = {}) => nextWish(from, sight(more), 10 * minute);

describe('what becomes of the wish', () => {
  it('waits while its job, or any job, has not ended', () => {
    expect(step(wish, { jobs: running })).toEqual({ wish, outcome: null, tell: null });
    const waiting = step(wish, { jobs: other });
    expect(waiting.wish).toMatchObject({ jobEndedAt: now, clearAt: null });
    expect(waiting.tell?.sentence).toContain('1 more job has not ended yet');
    expect(step({ ...wish, job: null }, { jobs: other }).wish.jobEndedAt).toBeNull();
  });

  it('tells once that the job has ended, and how', () => {
    const first = step(wish, { status: 'Failed' });
    expect(first).toMatchObject({ outcome: null, wish: { jobEndedAt: now, clearAt: now } });
    expect(first.tell).toEqual({
      what: 'job-ended',
      sentence:
        'Job train has ended (Failed). As ada asked, it stops once no job is left and it has been quiet for 10 min, 10 min after a warning; using or snoozing it keeps it.',
    });
    expect(step(first.wish).tell).toBeNull();
  });

  it('begins anew with another job', () => {
    expect(step(ended, { jobs: other }).wish.clearAt).toBeNull();
    expect(step({ ...ended, clearAt: null }).wish.clearAt).toBe(now);
  });

  it('is over for whoever has come back, not for what winds down after the job', () => {
    const back = step({ ...ended, clearAt: end - 40 * minute }, { activity: active(-3) });
    expect(back.outcome).toBe('used');
    expect(back.tell?.sentence).toContain('in use again');
    expect(step({ ...ended, clearAt: end - 10 * minute }, { activity: active(-3) }).outcome).toBeNull();
    expect(
      step({ ...ended, clearAt: end - 10 * minute }, { activity: active(-3), isWarned: true }),
    ).toMatchObject({
      outcome: 'used',
      tell: null,
    });
  });

  it.each<[string, Partial<WishSight>, Partial<StopAfterJob>, string | null]>([
    ['somebody stopped it', { state: 'Stopped' }, {}, 'over'],
    ['it is stopping', { state: 'Stopping' }, {}, null],
    ['it was restarted', { startedAt: now - 10 * minute }, {}, 'restarted'],
    ['its time has passed', {}, { untilAt: now }, 'expired'],
    ['its jobs cannot be read', { jobs: { ok: false, why: 'no' } }, {}, null],
  ])('where %s', (_, seen, more, outcome) => {
    const { outcome: is, tell, wish: next } = step({ ...wish, ...more }, seen);
    expect([is, tell !== null]).toEqual([outcome, outcome === 'restarted' || outcome === 'expired']);
    expect(next.jobEndedAt).toBeNull();
  });

  it('says once that nobody can tell whether it is used, and waits', () => {
    const blind = { activity: verdictOf({ windowMs: 10 * minute, metrics: { ok: true, value: [] } }) };
    const late = { ...ended, clearAt: now - 40 * minute };
    const first = step(late, blind);
    expect(first.tell).toMatchObject({
      what: 'unknown',
      sentence: expect.stringMatching(/^Job train ended, but nobody/) as string,
    });
    expect(step(first.wish, blind)).toEqual({ wish: first.wish, outcome: null, tell: null });
    expect(step(ended, blind).tell).toBeNull();
  });
});
