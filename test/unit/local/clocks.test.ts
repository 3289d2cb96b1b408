import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RealClock } from '../../../src/local/real-clock.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';

describe('a virtual clock', () => {
  it('stands still until it is moved, and never goes back', () => {
    const clock = new VirtualClock(1_000);
    expect(clock.now()).toBe(1_000);
    clock.advanceTo(5_000);
    clock.advanceTo(2_000);
    expect(clock.now()).toBe(5_000);
  });

  it('calls back each alarm once, in the order of their times, seeing its own time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (times) => {
        const clock = new VirtualClock(0);
        const seen: number[] = [];
        for (const at of times) clock.at(at, () => seen.push(clock.now()));
        clock.advanceTo(50);
        clock.advanceTo(60);
        expect(seen).toEqual([...times].sort((a, b) => a - b));
        expect(clock.nextDueAt()).toBeNull();
      }),
    );
  });

  it('calls back an alarm that another one set on the way', () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    clock.at(10, () => clock.at(20, () => seen.push(clock.now())));
    clock.advanceTo(30);
    expect(seen).toEqual([20]);
    expect(clock.now()).toBe(30);
  });

  it('forgets a cancelled alarm', () => {
    const clock = new VirtualClock(0);
    const cancel = clock.at(10, () => expect.unreachable());
    expect(clock.nextDueAt()).toBe(10);
    cancel();
    expect(clock.nextDueAt()).toBeNull();
    clock.advanceTo(20);
  });
});

describe('a real clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs as fast as its factor says', () => {
    const clock = new RealClock({ factor: 600, startAt: 1_000 });
    vi.advanceTimersByTime(1_000);
    expect(clock.now()).toBe(601_000);
  });

  it('calls back at or after the time, once, also weeks away', () => {
    const clock = new RealClock({ factor: 1, startAt: 0 });
    const weeksMs = 60 * 86_400_000;
    const seen: number[] = [];
    clock.at(weeksMs, () => seen.push(clock.now()));
    vi.advanceTimersByTime(weeksMs - 1);
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(10);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeGreaterThanOrEqual(weeksMs);
  });

  it('calls back at once for a time that has passed, unless it was cancelled', () => {
    const clock = new RealClock({ factor: 60, startAt: 1_000 });
    let calls = 0;
    clock.at(0, () => (calls += 1));
    clock.at(0, () => (calls += 10))();
    vi.advanceTimersByTime(1);
    expect(calls).toBe(1);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the factor %s', (factor) => {
    expect(() => new RealClock({ factor })).toThrow(
      expect.objectContaining({ code: 'local.clock-factor', field: 'factor' }),
    );
  });
});
