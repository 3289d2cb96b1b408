import { nativeText } from '../explain/native-text.ts';
import { plainText } from '../explain/plain-text.ts';
import { timeText } from '../explain/time-text.ts';
import type { Schedule } from '../policy/types.ts';
import { nativeOccurrences, type NativeSchedule } from '../schedule/native-schedules.ts';
import { dueStops, runningPeriodAt } from '../schedule/occurrences.ts';
import { broken, type RuleResult } from './rule.ts';

const lookedAheadMs = 8 * 86_400_000;

type Clash = { readonly native: NativeSchedule; readonly schedule: Schedule; readonly at: number };

/** Started by Azure when every schedule of ours has it off, or stopped by Azure when one of ours has it run. */
function clashOf(native: NativeSchedule, schedules: readonly Schedule[], now: number): Clash | null {
  for (const at of nativeOccurrences(native, now, now + lookedAheadMs)) {
    const running = schedules.find((schedule) => runningPeriodAt(schedule, at) !== null);
    if (native.action === 'stop') {
      if (running !== undefined) return { native, schedule: running, at };
      continue;
    }
    const off =
      running === undefined ? schedules.find((schedule) => dueStops(schedule, at).length > 0) : undefined;
    if (off !== undefined) return { native, schedule: off, at };
  }
  return null;
}

/**
 * The instance's own schedules in Azure against those of the policy that cover it. They are audited, never fought: what one
 * of them starts or stops stays so until the next time of ours. `schedules` null, or `native` null: not known.
 */
export function nativeFinding(
  native: readonly NativeSchedule[] | null,
  schedules: readonly Schedule[],
  now: number,
): RuleResult {
  if (native === null) return 'unknown';
  const clashes = native.flatMap((one) => clashOf(one, schedules, now) ?? []);
  if (clashes.length === 0) return 'kept';
  const said = clashes.map(({ native: own, schedule, at }) => {
    const when = timeText(at, now, schedule.zone);
    const ours = own.action === 'start' ? 'has it off' : 'has it run';
    return `${nativeText(own)}, next at ${when}, when schedule ${plainText(schedule.name)} ${ours}`;
  });
  return broken(
    `Its own schedule in Azure contradicts the policy: it ${said.join('; it ')}.`,
    'Take it out of the instance’s schedules in Azure, or change the schedule of the policy; Lamplighter leaves alone what Azure’s own schedule has started or stopped until the next time of its own.',
  );
}
