import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BackstopInput,
  backstopStep,
  earliestPlatformStop,
  type OwnBackstop,
} from '../../../src/core/findings/backstop.ts';

const minute = 60_000;
const hour = 60 * minute;
const raw = { properties: { vmSize: 'Standard_DS3_v2' } };
const base: BackstopInput = {
  now: 100 * hour,
  mode: 'enforce',
  backstopAfterMs: 30 * hour,
  sweepEveryMs: 5 * minute,
  warnMs: 30 * minute,
  isFree: true,
  snoozedUntil: null,
  compute: { state: 'Running', idleShutdownMinutes: null, sshEnabled: false, raw },
  own: null,
};
const withCompute = (more: Partial<BackstopInput['compute']>): BackstopInput => ({
  ...base,
  compute: { ...base.compute, ...more },
});
const ours: OwnBackstop = { minutes: [1800], setAt: 99 * hour };

describe('the platform’s idle shutdown as a backstop', () => {
  it('is set where nothing is set', () => {
    expect(backstopStep(base)).toEqual({ minutes: 1800, why: 'set' });
  });

  it.each([
    ['in mode warn', { ...base, mode: 'warn' }],
    ['in mode observe', { ...base, mode: 'observe' }],
    ['where it is only audited', { ...base, backstopAfterMs: null }],
    ['on protected and exempt instances', { ...base, isFree: false }],
    ['where SSH is on', withCompute({ sshEnabled: true })],
    ['where nobody knows whether SSH is on', withCompute({ sshEnabled: null })],
    ['over a value that the user set', withCompute({ idleShutdownMinutes: 60 })],
    [
      'where the row does not say what is set',
      withCompute({ raw: {}, idleShutdownMinutes: undefined as never }),
    ],
    ['while it is created', withCompute({ state: 'Creating' })],
    ['where it is set already', { ...withCompute({ idleShutdownMinutes: 1800 }), own: ours }],
  ] as const)('is not written %s', (_, input) => {
    const { idleShutdownMinutes, ...rest } = input.compute;
    const compute = idleShutdownMinutes === undefined ? rest : { ...rest, idleShutdownMinutes };
    expect(backstopStep({ ...input, compute })).toBeNull();
  });

  it('follows the policy where it is ours, and is taken off where it may not be', () => {
    const set = { ...withCompute({ idleShutdownMinutes: 1800 }), own: ours };
    expect(backstopStep({ ...set, backstopAfterMs: 40 * hour })).toEqual({ minutes: 2400, why: 'changed' });
    expect(backstopStep({ ...set, isFree: false })).toEqual({ minutes: null, why: 'lifted' });
    expect(backstopStep({ ...set, backstopAfterMs: null })).toEqual({ minutes: null, why: 'lifted' });
  });

  /**
   * Somebody leaves the machine idle and snoozes again and again, as long, as short and as often as they like, also between
   * any two sweeps. Azure stops it when its own clock, which starts with each write, has run out.
   */
  it('never stops an instance inside a snooze, not even inside one that no sweep ever sees', () => {
    const world = fc.record({
      afterMinutes: fc.integer({ min: 15, max: 240 }),
      warnMinutes: fc.integer({ min: 5, max: 120 }),
      maxSnoozeMinutes: fc.integer({ min: 60, max: 24 * 60 }),
      sweepMinutes: fc.integer({ min: 1, max: 30 }),
      // How long after a snooze ends the next one comes, and how long it is, in parts of the longest.
      snoozes: fc.array(
        fc.tuple(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true })),
        { minLength: 1, maxLength: 40 },
      ),
      lost: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(world, (given) => {
        const after = given.afterMinutes + 5 + given.sweepMinutes;
        const backstop = after + given.warnMinutes + given.maxSnoozeMinutes;
        const snoozes: { readonly from: number; readonly until: number }[] = [];
        let from = after;
        for (const [pause, length] of given.snoozes) {
          from += pause;
          const until = from + Math.max(1, Math.round(length ** 4 * given.maxSnoozeMinutes));
          snoozes.push({ from, until });
          from = until;
        }
        const end = snoozes.at(-1)?.until ?? 0;
        let own: NonNullable<OwnBackstop> = { minutes: [backstop], setAt: 0 };
        const look = (now: number, snoozedUntil: number | null): void => {
          const step = backstopStep({
            ...base,
            now: now * minute,
            backstopAfterMs: backstop * minute,
            sweepEveryMs: given.sweepMinutes * minute,
            warnMs: given.warnMinutes * minute,
            snoozedUntil: snoozedUntil === null ? null : snoozedUntil * minute,
            compute: { ...base.compute, idleShutdownMinutes: backstop },
            own,
          });
          if (step?.minutes === backstop) own = { minutes: [backstop], setAt: now * minute };
        };
        let sweeps = 0;
        for (let now = 0; now <= end; now += 1) {
          const snooze = snoozes.find((one) => one.from <= now && now < one.until) ?? null;
          const isOver = now * minute >= earliestPlatformStop(own);
          // Outside every snooze that is what it is for.
          if (isOver && (snooze === null || snooze.from === now)) return;
          expect(isOver).toBe(false);
          if (snooze?.from === now) look(now, snooze.until);
          const isSweep = now % given.sweepMinutes === 0;
          sweeps += isSweep ? 1 : 0;
          // Every other sweep may be lost.
          if (isSweep && !(given.lost === 1 && sweeps % 2 === 0)) look(now, snooze?.until ?? null);
        }
      }),
      { numRuns: 200 },
    );
  });
});
