import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GpuIdle, gpuIdleForMs, nextGpuIdle } from '../../../src/core/activity/gpu-idle.ts';
import type { MetricSeries, Reading } from '../../../src/core/activity/types.ts';
import type { Job } from '../../../src/core/computes.ts';

const minute = 60_000;
const job = (name: string, more: Partial<Job> = {}): Job => ({
  id: `/jobs/${name}`,
  name,
  status: 'Running',
  computeId: 'ci',
  createdAt: 0,
  changedAt: 0,
  ...more,
});
const seen = <T>(value: T): Reading<T> => ({ ok: true, value });
const unread = { ok: false, why: 'away' } as const;
const gpu = (from: number, values: readonly (number | null)[]): MetricSeries => ({
  metric: 'gpuPercent',
  points: values.map((value, index) => ({ at: (from + index) * minute, value })),
});
const zeros = (from: number, count: number): MetricSeries => gpu(from, Array<number>(count).fill(0));
const watch = (sinceMinute: number, lastMinute: number, name = 'train'): GpuIdle => ({
  jobId: `/jobs/${name}`,
  jobName: name,
  sinceAt: sinceMinute * minute,
  lastAt: lastMinute * minute,
});

describe('a job that leaves its GPU idle', () => {
  it('is watched over looks whose windows are shorter than the time that matters', () => {
    let state: GpuIdle | null = null;
    for (let look = 60; look <= 600; look += 60) {
      state = nextGpuIdle(state, seen([job('train')]), seen([zeros(look - 70, 67)]), 1);
    }
    expect(state).toMatchObject({ jobName: 'train', lastAt: 596 * minute });
    expect(gpuIdleForMs(state as GpuIdle, 600 * minute)).toBe(597 * minute);
  });

  it.each<[string, Job[], MetricSeries[], number | null, GpuIdle | null]>([
    ['one minute of use begins it anew', [job('train')], [gpu(101, [0, 3, 0, 0])], 1, watch(103, 104)],
    ['one percent is use, less is none', [job('train')], [gpu(101, [1, 0.4])], 1, watch(102, 102)],
    ['the end of the job ends it', [], [zeros(101, 3)], 1, null],
    ['another job is another watch', [job('other')], [zeros(101, 3)], 1, watch(101, 103, 'other')],
    ['a job that waits is not at work', [job('train', { status: 'Queued' })], [zeros(101, 3)], 1, null],
    ['half an hour unseen begins it anew', [job('train')], [zeros(140, 3)], 1, watch(140, 142)],
    ['twenty minutes unseen do not', [job('train')], [zeros(120, 3)], 1, watch(0, 122)],
    ['unusable samples are none', [job('train')], [gpu(101, [null, Number.NaN, -1])], 1, watch(0, 100)],
    ['a second GPU unseen is not idle', [job('train')], [zeros(101, 3)], 2, watch(0, 100)],
    [
      'a second GPU at work is use',
      [job('train')],
      [zeros(101, 3), gpu(101, [0, 90, 0])],
      2,
      watch(103, 103),
    ],
    ['no GPU, no finding', [job('train')], [zeros(101, 3)], 0, null],
    ['a size nobody knows changes nothing', [job('train')], [zeros(101, 3)], null, watch(0, 100)],
  ])('%s', (_, jobs, metrics, gpus, expected) => {
    expect(nextGpuIdle(watch(0, 100), seen(jobs), seen(metrics), gpus)).toEqual(expected);
  });

  it('is not told by what cannot be read', () => {
    const before = watch(0, 100);
    expect(nextGpuIdle(before, unread, seen([gpu(101, [90])]), 1)).toBe(before);
    expect(nextGpuIdle(before, seen([job('train')]), unread, 1)).toBe(before);
    expect(gpuIdleForMs(before, 200 * minute)).toBeNull();
  });

  it('counts from the job’s own begin, not from the idle time before it', () => {
    const late = job('train', { changedAt: 50 * minute });
    expect(nextGpuIdle(null, seen([late]), seen([zeros(0, 100)]), 1)).toEqual(watch(50, 99));
  });

  it('never covers a minute of use, however looks and samples overlap', () => {
    const loads = fc.array(fc.constantFrom<number | null>(0, 0, 0, 0, 0.5, 2, 100, null), {
      minLength: 20,
      maxLength: 120,
    });
    fc.assert(
      fc.property(loads, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (values, steps) => {
        let state: GpuIdle | null = null;
        let at = 0;
        for (const step of steps) {
          at += step;
          const from = Math.max(0, at - 35);
          state = nextGpuIdle(state, seen([job('train')]), seen([gpu(from, values.slice(from, at))]), 1);
          if (state === null) continue;
          const covered = values.slice(state.sinceAt / minute, state.lastAt / minute + 1);
          expect(covered.every((value) => value === null || value < 1)).toBe(true);
        }
      }),
    );
  });
});
