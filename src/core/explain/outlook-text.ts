import type { Mode } from '../idle/types.ts';
import type { Outlook } from '../schedule/outlook.ts';
import { durationText } from './duration-text.ts';
import { plainText } from './plain-text.ts';
import { timeText } from './time-text.ts';

const named = (schedule: string): string => `schedule ${plainText(schedule)}`;

function stopText({ stop }: Outlook, now: number): string | null {
  if (stop === null) return null;
  const time = timeText(stop.at, now, stop.zone);
  const use = stop.evenIfActive
    ? 'also in use, unless a job has not ended'
    : `unless it has been in use within ${durationText(stop.quietForMs)}`;
  return stop.isDue
    ? `The stop of ${named(stop.schedule)} at ${time} waits until it is quiet`
    : `Stops at ${time} by ${named(stop.schedule)}, ${use}`;
}

function startText({ stop, start }: Outlook, now: number): string | null {
  if (start === null) return null;
  const time = timeText(start.at, now, start.zone);
  const by = stop?.schedule === start.schedule ? '' : ` by ${named(start.schedule)}`;
  return stop === null ? `Starts at ${time}${by}` : `starts again at ${time}${by}`;
}

/** `Stops at 19:00 Europe/Berlin by schedule office, unless it has been in use within 15 min; starts again at …`; null: nothing is ahead. */
export function outlookText(outlook: Outlook, mode: Mode, now: number): string | null {
  const parts = [stopText(outlook, now), startText(outlook, now)].filter((part) => part !== null);
  if (parts.length === 0) return null;
  const held = mode === 'enforce' ? '' : `, but in mode ${mode} schedules neither stop nor start anything`;
  return `${parts.join('; ')}${held}.`;
}
