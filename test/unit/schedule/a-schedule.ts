import type { Schedule } from '../../../src/core/policy/types.ts';

const everyDay = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export const workdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'] as const;
export const minute = 60_000;
export const hour = 60 * minute;

export const schedule = (more: Partial<Schedule> = {}): Schedule => ({
  name: 'office',
  match: {},
  zone: 'UTC',
  days: everyDay,
  start: null,
  stop: null,
  stopDays: everyDay,
  holidays: [],
  keepOn: [],
  warnMs: 30 * minute,
  quietForMs: 15 * minute,
  startAll: false,
  evenIfActive: false,
  ...more,
});

export const at = (text: string): number => Date.parse(text);
export const utc = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString().replace(':00.000Z', 'Z');
