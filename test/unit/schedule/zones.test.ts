import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../../src/core/policy/types.ts';
import { dueStops, nextStart, nextStop, runningPeriodAt } from '../../../src/core/schedule/occurrences.ts';
import { at, hour, minute, schedule, utc } from './a-schedule.ts';

const nextStops = (of: Schedule, from: string, count: number): (string | null)[] => {
  const found: (string | null)[] = [];
  let after = at(from) - 1;
  for (let n = 0; n < count; n += 1) {
    const stop = nextStop(of, after);
    found.push(utc(stop));
    after = stop ?? Infinity;
  }
  return found;
};

describe('a stop whose time the clock skips is the first instant after the gap', () => {
  it.each([
    ['Europe/Berlin', '02:30', '2026-03-28T12:00Z', '2026-03-29T01:00Z'],
    ['Europe/Berlin', '02:00', '2026-03-28T12:00Z', '2026-03-29T01:00Z'],
    ['Europe/Berlin', '01:59', '2026-03-28T12:00Z', '2026-03-29T00:59Z'],
    ['Europe/Berlin', '03:00', '2026-03-28T12:00Z', '2026-03-29T01:00Z'],
    ['America/New_York', '02:30', '2026-03-07T20:00Z', '2026-03-08T07:00Z'],
    ['Australia/Lord_Howe', '02:15', '2026-10-03T00:00Z', '2026-10-03T15:30Z'],
    ['Australia/Lord_Howe', '02:30', '2026-10-03T00:00Z', '2026-10-03T15:30Z'],
    ['America/Santiago', '00:00', '2026-09-05T12:00Z', '2026-09-06T04:00Z'],
    ['Africa/Cairo', '00:00', '2026-04-23T12:00Z', '2026-04-23T22:00Z'],
    ['Asia/Beirut', '00:00', '2026-03-28T12:00Z', '2026-03-28T22:00Z'],
  ])('%s %s', (zone, stop, from, first) => {
    expect(nextStops(schedule({ zone, stop }), from, 1)).toEqual([first]);
  });
});

describe('a stop whose time happens twice is its first occurrence, and only that', () => {
  it.each([
    ['Europe/Berlin', '02:30', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['Europe/Berlin', '02:00', '2026-10-24T12:00Z', ['2026-10-25T00:00Z', '2026-10-26T01:00Z']],
    ['Europe/Berlin', '03:00', '2026-10-24T12:00Z', ['2026-10-25T02:00Z', '2026-10-26T02:00Z']],
    ['Australia/Lord_Howe', '01:45', '2026-04-03T20:00Z', ['2026-04-04T14:45Z', '2026-04-05T15:15Z']],
    ['America/Havana', '00:00', '2026-10-31T12:00Z', ['2026-11-01T04:00Z', '2026-11-02T05:00Z']],
    ['America/Santiago', '23:30', '2026-04-04T12:00Z', ['2026-04-05T02:30Z', '2026-04-06T03:30Z']],
  ])('%s %s', (zone, stop, from, stops) => {
    expect(nextStops(schedule({ zone, stop }), from, 2)).toEqual(stops);
  });
});

describe('zones far from UTC', () => {
  it.each([
    ['Pacific/Kiritimati', '19:00', '2026-03-02T00:00Z', '2026-03-02T05:00Z'],
    ['Pacific/Apia', '00:00', '2026-03-02T12:00Z', '2026-03-03T11:00Z'],
    ['Pacific/Pago_Pago', '23:59', '2026-03-02T12:00Z', '2026-03-03T10:59Z'],
    ['Asia/Kathmandu', '19:00', '2026-03-02T00:00Z', '2026-03-02T13:15Z'],
  ])('%s %s', (zone, stop, from, first) => {
    expect(nextStops(schedule({ zone, stop }), from, 1)).toEqual([first]);
  });

  it('knows the weekday of the zone, not of UTC', () => {
    const kiritimati = schedule({ zone: 'Pacific/Kiritimati', stop: '06:00', stopDays: ['Mon'] });
    // Monday 06:00 there is Sunday 16:00 in UTC.
    expect(nextStops(kiritimati, '2026-03-01T00:00Z', 2)).toEqual(['2026-03-01T16:00Z', '2026-03-08T16:00Z']);
  });

  it('puts a time of a day that a zone left out at the first instant after it', () => {
    // Samoa had no 30 December 2011.
    const apia = schedule({ zone: 'Pacific/Apia', stop: '12:00' });
    expect(nextStops(apia, '2011-12-29T12:00Z', 3)).toEqual([
      '2011-12-29T22:00Z',
      '2011-12-30T10:00Z',
      '2011-12-30T22:00Z',
    ]);
  });
});

describe('start and stop in the same gap', () => {
  it('is no running period where the start comes first', () => {
    const odd = schedule({ zone: 'Europe/Berlin', start: '02:15', stop: '02:45' });
    const end = at('2026-03-29T01:00Z');
    expect(runningPeriodAt(odd, end)).toBeNull();
    expect(dueStops(odd, end)).toEqual([end]);
  });

  it('is no time off where the stop comes first', () => {
    const odd = schedule({ zone: 'Europe/Berlin', start: '02:45', stop: '02:15' });
    const end = at('2026-03-29T01:00Z');
    expect(dueStops(odd, end)).toEqual([]);
    expect(runningPeriodAt(odd, end)?.fromAt).toBe(end);
  });
});

describe('in every zone on every day of 2026', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  const firstDay = Temporal.PlainDate.from('2026-01-01');
  const days = 365;
  // Times that clock changes like to hit, and ordinary ones.
  const clocks = ['00:00', '00:30', '01:30', '02:00', '02:30', '03:00', '08:00', '19:00', '23:30', '23:59'];

  it('stops once for each date, in order, at the clock time wherever that exists', () => {
    const faults: string[] = [];
    for (const [index, zone] of zones.entries()) {
      const stop = clocks[index % clocks.length] ?? '19:00';
      const nightly = schedule({ zone, stop });
      let after = firstDay.toZonedDateTime(zone).epochMilliseconds - 1;
      const end = firstDay.add({ days }).toZonedDateTime(zone).epochMilliseconds;
      let count = 0;
      for (
        let next = nextStop(nightly, after);
        next !== null && next < end;
        next = nextStop(nightly, after)
      ) {
        count += 1;
        if (next <= after) faults.push(`${zone}: ${utc(next)} does not come after ${utc(after)}`);
        const local = Temporal.Instant.fromEpochMilliseconds(next).toZonedDateTimeISO(zone);
        const asked = firstDay.add({ days: count - 1 }).toPlainDateTime(Temporal.PlainTime.from(stop));
        const exists = asked.toZonedDateTime(zone).toPlainDateTime().equals(asked);
        if (exists && !local.toPlainDateTime().equals(asked))
          faults.push(`${zone}: ${local.toString()} instead of ${asked.toString()}`);
        if (!exists && local.subtract({ milliseconds: 1 }).offset === local.offset) {
          faults.push(`${zone}: ${local.toString()} is not the end of a gap`);
        }
        after = next;
      }
      if (count !== days) faults.push(`${zone}: ${count} stops`);
    }
    expect(faults).toEqual([]);
    expect(zones.length).toBeGreaterThan(300);
  }, 60_000);

  it('is at every time either in a running period or off, never both, and changes at starts and stops only', () => {
    const faults: string[] = [];
    for (const [index, zone] of zones.entries()) {
      const start = clocks[(index * 3) % clocks.length] ?? '08:00';
      const stop = clocks[(index * 3 + 4) % clocks.length] ?? '19:00';
      const office = schedule({ zone, start, stop });
      // 59 h 30 min apart: every part of the day, in every part of the year.
      for (let now = at('2026-01-03T00:00Z'); now < at('2026-12-30T00:00Z'); now += 59.5 * hour) {
        const period = runningPeriodAt(office, now);
        const due = dueStops(office, now);
        if ((period === null) === (due.length === 0)) faults.push(`${zone} ${utc(now)}: both or neither`);
        if (period !== null && (period.fromAt > now || period.toAt <= now))
          faults.push(`${zone} ${utc(now)}: outside`);
        if (period !== null && nextStop(office, now) !== period.toAt)
          faults.push(`${zone} ${utc(now)}: ends late`);
        const start = nextStart(office, now);
        if (due.some((stopAt) => stopAt > now) || start === null || start <= now) {
          faults.push(`${zone} ${utc(now)}: out of order`);
        }
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);

  it('goes through every change of a clock minute by minute without a start or stop lost or doubled', () => {
    const faults: string[] = [];
    for (const zone of zones) {
      let change = Temporal.ZonedDateTime.from(`2026-01-01T00:00[${zone}]`).getTimeZoneTransition('next');
      while (change !== null && change.year === 2026) {
        const office = schedule({ zone, start: '02:15', stop: '01:45' });
        const seen = new Set<number>();
        const from = change.epochMilliseconds - 30 * hour;
        for (let now = from; now < from + 60 * hour; now += 5 * minute) {
          const stop = nextStop(office, now);
          if (stop !== null) seen.add(stop);
          const isRunning = runningPeriodAt(office, now) !== null;
          if (isRunning === dueStops(office, now).length > 0) faults.push(`${zone} ${utc(now)}`);
        }
        if (seen.size < 3 || seen.size > 4)
          faults.push(`${zone} ${change.toString()}: ${seen.size} stops in 60 h`);
        change = change.getTimeZoneTransition('next');
      }
    }
    expect(faults).toEqual([]);
  }, 60_000);
});
