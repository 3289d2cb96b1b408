import { describe, expect, it } from 'vitest';
import { hasEnded, jobsByCompute } from '../../../src/core/activity/jobs.ts';
import { hour, job, minute, now, end, series, verdictOf } from '../../support/instance-under-judgement.ts';

const jobs = (...value: ReturnType<typeof job>[]) => ({ jobs: { ok: true, value } as const });
const busy = { metrics: { ok: true, value: [series('cpuPercent', 60)] } as const };

describe('activity by jobs', () => {
  it.each([
    'NotStarted',
    'Starting',
    'Provisioning',
    'Preparing',
    'Queued',
    'Running',
    'Finalizing',
    'CancelRequested',
    'NotResponding',
    'Paused',
    'Unknown',
    'SomethingNew',
  ])('is active with a job that is %s', (status) => {
    const verdict = verdictOf(jobs(job({ status })));
    expect(verdict).toMatchObject({
      activity: 'active',
      reason: 'keep.active.job',
      idleForMs: 0,
      unfinishedJobs: 'some',
    });
    expect(verdict.evidence.job).toEqual({ name: 'train', status });
  });

  it.each(['Completed', 'Failed', 'Canceled', 'completed'])('is not kept by a job that is %s', (status) => {
    expect(verdictOf(jobs(job({ status })))).toMatchObject({ activity: 'idle', unfinishedJobs: 'none' });
  });

  it('is active in state JobRunning, even if no job names it or none can be read', () => {
    expect(verdictOf({ state: 'JobRunning' })).toMatchObject({ reason: 'keep.active.job' });
    expect(verdictOf({ state: 'jobRunning', jobs: { ok: false, why: '503' } })).toMatchObject({
      reason: 'keep.active.job',
      unfinishedJobs: 'some',
    });
  });

  it('is unknown when its jobs cannot be read, unless something else shows use', () => {
    const unread = { jobs: { ok: false, why: '503' } } as const;
    const verdict = verdictOf(unread);
    expect(verdict).toMatchObject({ reason: 'keep.unknown.jobs', unfinishedJobs: 'unread' });
    expect(verdict.evidence.unknownBecause).toBe('its jobs cannot be read (503)');
    expect(verdictOf({ ...unread, ...busy })).toMatchObject({
      reason: 'keep.active.cpu',
      unfinishedJobs: 'unread',
    });
  });

  it('is unknown with a job that nothing has changed about for too long, and lists it', () => {
    const stalled = job({ status: 'Queued', unchangedSinceAt: now - 72 * hour });
    for (const state of ['Running', 'JobRunning']) {
      const verdict = verdictOf({ state, ...jobs(stalled) });
      expect(verdict).toMatchObject({ reason: 'keep.unknown.jobs', unfinishedJobs: 'some' });
      expect(verdict.evidence).toMatchObject({
        stalledJobs: ['train'],
        unknownBecause: 'job train has not ended (Queued) and has not changed for 3 d',
      });
    }
    expect(verdictOf({ ...jobs(stalled), ...busy })).toMatchObject({ reason: 'keep.active.cpu' });
    expect(verdictOf(jobs(stalled, job({ name: 'other' })))).toMatchObject({ reason: 'keep.active.job' });
  });

  it('is not stalled before its time, nor where nobody knows since when', () => {
    for (const unchangedSinceAt of [now - 72 * hour + 1, null]) {
      expect(verdictOf(jobs(job({ unchangedSinceAt })))).toMatchObject({ reason: 'keep.active.job' });
    }
  });

  it('begins the idle time when the last job ended', () => {
    expect(verdictOf({ lastJobEndedAt: end - 25 * minute })).toMatchObject({
      activity: 'idle',
      idleForMs: 25 * minute,
    });
    expect(verdictOf({ lastJobEndedAt: now })).toMatchObject({ activity: 'idle', idleForMs: 0 });
    expect(verdictOf({ lastJobEndedAt: end - 5 * hour })).toMatchObject({ idleForMs: hour });
  });
});

describe('jobs of a workspace', () => {
  it('are found for their compute in any casing, by ARM id or bare name; ended and placeless ones are left out', () => {
    const id =
      '/subscriptions/S/resourceGroups/RG/providers/Microsoft.MachineLearningServices/workspaces/w/computes';
    const found = jobsByCompute([
      job({ name: 'a', computeId: `${id}/CI-Ada` }),
      job({ name: 'b', computeId: `${id.toUpperCase()}/CI-ADA/` }),
      job({ name: 'c', computeId: 'ci-ada' }),
      job({ name: 'd', computeId: `${id}/ci-ada`, status: 'Completed' }),
      job({ name: 'e', computeId: null }),
      job({ name: 'f', computeId: `${id}/ci-ada2` }),
    ]);
    expect(found.get('ci-ada')?.map((one) => one.name)).toEqual(['a', 'b', 'c']);
    expect([...found.keys()]).toEqual(['ci-ada', 'ci-ada2']);
  });

  it('have ended in three statuses only', () => {
    expect(
      ['Completed', 'Failed', 'Canceled', 'Paused', 'Ended', ''].filter((status) => hasEnded({ status })),
    ).toEqual(['Completed', 'Failed', 'Canceled']);
  });
});
