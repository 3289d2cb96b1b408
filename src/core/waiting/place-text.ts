import { timeText } from '../explain/time-text.ts';
import type { AwaitedLimit, Place } from './place.ts';

const machineOf = ({ wish }: Pick<Place, 'wish'>): string => `${wish.vmSize} in ${wish.workspace.workspace}`;

export const waitingText = (
  place: Pick<Place, 'wish' | 'until' | 'autoStart'>,
  limits: readonly AwaitedLimit[],
  now: number,
): string => {
  const why = limits.map(({ detail }) => detail.replace(/\.$/, '')).join('; ');
  const then = place.autoStart ? 'it is asked for at once' : 'its person is told, and it is kept for a while';
  return `${machineOf(place)} waits for room${why === '' ? '' : `: ${why}`}. When there is some, ${then}; the place is kept until ${timeText(place.until, now)}.`;
};

export const offeredText = (place: Pick<Place, 'wish'>, until: number, now: number): string =>
  `There is room for ${machineOf(place)} now, and it is held until ${timeText(until, now)}: confirm it, or it goes to the next who waits.`;

export const takenText = (place: Pick<Place, 'wish'>, requestId: string): string =>
  `${machineOf(place)} has been asked for (request ${requestId}), so the place on the waiting list has ended.`;

export const leftText = (place: Pick<Place, 'wish'>, by: string): string =>
  `${by} waits for ${machineOf(place)} no longer.`;

export const expiredText = (place: Pick<Place, 'wish' | 'since'>, now: number): string =>
  `No room for ${machineOf(place)} was found since ${timeText(place.since, now)}, so the place on the waiting list has ended; ask again if the machine is still needed.`;

export const lapsedText = (place: Pick<Place, 'wish'>): string =>
  `Room for ${machineOf(place)} was held and nobody confirmed it, so it went to the next who waits; ask again if the machine is still needed.`;

export const refusedPlaceText = (place: Pick<Place, 'wish'>, why: string): string =>
  `${machineOf(place)} is waited for no longer, since more than room stands against it by now. ${why}`;
