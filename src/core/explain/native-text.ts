import { weekdays } from '../policy/scalars.ts';
import type { NativeSchedule } from '../schedule/native-schedules.ts';
import { windowsZone } from '../schedule/windows-zones.ts';
import { plainText } from './plain-text.ts';

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** `stops at 18:00 Pacific Standard Time on Mon, Tue, which does not follow daylight saving`. */
export function nativeText({ action, enabled, zone, times, days, rule }: NativeSchedule): string {
  const verb = action === 'start' ? 'starts' : 'stops';
  const when = times === null ? `by ${plainText(rule)} of` : `at ${times.map(clock).join(', ')}`;
  const on = days.length === weekdays.length ? '' : ` on ${days.join(', ')}`;
  const shifts = windowsZone(zone)?.shifts === true ? ', which does not follow daylight saving' : '';
  return `${verb} ${when} ${plainText(zone)}${on}${shifts}${enabled ? '' : ' (disabled)'}`;
}
