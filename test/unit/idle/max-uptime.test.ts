import { describe, expect, it } from 'vitest';
import type { DecisionInput } from '../../../src/core/idle/types.ts';
import type { MaxUptimePolicy } from '../../../src/core/policy/types.ts';
import {
  day,
  decisionOf,
  end,
  hour,
  idleWarning,
  job,
  minute,
  now,
  policy,
  series,
  verdictOf,
} from '../../support/instance-under-judgement.ts';

const rule: MaxUptimePolicy = { afterMs: 5 * day, warnMs: day, evenIfUnknown: true, evenIfActive: false };
const limited = (changes: Partial<MaxUptimePolicy> = {}) => policy({ maxUptime: { ...rule, ...changes } });
const busy = verdictOf({ metrics: { ok: true, value: [series('cpuPercent', 60)] } });
const blind = verdictOf({ metrics: { ok: true, value: [] } });
const short = verdictOf({ lastJobEndedAt: end - 10 * minute });
const warning = idleWarning({ reason: 'warn.max-uptime', warnedAt: now - day, stopDueAt: now });
const running = (startedAgo: number, changes: Partial<DecisionInput> = {}) =>
  decisionOf({ startedAt: now - startedAgo, activity: blind, policy: limited(), ...changes });

describe('maximum uptime', () => {
  it('warns when the warning time before the limit begins, for the limit', () => {
    expect(running(4 * day - 1)).toMatchObject({ reason: 'keep.unknown.metrics' });
    expect(running(4 * day)).toMatchObject({
      action: 'warn',
      reason: 'warn.max-uptime',
      stopDueAt: now + day,
      facts: { uptimeMs: 4 * day, maxUptimeMs: 5 * day, activity: 'unknown' },
    });
  });

  it('gives the whole warning to an instance that is over the limit already', () => {
    expect(running(9 * day)).toMatchObject({ reason: 'warn.max-uptime', stopDueAt: now + day });
  });

  it('stops at its time an instance whose activity is unknown, or idle for however short', () => {
    for (const activity of [blind, short]) {
      const decision = running(5 * day, { activity, openWarnings: [warning] });
      expect(decision).toMatchObject({ action: 'stop', reason: 'stop.max-uptime' });
    }
  });

  it('does not stop before the limit when the limit was raised after the warning', () => {
    const raised = running(5 * day, { policy: limited({ afterMs: 5.5 * day }), openWarnings: [warning] });
    expect(raised).toMatchObject({ action: 'warn', stopDueAt: now + 0.5 * day });
  });

  it('keeps unknown ones where the policy says so', () => {
    const careful = limited({ evenIfUnknown: false });
    expect(running(5 * day, { policy: careful, openWarnings: [warning] }).reason).toBe(
      'keep.unknown.metrics',
    );
  });

  it('keeps an active one unless the policy says otherwise', () => {
    const active = { activity: busy, openWarnings: [warning] };
    expect(running(5 * day, active).reason).toBe('keep.active.cpu');
    expect(running(5 * day, { ...active, policy: limited({ evenIfActive: true }) }).reason).toBe(
      'stop.max-uptime',
    );
  });

  it.each([
    ['a running job', verdictOf({ jobs: { ok: true, value: [job()] } })],
    ['a stalled job', verdictOf({ jobs: { ok: true, value: [job({ unchangedSinceAt: now - 90 * hour })] } })],
    ['jobs that cannot be read', verdictOf({ jobs: { ok: false, why: '503' } })],
    ['state JobRunning', verdictOf({ state: 'JobRunning' })],
  ])('never stops with %s, whatever the policy says', (_, activity) => {
    const fierce = limited({ evenIfActive: true });
    expect(running(9 * day, { activity, policy: fierce, openWarnings: [warning] }).action).toBe('keep');
  });

  it.each([
    ['keep.protected', { policy: policy({ maxUptime: rule, protectedBy: 'compute: ci-*' }) }],
    ['keep.snoozed', { snooze: { until: now + 1, by: null } }],
    ['keep.halted', { halt: { by: null, why: null } }],
    ['keep.mode', { policy: policy({ maxUptime: rule, mode: 'observe' }) }],
  ] as const)('yields to %s', (reason, changes) => {
    expect(running(9 * day, { ...changes, openWarnings: [warning] }).reason).toBe(reason);
  });

  it('is not judged where the start is not known', () => {
    expect(running(0, { startedAt: null, openWarnings: [warning] }).reason).toBe('keep.unknown.metrics');
  });

  it('works with the idle rule switched off', () => {
    const only = policy({ maxUptime: rule, idle: { enabled: false } });
    expect(running(5 * day, { policy: only, activity: verdictOf(), openWarnings: [warning] }).reason).toBe(
      'stop.max-uptime',
    );
  });

  it('leaves the word to whichever rule stops first', () => {
    const idle = verdictOf();
    const uptimeSoon = { ...warning, stopDueAt: now + 10 * minute };
    const idleLater = idleWarning({ stopDueAt: now + 20 * minute });
    const uptimeLater = { ...warning, stopDueAt: now + 5 * hour };

    expect(running(4.5 * day, { activity: idle, openWarnings: [uptimeLater] })).toMatchObject({
      reason: 'warn.idle',
      stopDueAt: now + 30 * minute,
      rules: ['warn.idle', 'warn.max-uptime'],
    });
    expect(running(6 * day, { activity: idle, openWarnings: [uptimeSoon] }).reason).toBe('warn.max-uptime');
    expect(running(6 * day, { activity: idle, openWarnings: [uptimeSoon, idleLater] })).toMatchObject({
      reason: 'warn.max-uptime',
      stopDueAt: now + 10 * minute,
    });
    expect(running(6 * day, { activity: idle, openWarnings: [warning, idleWarning()] }).reason).toBe(
      'stop.idle',
    );
  });
});
