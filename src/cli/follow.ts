import { formatDuration } from '../core/policy/duration.ts';
import { oneLine } from '../present/display-width.ts';
import type { AppDoor, DoorReply } from './door/app-door.ts';
import { bodyOf } from './door/problem.ts';
import type { Surroundings } from './surroundings.ts';

const everyMs = 3000;
const faultsBorne = 5;

export type Followed<View> = {
  /** Where to read it again. */
  readonly path: string;
  readonly isMoving: (view: View) => boolean;
  /** One line on how far it is. */
  readonly text: (view: View) => string;
  /** What an answer without a view means, such as a 404 for what is deleted; null: a fault. */
  readonly otherwise?: (reply: DoorReply, last: View) => View | null;
  /** Gives up after so long; null: never. */
  readonly timeoutMs: number | null;
};

/**
 * Reads again until it has ended, with one line on a terminal and nothing elsewhere. Faults of the moment are waited out a
 * few times.
 */
export async function follow<View>(
  door: AppDoor,
  first: View,
  { stderr, now, pause }: Pick<Surroundings, 'stderr' | 'now' | 'pause'>,
  followed: Followed<View>,
): Promise<View> {
  const onTerminal = stderr.isTTY === true;
  const startedAt = now();
  let view = first;
  let faults = 0;
  try {
    while (followed.isMoving(view)) {
      const elapsedMs = now() - startedAt;
      if (followed.timeoutMs !== null && elapsedMs >= followed.timeoutMs) return view;
      if (onTerminal) {
        const line = `${oneLine(followed.text(view))}, ${formatDuration(elapsedMs)}`;
        stderr.write(`\r\u001b[2K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
      }
      await pause(everyMs);
      const reply = await door.call('GET', followed.path).catch((error: unknown) => {
        if (faults >= faultsBorne) throw error;
        return null;
      });
      const isFault = reply === null || reply.status >= 500 || reply.status === 429;
      faults = isFault ? faults + 1 : 0;
      if (reply === null || (isFault && faults <= faultsBorne)) continue;
      view = followed.otherwise?.(reply, view) ?? bodyOf<View>(reply);
    }
  } finally {
    if (onTerminal) stderr.write('\r\u001b[2K');
  }
  return view;
}
