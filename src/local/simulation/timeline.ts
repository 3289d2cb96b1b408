import { relativeTime } from './relative-time.ts';
import type { TimelineEntry } from './result.ts';

export type Happening = Omit<TimelineEntry, 'at'>;

/** What happens, in the order in which it happens. */
export class Timeline {
  readonly entries: TimelineEntry[] = [];
  readonly #startAt: number;

  constructor(startAt: number) {
    this.#startAt = startAt;
  }

  /** `before`: place of the entry that it comes before; left out: at the end. */
  add(
    at: number,
    { compute, request, action, reason, sentence }: Happening,
    before = this.entries.length,
  ): void {
    this.entries.splice(before, 0, {
      at: relativeTime(at, this.#startAt),
      ...(compute === undefined ? {} : { compute }),
      ...(request === undefined ? {} : { request }),
      action,
      reason,
      sentence,
    });
  }
}
