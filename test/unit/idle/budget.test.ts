import { describe, expect, it } from 'vitest';
import { explainWithdrawal } from '../../../src/core/explain/withdrawal.ts';
import type { DecisionInput } from '../../../src/core/idle/types.ts';
import { warningFate } from '../../../src/core/idle/warning-fate.ts';
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

const budget = { of: 'ada', spentUsd: 120, limitUsd: 100 };
const noIdleRule = policy({ idle: { enabled: false } });
const warning = idleWarning({ reason: 'warn.budget' });
const overBudget = (changes: Partial<DecisionInput> = {}) =>
  decisionOf({ policy: noIdleRule, budget, ...changes });

describe('a used-up budget', () => {
  it('warns what is idle, also where the idle rule is off, for the time of a warning', () => {
    expect(overBudget()).toMatchObject({
      action: 'warn',
      reason: 'warn.budget',
      stopDueAt: now + 30 * minute,
      rules: ['warn.budget'],
      facts: { budgetOf: 'ada', spentUsd: 120, budgetUsd: 100 },
    });
    expect(overBudget({ openWarnings: [warning] })).toMatchObject({ action: 'stop', reason: 'stop.budget' });
  });

  it('leaves the word to the idle rule where both would stop at the same moment', () => {
    const both = decisionOf({ budget });
    expect(both).toMatchObject({ reason: 'warn.idle', rules: ['warn.idle', 'warn.budget'] });
    const due = decisionOf({ budget, openWarnings: [idleWarning({ ...warning, stopDueAt: now - minute })] });
    expect(due.reason).toBe('stop.budget');
  });

  it.each([
    ['in use', verdictOf({ metrics: { ok: true, value: [series('cpuPercent', 60)] } }), 'keep.active.cpu'],
    ['of unknown use', verdictOf({ metrics: { ok: true, value: [] } }), 'keep.unknown.metrics'],
    ['with a job', verdictOf({ jobs: { ok: true, value: [job()] } }), 'keep.active.job'],
    ['idle too short', verdictOf({ lastJobEndedAt: end - 10 * minute }), 'keep.idle-short'],
  ])('never stops what is %s', (_, activity, reason) => {
    expect(overBudget({ activity, openWarnings: [warning] })).toMatchObject({ action: 'keep', reason });
  });

  it.each([
    ['protected', { policy: policy({ protectedBy: 'x', idle: { enabled: false } }) }],
    ['exempt', { policy: policy({ exemption: { until: now + 1, why: null } }) }],
    ['snoozed', { snooze: { until: now + 1, by: 'ada' } }],
    ['halted', { halt: { by: 'root', why: null } }],
    ['only observed', { policy: policy({ mode: 'observe', idle: { enabled: false } }) }],
    ['in the grace after its start', { startedAt: now - minute }],
  ])('stops nothing that is %s', (_, changes) => {
    expect(overBudget({ openWarnings: [warning], ...changes }).action).toBe('keep');
  });

  it('takes its warning back, and says so, once it is used up no longer', () => {
    const lifted = overBudget({ budget: null, openWarnings: [warning] });
    expect(lifted.reason).toBe('keep.idle-off');
    expect(warningFate(warning, lifted, 'second')).toEqual({ fate: 'withdrawn', why: 'keep.idle-off' });
    expect(explainWithdrawal('warn.budget', lifted)).toBe(
      'Kept: idle for 60 min, and the policy switches the idle rule off for it, and its budget is no longer used up.',
    );
  });
});
