import { describe, expect, it } from 'vitest';
import type { ActivityInput } from '../../../src/core/activity/types.ts';
import {
  end,
  hour,
  minute,
  now,
  policy,
  quietMetrics,
  series,
  verdictOf,
} from '../../support/instance-under-judgement.ts';

const metrics = (...value: ReturnType<typeof series>[]): Partial<ActivityInput> => ({
  metrics: { ok: true, value },
});
const gpuSize = { vCPUs: 6, gpus: 1 };

describe('activity by metrics', () => {
  it('is idle when every minute of the window is seen and quiet', () => {
    const verdict = verdictOf();
    expect(verdict).toMatchObject({ activity: 'idle', idleForMs: hour, unfinishedJobs: 'none' });
    expect(verdict.evidence).toEqual({
      windowFromAt: end - hour,
      windowToAt: end,
      coverage: 1,
      bucketsPresent: 60,
      bucketsExpected: 60,
      cpuPercentMax: 0.4,
      cpuCoresMax: 0.016,
      gpuPercentMax: null,
      networkMegabytesMax: 0.2,
      lastActiveAt: null,
      job: null,
      stalledJobs: [],
      session: null,
      decidableBy: 'metrics',
      unknownBecause: null,
    });
  });

  it.each([
    [
      'CPU percent at its threshold, twice',
      'keep.active.cpu',
      {},
      [series('cpuPercent', 0, { [-9]: 5, [-4]: 5 })],
    ],
    ['one CPU sample at twice the threshold', 'keep.active.cpu', {}, [series('cpuPercent', 0, { [-9]: 10 })]],
    [
      'one busy core of 32, which is 3 % of the machine',
      'keep.active.cpu',
      { size: { vCPUs: 32, gpus: 0 } },
      [series('cpuPercent', 3.1), series('cpuMillicores', 1000)],
    ],
    [
      'one busy core of 32 where millicores are missing',
      'keep.active.cpu',
      { size: { vCPUs: 32, gpus: 0 } },
      [series('cpuPercent', 3.1)],
    ],
    [
      'a busy machine where only millicores are reported',
      'keep.active.cpu',
      {},
      [series('cpuMillicores', 450)],
    ],
    [
      'GPU at its threshold in one minute',
      'keep.active.gpu',
      { size: gpuSize },
      [series('cpuPercent', 0), series('gpuPercent', 0, { [-30]: 5 })],
    ],
    [
      'the second of two GPU devices',
      'keep.active.gpu',
      { size: { vCPUs: 6, gpus: 2 } },
      [series('cpuPercent', 0), series('gpuPercent', 0), series('gpuPercent', 0, { [-1]: 99 })],
    ],
    [
      'network in and out together',
      'keep.active.network',
      {},
      [series('cpuPercent', 0), series('networkIn', 0, { [-3]: 12 }), series('networkOut', 0, { [-3]: 8 })],
    ],
    ['more than 100 %', 'keep.active.cpu', {}, [series('cpuPercent', 0, { [-3]: 3200 })]],
    ['an endless value', 'keep.active.cpu', {}, [series('cpuPercent', 0, { [-3]: Infinity })]],
  ] as const)('is active with %s', (_, reason, changes, value) => {
    expect(verdictOf({ ...changes, ...metrics(...value) })).toMatchObject({ activity: 'active', reason });
  });

  it.each([
    ['a lone CPU sample below twice the threshold', [series('cpuPercent', 0, { [-9]: 9.9 })]],
    [
      'a lone sample of cores below twice the threshold',
      [series('cpuPercent', 0), series('cpuMillicores', 0, { [-9]: 999 })],
    ],
    ['two lone samples eleven minutes apart', [series('cpuPercent', 0, { [-20]: 6, [-9]: 6 })]],
    ['network below its threshold', [series('cpuPercent', 0), series('networkIn', 19.9)]],
  ] as const)('forgives %s', (_, value) => {
    expect(verdictOf(metrics(...value))).toMatchObject({ activity: 'idle', idleForMs: hour });
  });

  it('takes two CPU samples ten minutes apart for use, by whichever measure', () => {
    const verdict = verdictOf(
      metrics(series('cpuPercent', 0, { [-19]: 6 }), series('cpuMillicores', 0, { [-9]: 600 })),
    );
    expect(verdict).toMatchObject({ activity: 'active', reason: 'keep.active.cpu', idleForMs: 8 * minute });
  });

  it('takes a sample just before the window as company for one inside', () => {
    const cpu = series('cpuPercent', 0, { [-65]: 6, [-58]: 6 }, 70);
    expect(verdictOf(metrics(cpu))).toMatchObject({ activity: 'active' });
    expect(verdictOf(metrics(series('cpuPercent', 0, { [-65]: 90 }, 70)))).toMatchObject({
      activity: 'idle',
    });
  });

  it('forgives nothing when noiseUpTo is 1', () => {
    const strict = policy({ idle: { noiseUpTo: 1 } });
    const changes = metrics(series('cpuPercent', 0, { [-9]: 5 }));
    expect(verdictOf({ ...changes, policy: strict })).toMatchObject({ activity: 'active' });
  });

  it('never calls a lone GPU or network sample noise', () => {
    expect(
      verdictOf({
        size: gpuSize,
        ...metrics(series('cpuPercent', 0), series('gpuPercent', 0, { [-9]: 5.1 })),
      }),
    ).toMatchObject({ reason: 'keep.active.gpu' });
    expect(verdictOf(metrics(series('cpuPercent', 0), series('networkIn', 0, { [-9]: 20 })))).toMatchObject({
      reason: 'keep.active.network',
    });
  });

  it('sees the busiest of several series, where another is idle or unusable', () => {
    const verdict = verdictOf(
      metrics(series('cpuPercent', Number.NaN), series('cpuPercent', 40), series('cpuPercent', 0)),
    );
    expect(verdict).toMatchObject({ activity: 'active', reason: 'keep.active.cpu' });
    expect(verdict.evidence.cpuPercentMax).toBe(40);
  });

  it('counts a minute once, however often it is reported and in whatever order', () => {
    const cpu = series('cpuPercent', 0);
    const doubled = { ...cpu, points: [...cpu.points.slice(30), ...cpu.points.slice(30)].toReversed() };
    expect(verdictOf(metrics(doubled)).evidence).toMatchObject({ bucketsPresent: 30, coverage: 0.5 });
  });

  it('ends the idle time with the last active minute', () => {
    const verdict = verdictOf(metrics(series('cpuPercent', 0, { [-25]: 50 })));
    expect(verdict).toMatchObject({ activity: 'active', idleForMs: 24 * minute });
    expect(verdict.evidence.lastActiveAt).toBe(end - 24 * minute);
  });

  it('takes use that is visible after the window for use', () => {
    const fresh = { metric: 'cpuPercent', points: [{ at: end + 2 * minute, value: 80 }] } as const;
    expect(verdictOf(metrics(...quietMetrics, fresh))).toMatchObject({ activity: 'active', idleForMs: 0 });
  });

  it('ignores what lies outside: before the window, and further ahead than clocks differ', () => {
    const far = {
      metric: 'cpuPercent',
      points: [-2 * hour, -61 * minute, 20 * minute, 1e15, Number.NaN].map((distance) => ({
        at: end + distance,
        value: 99,
      })),
    } as const;
    expect(verdictOf(metrics(...quietMetrics, far))).toMatchObject({ activity: 'idle' });
  });
});

describe('activity that cannot be told', () => {
  it.each([
    ['there is no series at all', [], 'there is no CPU sample at all in 60 min'],
    [
      'the values are not numbers',
      [series('cpuPercent', Number.NaN)],
      'there is no CPU sample at all in 60 min',
    ],
    ['the values are null', [series('cpuPercent', null)], 'there is no CPU sample at all in 60 min'],
    ['the values are negative', [series('cpuPercent', -1)], 'there is no CPU sample at all in 60 min'],
    ['only the network is seen', [series('networkIn', 0)], 'there is no CPU sample at all in 60 min'],
    ['too few minutes are seen', [series('cpuPercent', 0, {}, 47)], '13 of 60 CPU samples are missing'],
  ] as const)('is unknown when %s', (_, value, unknownBecause) => {
    const verdict = verdictOf(metrics(...value));
    expect(verdict).toMatchObject({ activity: 'unknown', reason: 'keep.unknown.metrics' });
    expect(verdict.evidence).toMatchObject({ unknownBecause, decidableBy: 'neither' });
  });

  it('is idle with exactly the coverage that is asked for', () => {
    expect(verdictOf(metrics(series('cpuPercent', 0, {}, 48)))).toMatchObject({ activity: 'idle' });
  });

  it('is unknown without data even if the policy asks for no coverage', () => {
    const lax = policy({ idle: { minCoverage: 0 } });
    expect(verdictOf({ policy: lax, ...metrics() })).toMatchObject({ activity: 'unknown' });
  });

  it('is unknown when metrics cannot be read, and says why', () => {
    const verdict = verdictOf({ metrics: { ok: false, why: '503' } });
    expect(verdict).toMatchObject({ activity: 'unknown', reason: 'keep.unknown.metrics' });
    expect(verdict.evidence.unknownBecause).toBe('metrics cannot be read (503)');
  });

  it('is unknown on a GPU size whose GPU is not seen, by the lowest coverage', () => {
    const verdict = verdictOf({
      size: gpuSize,
      ...metrics(series('cpuPercent', 0), series('gpuPercent', 0, {}, 41)),
    });
    expect(verdict).toMatchObject({ activity: 'unknown' });
    expect(verdict.evidence).toMatchObject({
      bucketsPresent: 41,
      unknownBecause: '19 of 60 GPU samples are missing',
    });
  });

  it('is unknown when the size is not in the list of its region', () => {
    expect(verdictOf({ size: null })).toMatchObject({ activity: 'unknown', reason: 'keep.unknown.metrics' });
  });

  it.each([
    ['younger than the ingestion delay', now - 3 * minute],
    ['started in the future by a skewed clock', now + 4 * minute],
  ])('is unknown and not idle for any time when it %s', (_, startedAt) => {
    const verdict = verdictOf({ startedAt });
    expect(verdict).toMatchObject({ activity: 'unknown', idleForMs: 0 });
    expect(verdict.evidence).toMatchObject({ bucketsExpected: 0, coverage: 0 });
  });
});

describe('a window that a start clips', () => {
  it('is judged over the whole minutes since, and is idle for no longer than that', () => {
    const verdict = verdictOf({ startedAt: end - 20 * minute - 30_000 });
    expect(verdict).toMatchObject({ activity: 'idle', idleForMs: 20 * minute + 30_000 });
    expect(verdict.evidence).toMatchObject({ bucketsExpected: 20, bucketsPresent: 20 });
  });

  it('begins with the first sample seen where the start is not known', () => {
    expect(verdictOf({ startedAt: null })).toMatchObject({ activity: 'idle', idleForMs: hour });
    const late = verdictOf({ startedAt: null, ...metrics(series('cpuPercent', 0, {}, 55)) });
    expect(late).toMatchObject({ activity: 'idle', idleForMs: 55 * minute });
    const nothing = verdictOf({ startedAt: null, ...metrics() });
    expect(nothing).toMatchObject({ activity: 'unknown', idleForMs: 0 });
  });

  it('is of another length when another rule asks', () => {
    const busyBefore = metrics(series('cpuPercent', 0, { [-20]: 90 }));
    expect(verdictOf({ ...busyBefore, windowMs: 15 * minute })).toMatchObject({
      activity: 'idle',
      idleForMs: 15 * minute,
    });
    expect(verdictOf({ ...busyBefore, windowMs: 30 * minute })).toMatchObject({ activity: 'active' });
  });

  it('of odd length counts whole minutes for coverage and the broken one for use', () => {
    const broken = metrics(series('cpuPercent', 0, { [-21]: 90 }));
    const verdict = verdictOf({ ...broken, windowMs: 20.5 * minute });
    expect(verdict).toMatchObject({ activity: 'active', idleForMs: 20 * minute });
    expect(verdict.evidence.bucketsExpected).toBe(20);
  });
});
