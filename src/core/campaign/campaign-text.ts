import { timeText } from '../explain/time-text.ts';
import { plainText } from '../explain/plain-text.ts';
import type { ComputeRef } from '../ids.ts';
import { recreationConsequence } from '../provision/recreation-text.ts';

const nameOf = ({ compute, workspace }: ComputeRef): string => `${compute} in ${workspace}`;
const imageOf = (version: string | null): string =>
  version === null ? 'an old OS image' : `OS image ${version}`;

type Asked = {
  readonly ref: ComputeRef;
  readonly imageVersion: string | null;
  readonly why: string;
  readonly deadlineAt: number;
};

/** What an owner is asked, and what happens if they say nothing: nothing. */
export const askText = ({ ref, imageVersion, why, deadlineAt }: Asked): string =>
  `${nameOf(ref)} has ${imageOf(imageVersion)} and should be made anew with the newest one by ${timeText(deadlineAt)}: ${plainText(why, 300)} Say when, or that it may not; without your consent nothing is done. It would be deleted and made again with the same name, owner and schedules once it is not in use. ${recreationConsequence}`;

export const remindText = ({ ref, deadlineAt }: Asked): string =>
  `Nobody has said yet whether ${nameOf(ref)} may be made anew with the newest OS image; that can be said until ${timeText(deadlineAt)}. Without your consent nothing is done.`;

export const agreedText = (by: string, runAt: number, now: number): string =>
  runAt <= now
    ? `${by} has agreed; it is made anew as soon as it has been quiet for long enough.`
    : `${by} has agreed; it is made anew from ${timeText(runAt)} on, as soon as it has been quiet for long enough.`;

export const declinedText = (by: string, why: string | null): string =>
  `${by} has refused${why === null ? '' : `: ${plainText(why, 200)}`}; it stays as it is.`;

export const waitingText = (because: string): string => `Agreed, and waiting: ${plainText(because, 300)}`;

export const notQuietText = (ref: ComputeRef, because: string): string =>
  `${nameOf(ref)} was not made anew, because until the deadline it was never quiet for long enough. ${plainText(because, 300)} Nothing has been done to it.`;

export const noAnswerText = 'Nobody has consented by the deadline; nothing has been done to it.';

type Ended = {
  readonly name: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly left: readonly string[];
};

/** For the admins, once: what came of it, and which instances still have their old image. */
export function endedText({ name, counts, left }: Ended): string {
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  const shown = left.slice(0, 20).join(', ');
  const more = left.length > 20 ? ` and ${left.length - 20} more` : '';
  const rest =
    left.length === 0
      ? 'No instance is left with its old image.'
      : `Still with their old image: ${shown}${more}.`;
  return `The campaign "${plainText(name, 120)}" has ended: ${parts.join(', ') || 'nothing to do'}. ${rest}`;
}
