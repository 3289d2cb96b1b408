import { describe, expect, it } from 'vitest';
import type { ComputePolicy } from '../../../src/core/policy/types.ts';
import type { RecordedDecision } from '../../../src/ledger/decisions.ts';
import { beyondBlastLimit } from '../../../src/local/simulation/promises/blast.ts';
import type { Sight } from '../../../src/local/simulation/promises/sight.ts';
import type { StopCall } from '../../../src/local/simulation/promises/stop-call.ts';
import { stopPromises } from '../../../src/local/simulation/promises/stop-promises.ts';
import { policy } from '../../support/instance-under-judgement.ts';

const at = Date.UTC(2026, 2, 2, 10);
const minute = 60_000;

const quiet: Sight = {
  minutes: 60,
  minutesWanted: 60,
  activity: null,
  coverage: 1,
  sessionCoverage: 0,
  unfinishedJobs: [],
};
const enforce: ComputePolicy = { ...policy(), mode: 'enforce' };
const decision = { action: 'stop', reason: 'stop.idle', at } as RecordedDecision;

/** A stop that keeps every promise. */
const sound: StopCall = {
  at,
  compute: 'ci-ada',
  state: 'Running',
  stuck: false,
  decision,
  policies: [enforce],
  halted: false,
  snoozedUntil: null,
  sight: quiet,
  read: { state: true, jobs: true, metrics: true },
  warning: { deliveredAt: at - 30 * minute, warnMs: 30 * minute, closed: false, spent: false },
};

const broken = (changes: Partial<StopCall>): readonly string[] => {
  const call = { ...sound, ...changes };
  return stopPromises.flatMap(([promise, check]) => (check(call) === null ? [] : [promise]));
};
const warned = (changes: Partial<NonNullable<StopCall['warning']>>) => ({
  warning: { ...(sound.warning as NonNullable<StopCall['warning']>), ...changes },
});
const sight = (changes: Partial<Sight>) => ({ sight: { ...quiet, ...changes } });
const ruled = (changes: Partial<ComputePolicy>) => ({ policies: [{ ...enforce, ...changes }] });

describe('a stop call', () => {
  it('that is sound breaks no promise', () => {
    expect(broken({})).toEqual([]);
  });

  it.each<[string, string, Partial<StopCall>]>([
    ['never-while-active', 'a job has not ended', sight({ unfinishedJobs: ['train'] })],
    ['never-while-active', 'the CPU was in use', sight({ activity: 'CPU at 40 %' })],
    ['unknown-never-stops', 'metrics are missing', sight({ coverage: 0.5 })],
    ['unknown-never-stops', 'it was up for half the window', sight({ minutes: 30 })],
    ['look-twice', 'nobody was warned', { warning: null }],
    ['look-twice', 'its warning was withdrawn', warned({ closed: true })],
    ['look-twice', 'its warning has time left', warned({ deliveredAt: at - 29 * minute })],
    ['look-twice', 'its state was not read again', { read: { ...sound.read, state: false } }],
    ['look-twice', 'its jobs were not read again', { read: { ...sound.read, jobs: false } }],
    ['look-twice', 'its metrics were not read again', { read: { ...sound.read, metrics: false } }],
    ['stops-once', 'it is Stopping already', { state: 'Stopping', sight: null }],
    ['stops-once', 'it is Stopped already', { state: 'Stopped', sight: null }],
    ['stops-once', 'its warning led to a stop before', warned({ spent: true })],
    ['protected-exempt-snoozed', 'it is snoozed', { snoozedUntil: at + minute }],
    ['protected-exempt-snoozed', 'it is protected', ruled({ protectedBy: 'compute ci-*' })],
    ['protected-exempt-snoozed', 'it is exempt', ruled({ exemption: { until: at + minute, why: null } })],
    ['writes-only-in-enforce', 'the mode is observe', ruled({ mode: 'observe' })],
    ['writes-only-in-enforce', 'the mode is warn', ruled({ mode: 'warn' })],
    [
      'writes-only-in-enforce',
      'one of two policies says off',
      { policies: [enforce, { ...enforce, mode: 'off' }] },
    ],
    ['halt-holds', 'Lamplighter is halted', { halted: true }],
    ['recorded-before-acting', 'the ledger says nothing', { decision: null, policies: [enforce] }],
    [
      'recorded-before-acting',
      'the ledger says keep',
      { decision: { ...decision, action: 'keep', reason: 'keep.active.cpu' } },
    ],
    ['recorded-before-acting', 'the decision is an old one', { decision: { ...decision, at: at - minute } }],
  ])('breaks %s when %s', (promise, _why, changes) => {
    expect(broken(changes)).toContain(promise);
  });

  it.each<[string, Partial<StopCall>]>([
    [
      'a second push of one stuck in Stopping',
      { state: 'Stopping', stuck: true, sight: null, ...warned({ spent: true }) },
    ],
    ['a snooze that has ended', { snoozedUntil: at }],
    ['a window that reports prove', sight({ coverage: 0, sessionCoverage: 1 })],
    [
      'maximum uptime over not knowing',
      { decision: { ...decision, reason: 'stop.max-uptime' }, ...sight({ coverage: 0 }) },
    ],
  ])('may be %s', (_what, changes) => {
    expect(broken(changes)).toEqual([]);
  });

  it('of maximum uptime passes over use only where the policy says so, and never over a job', () => {
    const uptime = { ...decision, reason: 'stop.max-uptime' } as RecordedDecision;
    const maxUptime = { afterMs: minute, warnMs: minute, evenIfUnknown: true, evenIfActive: true };
    const busy = sight({ activity: 'CPU at 40 %' });
    expect(broken({ decision: uptime, ...busy })).toContain('never-while-active');
    expect(broken({ decision: uptime, ...busy, ...ruled({ maxUptime }) })).toEqual([]);
    const job = sight({ unfinishedJobs: ['train'] });
    expect(broken({ decision: uptime, ...job, ...ruled({ maxUptime }) })).toContain('never-while-active');
  });
});

describe('the blast limit', () => {
  const limits = { maxStops: 25, maxStopsPercent: 20 };

  it.each([
    [5, 3],
    [8, 40],
    [25, 300],
  ])('lets %i of %i pass', (count, running) => {
    expect(beyondBlastLimit(count, running, limits, 'warned in one sweep')).toBeNull();
  });

  it.each([
    [6, 3],
    [9, 40],
    [26, 300],
  ])('does not let %i of %i pass', (count, running) => {
    expect(beyondBlastLimit(count, running, limits, 'warned in one sweep')).toContain(`${count} instances`);
  });
});
