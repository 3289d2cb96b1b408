import { describe, expect, it } from 'vitest';
import { held } from '../../../src/core/idle/decide.ts';
import { isNewWarning, warningFate } from '../../../src/core/idle/warning-fate.ts';
import {
  day,
  decisionOf,
  idleWarning,
  minute,
  now,
  policy,
  series,
  verdictOf,
} from '../../support/instance-under-judgement.ts';

const open = idleWarning({ stopDueAt: now + 10 * minute });
const maxUptime = { afterMs: 5 * day, warnMs: day, evenIfUnknown: true, evenIfActive: true };
const uptimeWarning = idleWarning({ reason: 'warn.max-uptime', warnedAt: now - 1, stopDueAt: now + day });
const busy = verdictOf({ metrics: { ok: true, value: [series('cpuPercent', 60)] } });
const blind = verdictOf({ metrics: { ok: false, why: '503' } });

describe('the fate of a warning', () => {
  it('stands while the decision is still to warn, and is due with the stop', () => {
    expect(warningFate(open, decisionOf({ openWarnings: [open] }), 'second')).toEqual({
      fate: 'stands',
      stopDueAt: now + 10 * minute,
    });
    const due = idleWarning();
    expect(warningFate(due, decisionOf({ openWarnings: [due] }), 'second')).toEqual({ fate: 'due' });
  });

  it.each(['sweep', 'second'] as const)(
    'is withdrawn when a look (%s) finds use, snooze, halt or observe',
    (look) => {
      const fate = (changes: Parameters<typeof decisionOf>[0]) =>
        warningFate(open, decisionOf({ ...changes, openWarnings: [open] }), look);
      expect(fate({ activity: busy })).toEqual({ fate: 'withdrawn', why: 'keep.active.cpu' });
      expect(fate({ snooze: { until: now + 1, by: null } })).toEqual({
        fate: 'withdrawn',
        why: 'keep.snoozed',
      });
      expect(fate({ halt: { by: null, why: null } })).toEqual({ fate: 'withdrawn', why: 'keep.halted' });
      expect(fate({ policy: policy({ mode: 'observe' }) })).toEqual({ fate: 'withdrawn', why: 'keep.mode' });
      expect(fate({ startedAt: now - 1 })).toEqual({ fate: 'withdrawn', why: 'keep.grace' });
    },
  );

  it('outlives a sweep that cannot see, but not a second look that cannot', () => {
    const unseen = decisionOf({ activity: blind, openWarnings: [open] });
    expect(warningFate(open, unseen, 'sweep')).toMatchObject({ fate: 'stands' });
    expect(warningFate(open, unseen, 'second')).toEqual({ fate: 'withdrawn', why: 'keep.unknown.metrics' });
  });

  it('is withdrawn by the blast limit at the second look', () => {
    const due = idleWarning();
    const braked = held(decisionOf({ openWarnings: [due] }), 'keep.blast-limit', { limit: 5, count: 6 });
    expect(warningFate(due, braked, 'second')).toEqual({ fate: 'withdrawn', why: 'keep.blast-limit' });
  });

  it('lapses in mode warn when its time has come', () => {
    const due = idleWarning();
    const kept = decisionOf({ policy: policy({ mode: 'warn' }), openWarnings: [due] });
    expect(warningFate(due, kept, 'second')).toEqual({ fate: 'lapsed' });
  });

  it('follows its own rule where another one has the word', () => {
    const both = {
      policy: policy({ maxUptime }),
      startedAt: now - 4.5 * day,
      openWarnings: [open, uptimeWarning],
    };
    const idle = decisionOf(both);
    expect(idle.reason).toBe('warn.idle');
    expect(warningFate(uptimeWarning, idle, 'second')).toEqual({ fate: 'stands', stopDueAt: now + day });
    const used = decisionOf({ ...both, activity: busy });
    expect(used.reason).toBe('warn.max-uptime');
    expect(warningFate(uptimeWarning, used, 'second')).toMatchObject({ fate: 'stands' });
    expect(warningFate(open, used, 'second')).toEqual({ fate: 'withdrawn', why: 'another-rule' });
  });

  it('in mode warn lapses alone: the warning of the other rule stands', () => {
    const due = idleWarning();
    const kept = decisionOf({
      policy: policy({ mode: 'warn', maxUptime }),
      startedAt: now - 4.5 * day,
      openWarnings: [due, uptimeWarning],
    });
    expect(warningFate(due, kept, 'second')).toEqual({ fate: 'lapsed' });
    expect(warningFate(uptimeWarning, kept, 'second')).toMatchObject({ fate: 'stands' });
  });
});

it('is a new warning only while none of the same rule is out', () => {
  const decision = decisionOf();
  expect(isNewWarning(decision, [])).toBe(true);
  expect(isNewWarning(decision, [uptimeWarning])).toBe(true);
  expect(isNewWarning(decision, [open])).toBe(false);
  expect(isNewWarning(decisionOf({ openWarnings: [idleWarning()] }), [])).toBe(false);
});
