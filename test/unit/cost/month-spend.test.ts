import { describe, expect, it } from 'vitest';
import {
  type MonthSpend,
  nextSpend,
  type SeenRunning,
  spentUntil,
} from '../../../src/core/cost/month-spend.ts';

const hour = 3_600_000;
const start = Date.parse('2026-03-02T00:00:00Z');
const seen = (hours: number, more: Partial<SeenRunning> = {}): SeenRunning => ({
  now: start + hours * hour,
  isRunning: true,
  startedAt: start,
  stoppedAt: null,
  lastSeenAt: start + (hours - 1) * hour,
  pricePerHourUsd: 2,
  ...more,
});
const play = (looks: readonly SeenRunning[]): MonthSpend | null =>
  looks.reduce<MonthSpend | null>((before, one) => nextSpend(before, one), null);
const at = (spend: MonthSpend | null, hours: number) =>
  spend === null ? null : spentUntil(spend, start + hours * hour);

describe('what a machine has cost this month', () => {
  it('counts hours that nobody saw from its last operation', () => {
    expect(at(play([seen(5)]), 5)).toEqual({ usd: 10, hours: 5, unpricedHours: 0 });
  });

  it('is certain of no more than until the machine was last seen, and of nothing of a month before that', () => {
    const spend = play([seen(5)]);
    expect(spend === null ? null : spentUntil(spend, start + 8 * hour, start + 6 * hour).usd).toBe(12);
    const april = Date.parse('2026-04-01T01:00:00Z');
    expect(spend === null ? null : spentUntil(spend, april, april - 2 * hour).usd).toBe(0);
  });

  it('goes on without a look at it, and needs no writing while nothing changes', () => {
    const spend = play([seen(5)]);
    expect(nextSpend(spend, seen(6))).toEqual(spend);
    expect(at(spend, 8)?.usd).toBe(16);
  });

  it('ends when it was stopped, or where that is not known when it was last seen', () => {
    const stopped = seen(7, { isRunning: false, startedAt: null });
    expect(at(play([seen(5), { ...stopped, stoppedAt: start + 6.5 * hour }]), 20)?.hours).toBe(6.5);
    expect(at(play([seen(5), stopped]), 20)?.hours).toBe(6);
  });

  it('leaves out the time between a stop and a start that nobody saw', () => {
    const again = seen(20, { startedAt: start + 18 * hour, lastSeenAt: start + 6 * hour });
    expect(at(play([seen(5), again]), 20)?.hours).toBe(8);
  });

  it('begins anew with the month', () => {
    const april = (Date.parse('2026-04-01T03:00:00Z') - start) / hour;
    const spend = play([seen(5), seen(april)]);
    expect(at(spend, april)).toEqual({ usd: 6, hours: 3, unpricedHours: 0 });
    expect(at(play([seen(5)]), april)?.hours).toBe(3);
  });

  it('tells hours without a price apart, and does not guess them', () => {
    const unpriced = seen(5, { pricePerHourUsd: null });
    expect(at(play([unpriced]), 6)).toEqual({ usd: 0, hours: 6, unpricedHours: 6 });
    expect(at(play([unpriced, seen(6)]), 7)).toEqual({ usd: 2, hours: 7, unpricedHours: 6 });
  });
});
