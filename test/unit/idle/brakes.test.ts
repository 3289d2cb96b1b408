import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeKey, parseComputeName } from '../../../src/core/ids.ts';
import { applyBrakes, blastLimit, secondLookWithinLimits } from '../../../src/core/idle/brakes.ts';
import { coverageOf, detectCoverageLoss, isBlind, isBlindSpotDue } from '../../../src/core/idle/coverage.ts';
import { fallsBack, isRegret, regretRate } from '../../../src/core/idle/regret.ts';
import type { Decision } from '../../../src/core/idle/types.ts';
import {
  day,
  decisionOf,
  idleWarning,
  minute,
  now,
  ref,
  series,
  verdictOf,
} from '../../support/instance-under-judgement.ts';

const limits = { maxStops: 25, maxStopsPercent: 20 };
const numbered = (decision: Decision, index: number): Decision => ({
  ...decision,
  ref: { ...ref, compute: parseComputeName(`ci-${index}`) },
});
const many = (decision: Decision, count: number, from = 0): Decision[] =>
  Array.from({ length: count }, (_, index) => numbered(decision, from + index));
const warn = decisionOf();
const kept = decisionOf({
  activity: verdictOf({ metrics: { ok: true, value: [series('cpuPercent', 60)] } }),
});
const stop = decisionOf({ openWarnings: [idleWarning()] });
const none = { limits, openWarnings: new Map(), released: new Set<never>() };

const keyOf = (decision: Decision) => computeKey(decision.ref);

describe('the blast limit', () => {
  it.each([
    [0, 5],
    [1, 5],
    [25, 5],
    [26, 6],
    [30, 6],
    [100, 20],
    [125, 25],
    [10_000, 25],
  ])('of %i running instances is %i', (running, limit) => {
    expect(blastLimit(running, limits)).toBe(limit);
  });

  it('takes its ends seriously: nothing, and everything', () => {
    expect(blastLimit(1000, { maxStops: 0, maxStopsPercent: 100 })).toBe(0);
    expect(blastLimit(1000, { maxStops: 5000, maxStopsPercent: 0 })).toBe(5);
    expect(blastLimit(1000, { maxStops: 5000, maxStopsPercent: 100 })).toBe(1000);
    // 2.2 % of 1500 is 33.00000000000001 in floating point.
    expect(blastLimit(1500, { maxStops: 5000, maxStopsPercent: 2.2 })).toBe(33);
  });

  it('counts what different rules ask for together', () => {
    const rules = ['idle', 'budget', 'owner-gone', 'job-ended', 'max-uptime'] as const;
    const mixed = [...rules, 'budget' as const].map((rule, index) =>
      numbered({ ...warn, reason: `warn.${rule}` }, index),
    );
    expect(applyBrakes(mixed, { ...none, runningCount: 10 })).toMatchObject({ limit: 5, count: 6 });
    expect(applyBrakes(mixed, { ...none, runningCount: 10 }).held).toHaveLength(6);
  });

  it('lets as many through as it says, and none of one more', () => {
    expect(applyBrakes(many(warn, 5), { ...none, runningCount: 10 }).held).toEqual([]);
    const six = applyBrakes([...many(kept, 2, 50), ...many(warn, 6)], { ...none, runningCount: 10 });
    expect(six).toMatchObject({ limit: 5, count: 6 });
    expect(six.held).toHaveLength(6);
    expect(six.decisions.map((decision) => decision.reason)).toEqual([
      'keep.active.cpu',
      'keep.active.cpu',
      ...Array.from({ length: 6 }, () => 'keep.blast-limit'),
    ]);
    expect(six.held[0]).toMatchObject({ action: 'keep', would: 'warn.idle', facts: { limit: 5, count: 6 } });
    expect(six.held[0]).not.toHaveProperty('stopDueAt');
  });

  it('counts neither what is under an open warning nor what an admin let pass', () => {
    const decisions = [...many(warn, 5), ...many(warn, 9, 10), ...many(stop, 9, 20), ...many(warn, 9, 30)];
    const openWarnings = new Map(decisions.slice(5, 23).map((one) => [keyOf(one), [idleWarning()]]));
    const released = new Set(decisions.slice(23).map(keyOf));
    const braked = applyBrakes(decisions, { limits, runningCount: 10, openWarnings, released });
    expect(braked).toMatchObject({ held: [], count: 5 });
    expect(braked.decisions).toEqual(decisions);
  });

  it('counts the warning of a second rule as new', () => {
    const decisions = many(warn, 6);
    const other = idleWarning({ reason: 'warn.max-uptime' });
    const openWarnings = new Map(decisions.map((one) => [computeKey(one.ref), [other]]));
    expect(applyBrakes(decisions, { ...none, openWarnings, runningCount: 10 }).held).toHaveLength(6);
  });

  it('never lets more new ones through than it says, and never drops or adds a decision', () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.nat(60),
        fc.nat(300),
        fc.nat(40),
        fc.nat(100),
        (fresh, idle, runningCount, maxStops, maxStopsPercent) => {
          const decisions = [...many(warn, fresh), ...many(kept, idle, 100)];
          const braked = applyBrakes(decisions, {
            ...none,
            runningCount,
            limits: { maxStops, maxStopsPercent },
          });
          const through = braked.decisions.filter((decision) => decision.action !== 'keep').length;
          expect(through === fresh ? fresh <= braked.limit : through === 0).toBe(true);
          expect(braked.held).toHaveLength(fresh - through);
          expect(braked.decisions.map((decision) => decision.ref)).toEqual(decisions.map((one) => one.ref));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds at the second look for the stops of one moment', () => {
    const look = (stopsOfThisMoment: number, released: readonly Decision[] = []) =>
      secondLookWithinLimits(stop, {
        stopsOfThisMoment,
        runningCount: 10,
        limits,
        released: new Set(released.map((one) => computeKey(one.ref))),
      });
    expect(look(5)).toBe(stop);
    expect(look(6)).toMatchObject({ action: 'keep', reason: 'keep.blast-limit', would: 'stop.idle' });
    expect(look(6, [stop])).toBe(stop);
    expect(
      secondLookWithinLimits(kept, { stopsOfThisMoment: 9, runningCount: 1, limits, released: new Set() }),
    ).toBe(kept);
  });
});

describe('coverage of the fleet', () => {
  const blind = decisionOf({ activity: verdictOf({ metrics: { ok: true, value: [] } }) });
  const stopped = decisionOf({ activity: null });

  it('counts those that were looked at, and among them those that can be judged', () => {
    expect([blind, warn, stopped].map(isBlind)).toEqual([true, false, false]);
    expect(coverageOf([blind, warn, kept, stopped])).toEqual({ asked: 3, decidable: 2 });
  });

  it.each([
    ['all of it is lost', { asked: 20, decidable: 0 }, true],
    ['more than half is lost', { asked: 20, decidable: 7 }, true],
    ['half is left', { asked: 20, decidable: 8 }, false],
    ['the fleet shrinks with it', { asked: 5, decidable: 4 }, false],
    ['nothing runs any more', { asked: 0, decidable: 0 }, false],
  ])('is judged against the sweep before when %s', (_, current, lost) => {
    const before = { asked: 20, decidable: 16 };
    expect(detectCoverageLoss(before, current)).toEqual(lost ? { before, now: current } : null);
  });

  it('is not lost where there was little to lose, or nothing to compare with', () => {
    expect(detectCoverageLoss({ asked: 50, decidable: 4 }, { asked: 50, decidable: 0 })).toBeNull();
    expect(detectCoverageLoss(null, { asked: 50, decidable: 0 })).toBeNull();
  });

  it('makes a blind spot of an instance that was unknown for a day', () => {
    expect(isBlindSpotDue(now - day, now, day)).toBe(true);
    expect(isBlindSpotDue(now - day + 1, now, day)).toBe(false);
    expect(isBlindSpotDue(null, now, day)).toBe(false);
  });
});

const isRegretted = (startedAt: number) => isRegret({ stoppedAt: now }, startedAt);
const past = (regrets: number, stops: number) =>
  regretRate(
    [
      ...Array.from({ length: stops }, (_, index) => ({
        stoppedAt: now - day,
        regrettedAt: index < regrets ? now : null,
      })),
      { stoppedAt: now - 30 * day, regrettedAt: now },
      { stoppedAt: now + 1, regrettedAt: null },
    ],
    now,
  );

describe('regret', () => {
  it('is a start within 15 minutes of the stop', () => {
    expect([
      isRegretted(now - 1),
      isRegretted(now),
      isRegretted(now + 15 * minute),
      isRegretted(now + 15 * minute + 1),
    ]).toEqual([false, true, true, false]);
  });

  it('is counted over the stops of 30 days, and above the limit the workspace falls back', () => {
    expect(past(1, 50)).toEqual({ stops: 50, regrets: 1, percent: 2 });
    expect(fallsBack(past(1, 50), 2)).toBe(false);
    expect(fallsBack(past(1, 49), 2)).toBe(true);
    expect(past(0, 0)).toEqual({ stops: 0, regrets: 0, percent: null });
    expect(fallsBack(past(0, 0), 0)).toBe(false);
  });
});
