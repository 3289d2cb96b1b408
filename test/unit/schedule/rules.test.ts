import { describe, expect, it } from 'vitest';
import {
  dueStart,
  dueStops,
  nextStart,
  nextStop,
  runningPeriodAt,
} from '../../../src/core/schedule/occurrences.ts';
import { stopClaims } from '../../../src/core/schedule/stop-claims.ts';
import type { Schedule } from '../../../src/core/policy/types.ts';
import { at, hour, minute, schedule, utc, workdays } from './a-schedule.ts';

/** 2 March 2026 is a Monday. */
const office = (more: Partial<Schedule> = {}): Schedule =>
  schedule({ days: workdays, start: '08:00', stop: '19:00', ...more });
const due = (of: Schedule, now: string): (string | null)[] => dueStops(of, at(now)).map(utc);
const period = (of: Schedule, now: string): (string | null)[] | null => {
  const found = runningPeriodAt(of, at(now));
  return found === null ? null : [utc(found.fromAt), utc(found.toAt)];
};

describe('a stop is due', () => {
  it.each([
    ['at its time', '2026-03-02T19:00Z', ['2026-03-02T19:00Z']],
    ['not a minute earlier', '2026-03-02T18:59Z', []],
    ['through the night', '2026-03-03T07:59Z', ['2026-03-02T19:00Z']],
    ['until the next start', '2026-03-03T08:00Z', []],
    [
      'over the weekend, with those of the weekend',
      '2026-03-08T20:00Z',
      ['2026-03-06T19:00Z', '2026-03-07T19:00Z', '2026-03-08T19:00Z'],
    ],
  ])('%s', (_, now, stops) => {
    expect(due(office(), now)).toEqual(stops);
  });

  it('past a start that a holiday or keepOn leaves out', () => {
    expect(due(office({ holidays: ['2026-03-03'] }), '2026-03-03T12:00Z')).toEqual(['2026-03-02T19:00Z']);
    const kept = office({ keepOn: [{ fromAt: at('2026-03-03T07:00Z'), toAt: at('2026-03-03T09:00Z') }] });
    expect(due(kept, '2026-03-03T12:00Z')).toEqual(['2026-03-02T19:00Z']);
  });

  it('also on holidays, and on stopDays only', () => {
    expect(due(office({ holidays: ['2026-03-03'] }), '2026-03-03T19:00Z')).toContain('2026-03-03T19:00Z');
    expect(due(office({ stopDays: ['Fri'] }), '2026-03-03T19:00Z')).toEqual([]);
    expect(due(office({ stopDays: ['Fri'] }), '2026-03-08T19:00Z')).toEqual(['2026-03-06T19:00Z']);
  });

  it('never while keepOn holds, whichever stop it is', () => {
    const kept = office({ keepOn: [{ date: '2026-03-03' }] });
    expect(due(kept, '2026-03-02T23:59Z')).toEqual(['2026-03-02T19:00Z']);
    expect(due(kept, '2026-03-03T00:00Z')).toEqual([]);
    expect(due(kept, '2026-03-03T23:59Z')).toEqual([]);
    expect(nextStop(kept, at('2026-03-02T19:00Z'))).toBe(at('2026-03-04T19:00Z'));
    const evening = office({ keepOn: [{ fromAt: at('2026-03-02T19:00Z'), toAt: at('2026-03-02T22:00Z') }] });
    expect(due(evening, '2026-03-02T21:00Z')).toEqual([]);
    expect(due(evening, '2026-03-02T22:00Z')).toEqual([]);
  });

  it("until the zone's midnight where nothing starts", () => {
    const nightly = schedule({ zone: 'Europe/Berlin', stop: '19:00' });
    expect(due(nightly, '2026-03-02T22:59Z')).toEqual(['2026-03-02T18:00Z']);
    expect(due(nightly, '2026-03-02T23:00Z')).toEqual([]);
    expect(due(schedule({ stop: '00:00' }), '2026-03-02T23:59Z')).toEqual(['2026-03-02T00:00Z']);
  });

  it('on no day of a schedule that only starts', () => {
    expect(due(schedule({ start: '08:00' }), '2026-03-02T20:00Z')).toEqual([]);
    expect(nextStop(schedule({ start: '08:00' }), 0)).toBeNull();
  });
});

describe('a running period', () => {
  it.each([
    ['from the start', '2026-03-02T08:00Z', ['2026-03-02T08:00Z', '2026-03-02T19:00Z']],
    ['to the stop', '2026-03-02T19:00Z', null],
    ['not on a day without a start', '2026-03-07T12:00Z', null],
  ])('%s', (_, now, expected) => {
    expect(period(office(), now)).toEqual(expected);
  });

  it('goes over midnight where the stop comes earlier in the day than the start', () => {
    const night = schedule({ start: '20:00', stop: '06:00' });
    expect(period(night, '2026-03-03T02:00Z')).toEqual(['2026-03-02T20:00Z', '2026-03-03T06:00Z']);
    expect(period(night, '2026-03-03T12:00Z')).toBeNull();
  });

  it('ends with the next stop that takes place', () => {
    const kept = office({ keepOn: [{ fromAt: at('2026-03-02T18:00Z'), toAt: at('2026-03-02T20:00Z') }] });
    expect(period(kept, '2026-03-02T22:00Z')).toEqual(['2026-03-02T08:00Z', '2026-03-03T19:00Z']);
  });

  it('does not exist on a holiday, on keepOn, or without both a start and a stop', () => {
    expect(period(office({ holidays: ['2026-03-02'] }), '2026-03-02T12:00Z')).toBeNull();
    expect(period(office({ keepOn: [{ date: '2026-03-02' }] }), '2026-03-02T12:00Z')).toBeNull();
    expect(period(schedule({ start: '08:00' }), '2026-03-02T12:00Z')).toBeNull();
    expect(period(schedule({ stop: '08:00' }), '2026-03-02T12:00Z')).toBeNull();
  });
});

describe('a start is to be done', () => {
  it('from its time until the next stop, once that is over not any more', () => {
    expect(dueStart(office(), at('2026-03-02T07:59Z'))).toBeNull();
    const first = { startAt: at('2026-03-02T08:00Z'), untilAt: at('2026-03-02T19:00Z') };
    expect(dueStart(office(), at('2026-03-02T08:00Z'))).toEqual(first);
    expect(dueStart(office(), at('2026-03-02T18:59Z'))).toEqual(first);
    expect(dueStart(office(), at('2026-03-02T19:00Z'))).toBeNull();
  });

  it('not on holidays and not on keepOn', () => {
    const rests = office({ holidays: ['2026-03-02'], keepOn: [{ date: '2026-03-03' }] });
    expect(dueStart(rests, at('2026-03-02T12:00Z'))).toBeNull();
    expect(dueStart(rests, at('2026-03-03T12:00Z'))).toBeNull();
    expect(utc(nextStart(rests, at('2026-03-01T12:00Z')))).toBe('2026-03-04T08:00Z');
  });

  it('until the next start where nothing stops', () => {
    const untilAt = at('2026-03-03T08:00Z');
    expect(dueStart(schedule({ start: '08:00' }), at('2026-03-02T09:00Z'))?.untilAt).toBe(untilAt);
  });
});

const ask = (
  of: Schedule,
  now: string,
  more: Partial<Parameters<typeof stopClaims>[1]> = {},
  others: Schedule[] = [],
) =>
  stopClaims(
    [of, ...others].map((schedule) => ({ schedule, matching: 'yes' as const })),
    { now: at(now), startedAt: at('2026-03-01T00:00Z'), warnedOf: [], sweepEveryMs: 5 * minute, ...more },
  ).map((claim) => [claim.name, utc(claim.stopAt), claim.isDue ? 'due' : 'ahead', claim.isWarningTime]);

describe('a schedule asks of an instance', () => {
  it.each([
    ['nothing before its warning', '2026-03-02T18:29Z', []],
    ['a warning at the time of it', '2026-03-02T18:30Z', [['office', '2026-03-02T19:00Z', 'ahead', true]]],
    ['no warning later', '2026-03-02T18:36Z', [['office', '2026-03-02T19:00Z', 'ahead', false]]],
    ['the stop at its time', '2026-03-02T19:00Z', [['office', '2026-03-02T19:00Z', 'due', false]]],
    ['nothing after the start', '2026-03-03T08:00Z', []],
  ])('%s', (_, now, claims) => {
    expect(ask(office(), now)).toEqual(claims);
  });

  it('nothing about a stop before it came to Running, and then about the next', () => {
    const startedAt = at('2026-03-06T19:01Z');
    expect(ask(office(), '2026-03-06T20:00Z', { startedAt })).toEqual([]);
    expect(ask(office(), '2026-03-07T18:30Z', { startedAt })).toEqual([
      ['office', '2026-03-07T19:00Z', 'ahead', true],
    ]);
    expect(ask(office(), '2026-03-07T20:00Z', { startedAt })).toEqual([
      ['office', '2026-03-07T19:00Z', 'due', false],
    ]);
    expect(ask(office(), '2026-03-06T20:00Z', { startedAt: startedAt - minute })).toHaveLength(1);
  });

  it('the first stop of a time off all through it: who waits is not announced to again', () => {
    expect(ask(office(), '2026-03-08T18:45Z')).toEqual([['office', '2026-03-06T19:00Z', 'due', false]]);
  });

  it('of one whose start is not known only what was announced to it', () => {
    expect(ask(office(), '2026-03-02T18:30Z', { startedAt: null })).toHaveLength(1);
    expect(ask(office(), '2026-03-02T19:00Z', { startedAt: null })).toEqual([]);
    const warnedOf = [{ name: 'office', stopAt: at('2026-03-02T19:00Z') }];
    expect(ask(office(), '2026-03-02T19:00Z', { startedAt: null, warnedOf })).toHaveLength(1);
  });

  it('nothing in the running period of another, nor a warning for a stop in one', () => {
    const late = office({ name: 'late', start: '18:45', stop: '22:00', days: ['Mon'] });
    expect(ask(office(), '2026-03-02T18:30Z', {}, [late])).toEqual([]);
    expect(ask(office(), '2026-03-02T19:30Z', {}, [late])).toEqual([]);
    expect(ask(office(), '2026-03-02T22:00Z', {}, [late]).map(([name]) => name)).toEqual(['office', 'late']);
  });

  it('nothing where it is not known whether its match holds, though it may keep others from stopping it', () => {
    const others = office({ name: 'late', start: '07:00', stop: '22:00' });
    const input = { now: at('2026-03-02T19:30Z'), startedAt: 0, warnedOf: [], sweepEveryMs: 5 * minute };
    const uses = [
      { schedule: office(), matching: 'yes' as const },
      { schedule: others, matching: 'unknown' as const },
    ];
    expect(stopClaims(uses, input)).toEqual([]);
    expect(stopClaims(uses, { ...input, now: input.now + 3 * hour }).map(({ name }) => name)).toEqual([
      'office',
    ]);
  });
});
