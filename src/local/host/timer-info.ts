import type { Schedule } from './schedule.ts';
import type { TimerStatus } from './timer-store.ts';
import type { TypedData } from './types.ts';

/** The payload of a timer trigger, keys in the host's casing: the programming model lowers their first letters. */
export function timerData(schedule: Schedule, status: TimerStatus | null, isPastDue: boolean): TypedData {
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: schedule.adjustForDst },
      ScheduleStatus: status && {
        Last: formatTime(status.last),
        Next: formatTime(status.next),
        LastUpdated: formatTime(status.lastUpdated),
      },
      IsPastDue: isPastDue,
    }),
  };
}

/** `2026-11-21T09:15:00.01+00:00`: no trailing zeros, an offset, and year one for "never". */
function formatTime(at: number | null): string {
  if (at === null) return '0001-01-01T00:00:00+00:00';
  const [seconds = '', milliseconds = ''] = new Date(at).toISOString().slice(0, -1).split('.');
  const fraction = milliseconds.replace(/0+$/, '');
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}+00:00`;
}
