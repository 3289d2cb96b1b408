import { describe, expect, it } from 'vitest';
import { nativeText } from '../../../src/core/explain/native-text.ts';
import { nativeFinding } from '../../../src/core/findings/native-finding.ts';
import {
  nativeOccurrences,
  type NativeSchedule,
  nativeSchedulesOf,
} from '../../../src/core/schedule/native-schedules.ts';
import { at, schedule, utc, workdays } from './a-schedule.ts';

const rawOf = (...computeStartStop: readonly unknown[]) => ({
  raw: { properties: { vmSize: 'STANDARD_DS3_V2', schedules: { computeStartStop } } },
});
const cron = (expression: string, timeZone?: string, more: object = {}) => ({
  status: 'Enabled',
  action: 'Stop',
  triggerType: 'Cron',
  cron: { expression, ...(timeZone === undefined ? {} : { timeZone }) },
  ...more,
});
const one = (entry: unknown): NativeSchedule => {
  const [parsed] = nativeSchedulesOf(rawOf(entry)) ?? [];
  if (parsed === undefined) throw new Error('It was not understood.');
  return parsed;
};
/** 2 March 2026 is a Monday. */
const week = (entry: unknown, from = '2026-03-02T00:00Z', to = '2026-03-05T00:00Z') =>
  nativeOccurrences(one(entry), at(from), at(to)).map(utc);

describe('an instance’s own schedules in Azure', () => {
  it('are read from crons and recurrences, as Azure’s samples show them', () => {
    expect(week(cron('0 18 * * *', 'Pacific Standard Time'))).toEqual([
      '2026-03-02T02:00Z',
      '2026-03-03T02:00Z',
      '2026-03-04T02:00Z',
    ]);
    const recurrence = {
      action: 'Start',
      triggerType: 'Recurrence',
      recurrence: {
        frequency: 'Week',
        interval: 1,
        timeZone: 'UTC',
        schedule: { hours: [8], minutes: [30], weekDays: ['Monday', 'Wednesday'] },
      },
    };
    expect(week(recurrence)).toEqual(['2026-03-02T08:30Z', '2026-03-04T08:30Z']);
    expect(one(recurrence).action).toBe('start');
    expect(week(cron('15,45 7-8 * * MON'))).toEqual([
      '2026-03-02T07:15Z',
      '2026-03-02T07:45Z',
      '2026-03-02T08:15Z',
      '2026-03-02T08:45Z',
    ]);
    expect(week(cron('0 9 * * 7'), '2026-03-07T00:00Z', '2026-03-10T00:00Z')).toEqual(['2026-03-08T09:00Z']);
  });

  it('keep to winter time all the year, and say so', () => {
    const evening = cron('0 19 * * *', 'W. Europe Standard Time');
    expect(week(evening, '2026-07-01T00:00Z', '2026-07-02T00:00Z')).toEqual(['2026-07-01T18:00Z']);
    expect(nativeText(one(evening))).toBe(
      'stops at 19:00 W. Europe Standard Time, which does not follow daylight saving',
    );
    expect(nativeText(one(cron('0 19 * * 1-5', 'UTC', { status: 'Disabled' })))).toBe(
      'stops at 19:00 UTC on Mon, Tue, Wed, Thu, Fri (disabled)',
    );
  });

  it.each([
    ['a rule that is not understood', cron('*/5 9 1 * *')],
    ['a zone that is not known', cron('0 9 * * *', 'Mars Standard Time')],
    ['one that is switched off', cron('0 9 * * *', 'UTC', { status: 'Disabled' })],
    ['one with another interval', { action: 'Stop', recurrence: { frequency: 'Day', interval: 3 } }],
  ])('have no known times where there is %s', (_, entry) => {
    expect(week(entry)).toEqual([]);
  });

  it('are none where a full row names none, and not known of a thin one', () => {
    expect(nativeSchedulesOf({ raw: { properties: { vmSize: 'X' } } })).toEqual([]);
    expect(nativeSchedulesOf({ raw: {} })).toBeNull();
  });

  const office = schedule({ days: workdays, start: '08:00', stop: '19:00', zone: 'Europe/Berlin' });
  const now = at('2026-03-02T12:00Z');
  const finding = (...entries: readonly unknown[]) =>
    nativeFinding(nativeSchedulesOf(rawOf(...entries)), [office], now);

  it('are a finding where they start what ours has off, or stop what ours has run', () => {
    expect(finding(cron('0 20 * * *', 'UTC', { action: 'Start' }))).toMatchObject({
      sentence:
        'Its own schedule in Azure contradicts the policy: it starts at 20:00 UTC, next at 21:00 Europe/Berlin, when schedule office has it off.',
    });
    expect(finding(cron('0 12 * * *', 'UTC'))).toMatchObject({
      sentence: expect.stringContaining('next at 13:00 Europe/Berlin, when schedule office has it run'),
    });
  });

  it('are none where both mean the same, or it is not known', () => {
    expect(finding(cron('0 20 * * *', 'UTC'), cron('0 9 * * 1-5', 'UTC', { action: 'Start' }))).toBe('kept');
    expect(nativeFinding(null, [office], now)).toBe('unknown');
    expect(nativeFinding([one(cron('0 20 * * *', 'UTC', { action: 'Start' }))], [], now)).toBe('kept');
  });
});
