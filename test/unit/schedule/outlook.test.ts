import { describe, expect, it } from 'vitest';
import { outlookText } from '../../../src/core/explain/outlook-text.ts';
import type { Schedule } from '../../../src/core/policy/types.ts';
import { type OutlookInput, scheduleOutlook } from '../../../src/core/schedule/outlook.ts';
import { at, minute, schedule, utc, workdays } from './a-schedule.ts';

/** 2 March 2026 is a Monday. */
const office = (more: Partial<Schedule> = {}): Schedule =>
  schedule({ days: workdays, start: '08:00', stop: '19:00', ...more });
const running = (now: string, more: Partial<OutlookInput> = {}): OutlookInput => ({
  now: at(now),
  isRunning: true,
  startedAt: at('2026-03-02T08:03Z'),
  stoppedBy: null,
  ...more,
});
const off = (now: string, stoppedBy: string | null): OutlookInput =>
  running(now, { isRunning: false, startedAt: null, stoppedBy });

describe('what schedules do next', () => {
  it('is the next stop, when that is over, and the start after it', () => {
    const { stop, start } = scheduleOutlook([office()], running('2026-03-02T12:00Z'));
    expect([utc(stop?.at ?? null), utc(stop?.overAt ?? null), utc(start?.at ?? null)]).toEqual([
      '2026-03-02T19:00Z',
      '2026-03-03T08:00Z',
      '2026-03-03T08:00Z',
    ]);
  });

  it('is the stop that is due and waits, for what was running at its time', () => {
    const due = scheduleOutlook([office()], running('2026-03-02T20:00Z'));
    expect(due.stop).toMatchObject({ at: at('2026-03-02T19:00Z'), isDue: true });
    const later = running('2026-03-02T20:00Z', { startedAt: at('2026-03-02T19:30Z') });
    expect(scheduleOutlook([office()], later).stop).toMatchObject({
      at: at('2026-03-03T19:00Z'),
      isDue: false,
    });
  });

  it('passes over stops that another schedule’s running period covers', () => {
    const late = office({ name: 'late', start: '12:00', stop: '22:00' });
    const { stop } = scheduleOutlook([office(), late], running('2026-03-02T13:00Z'));
    expect(stop).toMatchObject({ schedule: 'late', at: at('2026-03-02T22:00Z') });
  });

  it('lasts until midnight where nothing starts', () => {
    const berlin = schedule({ stop: '19:00', zone: 'Europe/Berlin' });
    const { stop, start } = scheduleOutlook([berlin], running('2026-03-02T12:00Z'));
    expect(utc(stop?.overAt ?? null)).toBe('2026-03-02T23:00Z');
    expect(start).toBeNull();
  });

  it('starts what is off only where the schedule stopped it, or starts all', () => {
    expect(scheduleOutlook([office()], off('2026-03-02T20:00Z', null)).start).toBeNull();
    expect(scheduleOutlook([office()], off('2026-03-02T20:00Z', 'office')).start?.at).toBe(
      at('2026-03-03T08:00Z'),
    );
    expect(
      scheduleOutlook([office({ startAll: true })], off('2026-03-02T20:00Z', null)).start,
    ).not.toBeNull();
  });

  it('is one sentence with the times of the schedule’s own zone', () => {
    const berlin = office({ zone: 'Europe/Berlin' });
    const text = (now: string, mode: 'enforce' | 'observe' = 'enforce'): string | null =>
      outlookText(scheduleOutlook([berlin], running(now)), mode, at(now));
    expect(text('2026-03-02T12:00Z')).toBe(
      'Stops at 19:00 Europe/Berlin by schedule office, unless it has been in use within 15 min; starts again at 2026-03-03 08:00 Europe/Berlin.',
    );
    expect(text('2026-03-02T18:30Z')).toBe(
      'The stop of schedule office at 19:00 Europe/Berlin waits until it is quiet; starts again at 2026-03-03 08:00 Europe/Berlin.',
    );
    expect(text('2026-03-02T12:00Z', 'observe')).toMatch(
      /, but in mode observe schedules neither stop nor start anything\.$/,
    );
    expect(outlookText({ stop: null, start: null }, 'enforce', minute)).toBeNull();
  });
});
