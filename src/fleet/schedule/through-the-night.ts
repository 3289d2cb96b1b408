import { LamplighterError } from '../../core/errors.ts';
import { durationText } from '../../core/explain/duration-text.ts';
import { timeText } from '../../core/explain/time-text.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { formatDuration } from '../../core/policy/duration.ts';
import type { Flow } from '../flow.ts';
import { longestSnooze } from '../longest-snooze.ts';
import { readOutlook } from './outlook-of.ts';

/**
 * How long a snooze must last to bring an instance past the next stop of its schedules: until that stop is over, at the
 * next start, or at midnight where nothing starts. Throws `snooze.no-stop`, and `snooze.too-long` where the policy does
 * not allow so much.
 */
export async function throughTheNight(flow: Flow, ref: ComputeRef): Promise<number> {
  const now = flow.ports.clock.now();
  const stop = (await readOutlook(flow, ref, false))?.stop ?? null;
  if (stop === null || stop.overAt === null) {
    throw new LamplighterError(`No schedule is about to stop ${ref.compute}.`, {
      code: 'snooze.no-stop',
      fault: 'caller',
      field: 'until',
      fix: 'Give a length instead, such as { "for": "8h" }.',
    });
  }
  const lengthMs = stop.overAt - now;
  const longestMs = await longestSnooze(flow, ref);
  if (lengthMs <= longestMs) return lengthMs;
  const at = timeText(stop.at, now, stop.zone);
  const overAt = timeText(stop.overAt, now, stop.zone);
  throw new LamplighterError(
    `The stop of schedule ${stop.schedule} at ${at} is over at ${overAt}, in ${durationText(lengthMs)}; a snooze lasts at most ${formatDuration(longestMs)}.`,
    {
      code: 'snooze.too-long',
      fault: 'caller',
      field: 'until',
      fix: `Ask for ${formatDuration(longestMs)} or less and snooze it again later, or ask an admin for keepOn in the schedule.`,
    },
  );
}
