import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/core/idle/decide.ts';
import type { DecisionInput } from '../../../src/core/idle/types.ts';
import {
  ada,
  day,
  decisionInput,
  decisionOf,
  end,
  hour,
  idleWarning,
  job,
  minute,
  now,
  policy,
  ref,
  reports,
  series,
  verdictOf,
} from '../../support/instance-under-judgement.ts';

const compute = (state: string | null, provisioningState: string | null = 'Succeeded') => ({
  compute: { ref, state, provisioningState, owner: ada, vmSize: null },
});
const busy = verdictOf({ metrics: { ok: true, value: [series('cpuPercent', 60)] } });
const blind = verdictOf({ metrics: { ok: true, value: [] } });
const halt = { by: 'root', why: 'maintenance' };
const snooze = { until: now + 1, by: 'ada' };
const exemption = { until: now + 1, why: 'demo' };

const warnedAgain = (warnedAgo: number, startedAgo: number): string =>
  decisionOf({
    policy: policy({ mode: 'warn' }),
    startedAt: now - startedAgo,
    lapsedWarning: { reason: 'warn.idle', warnedAt: now - warnedAgo },
  }).reason;
const withUnknownStart = (input: Parameters<typeof verdictOf>[0]) =>
  decisionOf({ startedAt: null, activity: verdictOf({ startedAt: null, ...input }) }).reason;

describe('decide', () => {
  it('warns an instance that was idle for long enough, and says when it stops', () => {
    const decision = decisionOf();
    expect(decision).toMatchObject({
      ref,
      owner: ada,
      vmSize: 'Standard_DS3_v2',
      at: now,
      action: 'warn',
      reason: 'warn.idle',
      stopDueAt: now + 30 * minute,
      rules: ['warn.idle'],
      facts: { idleForMs: hour, idleAfterMs: hour, activity: 'idle', idleSinceAt: end - hour },
      policyHash: 'hash',
      pricePerHourUsd: 0.29,
    });
    expect(decision.evidence?.coverage).toBe(1);
  });

  it('goes on warning until the announced time, and stops at it', () => {
    const before = decisionOf({ openWarnings: [idleWarning({ stopDueAt: now + 1 })] });
    expect(before).toMatchObject({ action: 'warn', reason: 'warn.idle', stopDueAt: now + 1 });
    const at = decisionOf({ openWarnings: [idleWarning({ stopDueAt: now })] });
    expect(at).toMatchObject({ action: 'stop', reason: 'stop.idle', facts: { warnedAt: now - 30 * minute } });
  });

  it('never stops an idle instance without an open warning', () => {
    expect(decisionOf({ policy: policy({ idle: { warnMs: 0 } }) })).toMatchObject({ action: 'warn' });
  });

  it('counts the idle time from before the warning', () => {
    const warning = idleWarning({ idleSinceAt: end - 90 * minute });
    expect(decisionOf({ openWarnings: [warning] }).facts.idleForMs).toBe(90 * minute);
  });

  it.each(['Stopped', 'Stopping', 'stopped'])('keeps an instance that is %s as not running', (state) => {
    expect(decisionOf(compute(state))).toMatchObject({ reason: 'keep.not-running', facts: { state } });
  });

  it.each([
    'Creating',
    'CreateFailed',
    'Deleting',
    'Restarting',
    'Resizing',
    'SettingUp',
    'SetupFailed',
    'Starting',
    'UserSettingUp',
    'UserSetupFailed',
    'Unknown',
    'Unusable',
    'SomethingNew',
    '',
    null,
  ])('does not touch an instance in state %s', (state) => {
    expect(decisionOf({ ...compute(state), openWarnings: [idleWarning()] })).toMatchObject({
      action: 'keep',
      reason: 'keep.not-settled',
    });
  });

  it('does not touch an instance that is being deleted, whatever its state says', () => {
    expect(decisionOf(compute('Running', 'Deleting'))).toMatchObject({ reason: 'keep.not-settled' });
  });

  const reasonsInOrder: readonly (readonly [string, Partial<DecisionInput>, Parameters<typeof policy>[0]])[] =
    [
      ['keep.not-running', compute('Stopped'), {}],
      ['keep.protected', {}, { protectedBy: 'compute: ci-*' }],
      ['keep.exempt', {}, { exemption }],
      ['keep.snoozed', { snooze }, {}],
      ['keep.grace', { startedAt: now - 15 * minute + 1 }, {}],
      ['keep.active.cpu', { activity: busy }, {}],
      ['keep.halted', { halt }, {}],
      ['keep.mode', {}, { mode: 'observe' }],
    ];

  it.each(reasonsInOrder.map(([reason], index) => [reason, index] as const))(
    'gives %s before every reason that comes later',
    (reason, index) => {
      const rest = reasonsInOrder.slice(index);
      const changes = Object.assign({}, ...rest.map(([, change]) => change).toReversed());
      const rules = Object.assign({}, ...rest.map(([, , rule]) => rule));
      const decision = decide(
        decisionInput({
          activity: verdictOf(),
          ...changes,
          policy: policy(rules),
          openWarnings: [idleWarning()],
        }),
      );
      expect(decision).toMatchObject({ action: 'keep', reason });
      expect(decision).not.toHaveProperty('stopDueAt');
    },
  );

  it.each([
    ['unknown', { activity: blind }, 'keep.unknown.metrics'],
    ['never read', { activity: null }, 'keep.unknown.metrics'],
    [
      'unknown for its jobs',
      { activity: verdictOf({ jobs: { ok: false, why: '503' } }) },
      'keep.unknown.jobs',
    ],
    [
      'idle for too short a time',
      { activity: verdictOf({ lastJobEndedAt: end - 59 * minute }) },
      'keep.idle-short',
    ],
    [
      'running for less than the window',
      { activity: verdictOf({ startedAt: end - hour + 1 }) },
      'keep.idle-short',
    ],
  ] as const)('keeps an instance that is %s, halted or not, whatever the mode', (_, changes, reason) => {
    for (const mode of ['observe', 'warn', 'enforce'] as const) {
      const decision = decisionOf({
        ...changes,
        halt,
        policy: policy({ mode }),
        openWarnings: [idleWarning()],
      });
      expect(decision).toMatchObject({ action: 'keep', reason });
    }
  });

  it('lets exemption, snooze and grace end at their time', () => {
    const over = { snooze: { until: now, by: null }, startedAt: now - 15 * minute };
    const decision = decisionOf({ ...over, policy: policy({ exemption: { until: now, why: null } }) });
    expect(decision.reason).toBe('warn.idle');
  });

  it('reads nothing in mode off', () => {
    const off = decisionOf({ ...compute(null), activity: null, policy: policy({ mode: 'off' }) });
    expect(off).toMatchObject({ reason: 'keep.mode', facts: { mode: 'off' } });
    expect(off).not.toHaveProperty('would');
  });

  it('says in mode observe what it would have done', () => {
    expect(decisionOf({ policy: policy({ mode: 'observe' }) })).toMatchObject({
      action: 'keep',
      reason: 'keep.mode',
      would: 'warn.idle',
      facts: { idleForMs: hour },
    });
  });

  it('says while halted what it would have done', () => {
    expect(decisionOf({ halt, openWarnings: [idleWarning()] })).toMatchObject({
      reason: 'keep.halted',
      would: 'stop.idle',
      facts: { by: 'root', why: 'maintenance' },
    });
  });

  it('warns in mode warn and does not stop after it', () => {
    const warn = policy({ mode: 'warn' });
    expect(decisionOf({ policy: warn })).toMatchObject({ reason: 'warn.idle' });
    expect(decisionOf({ policy: warn, openWarnings: [idleWarning()] })).toMatchObject({
      reason: 'keep.mode',
      would: 'stop.idle',
    });
  });

  it('does not warn again in mode warn until it was used or restarted, or a day has passed', () => {
    expect(warnedAgain(2 * hour, 30 * hour)).toBe('keep.mode');
    expect(warnedAgain(day - 1, 30 * hour)).toBe('keep.mode');
    expect(warnedAgain(day, 30 * hour)).toBe('warn.idle');
    expect(warnedAgain(11 * hour, 10 * hour)).toBe('warn.idle');
  });

  it('says in mode warn, after the warning, that it would have stopped', () => {
    const lapsedWarning = { reason: 'warn.idle', warnedAt: now - hour } as const;
    expect(decisionOf({ policy: policy({ mode: 'warn' }), lapsedWarning })).toMatchObject({
      reason: 'keep.mode',
      would: 'stop.idle',
      facts: { mode: 'warn', warnedAt: now - hour },
    });
  });

  it('keeps an idle instance for which the idle rule is switched off', () => {
    expect(decisionOf({ policy: policy({ idle: { enabled: false } }) })).toMatchObject({
      reason: 'keep.idle-off',
      facts: { idleForMs: hour },
    });
  });

  it('judges an instance whose start is not known by what was watched of it', () => {
    expect(withUnknownStart({})).toBe('warn.idle');
    expect(withUnknownStart({ metrics: { ok: true, value: [series('cpuPercent', 0, {}, 59)] } })).toBe(
      'keep.idle-short',
    );
    const longGrace = policy({ idle: { graceAfterStartMs: 2 * hour } });
    expect(decisionOf({ startedAt: null, policy: longGrace }).reason).toBe('keep.grace');
  });

  it('stops by session reports where metrics are missing', () => {
    const activity = verdictOf({ metrics: { ok: true, value: [] }, reports: reports() });
    expect(decisionOf({ activity, openWarnings: [idleWarning()] }).reason).toBe('stop.idle');
  });

  it('never stops with a job, however it stands with the warning', () => {
    for (const unchangedSinceAt of [null, now - 100 * hour]) {
      const activity = verdictOf({ jobs: { ok: true, value: [job({ unchangedSinceAt })] } });
      expect(decisionOf({ activity, openWarnings: [idleWarning()] }).action).toBe('keep');
    }
  });

  it('is the same value after a round trip through JSON', () => {
    for (const openWarnings of [[], [idleWarning()]]) {
      const decision = decisionOf({ openWarnings });
      expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
    }
  });
});
