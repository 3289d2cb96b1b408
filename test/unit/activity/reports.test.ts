import { describe, expect, it } from 'vitest';
import type { ActivityInput } from '../../../src/core/activity/types.ts';
import {
  end,
  hour,
  minute,
  now,
  policy,
  report,
  reports,
  series,
  verdictOf,
} from '../../support/instance-under-judgement.ts';

const noMetrics = { metrics: { ok: true, value: [] } } as const satisfies Partial<ActivityInput>;
const only = (...value: ReturnType<typeof report>[]) => ({ ...noMetrics, reports: value });

const connected = (lastInputAt: number | null) => reports({ ssh: 'busy', vscode: 'busy', lastInputAt });

describe('activity by session reports', () => {
  it.each(['kernels', 'terminals', 'ssh', 'vscode', 'processes', 'gpu', 'containers'] as const)(
    'is active with a single report of busy %s, with and without metrics',
    (source) => {
      const seen = [report(end - 20 * minute, { [source]: 'busy' })];
      for (const changes of [{ reports: seen }, only(...seen)]) {
        const verdict = verdictOf(changes);
        expect(verdict).toMatchObject({ reason: 'keep.active.session', idleForMs: 19 * minute });
        expect(verdict.evidence.session).toBe(source);
      }
    },
  );

  it('takes a report newer than the window for use at once', () => {
    expect(verdictOf({ reports: [report(now - 1000, { kernels: 'busy' })] })).toMatchObject({
      reason: 'keep.active.session',
      idleForMs: 0,
    });
  });

  it('takes an open connection for use for three hours after its last input', () => {
    expect(verdictOf({ reports: connected(now - 3 * hour) })).toMatchObject({ activity: 'active' });
    expect(verdictOf({ reports: connected(end - hour - 3 * hour) })).toMatchObject({ activity: 'idle' });
    expect(verdictOf({ reports: connected(null) })).toMatchObject({ activity: 'active' });
  });

  it('never takes work for an abandoned connection', () => {
    const stale = { lastInputAt: now - 9 * hour, ssh: 'busy' } as const;
    expect(verdictOf({ reports: reports({ ...stale, processes: 'busy' }) })).toMatchObject({
      activity: 'active',
    });
  });

  it('takes the input itself for use, whatever is open by now', () => {
    expect(verdictOf({ reports: reports({ lastInputAt: end - 10 * minute }) })).toMatchObject({
      reason: 'keep.active.session',
      idleForMs: 9 * minute,
    });
    expect(verdictOf({ reports: reports({ lastInputAt: now + 9 * hour }) })).toMatchObject({
      activity: 'idle',
    });
  });

  it('is idle by reports alone when they cover the window, are fresh and carry load', () => {
    const verdict = verdictOf(only(...reports()));
    expect(verdict).toMatchObject({ activity: 'idle', idleForMs: hour });
    expect(verdict.evidence.decidableBy).toBe('session');
  });

  it.each([
    ['cover too little', reports().slice(13)],
    ['are not fresh', reports().filter((one) => one.at < now - 10 * minute)],
    ['carry no processes', reports({ processes: null })],
    ['come twice for half of the minutes', [...reports().slice(32), ...reports().slice(32)]],
  ])('is unknown without metrics when reports %s', (_, value) => {
    expect(verdictOf(only(...value))).toMatchObject({ activity: 'unknown', reason: 'keep.unknown.metrics' });
  });

  it('needs the GPU in a report unless the size surely has none', () => {
    const blind = only(...reports({ gpu: null }));
    expect(verdictOf({ ...blind, size: { vCPUs: 6, gpus: 1 } })).toMatchObject({ activity: 'unknown' });
    expect(verdictOf({ ...blind, size: null })).toMatchObject({ activity: 'unknown' });
    expect(verdictOf(blind)).toMatchObject({ activity: 'idle' });
    expect(verdictOf({ ...only(...reports()), size: null })).toMatchObject({ activity: 'idle' });
  });

  it('never lets quiet reports hide what metrics show', () => {
    const busy = { ok: true, value: [series('cpuPercent', 0, { [-9]: 50 })] } as const;
    expect(verdictOf({ metrics: busy, reports: reports() })).toMatchObject({ reason: 'keep.active.cpu' });
  });

  it.each([
    ['metrics', 'metrics alone', {}, 'idle'],
    ['metrics', 'reports alone', only(...reports()), 'idle'],
    ['session', 'metrics alone', {}, 'unknown'],
    ['session', 'reports alone', only(...reports()), 'idle'],
    ['both', 'metrics alone', {}, 'unknown'],
    ['both', 'reports alone', only(...reports()), 'unknown'],
    ['both', 'metrics and reports', { reports: reports() }, 'idle'],
  ] as const)('with evidence: %s and %s is judged so', (evidence, _, changes, activity) => {
    const verdict = verdictOf({ ...changes, policy: policy({ idle: { evidence } }) });
    expect(verdict.activity).toBe(activity);
  });

  it('says that session reports are asked for and missing', () => {
    const verdict = verdictOf({ policy: policy({ idle: { evidence: 'session' } }) });
    expect(verdict.evidence.unknownBecause).toBe('the policy asks for session reports and there are none');
  });
});
