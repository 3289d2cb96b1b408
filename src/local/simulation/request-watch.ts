import type { LedgerWrite } from '../../ports/ledger.ts';
import type { DoorAnswer } from './people.ts';
import type { Timeline } from './timeline.ts';

export type SeenRequest = {
  /** Of Lamplighter's own; null: nobody could write it down. */
  readonly requestId: string | null;
  readonly status: string;
  readonly reason: string | null;
  /** How many times people were told of it. */
  readonly told: number;
  /** What was told last of its waiting. */
  readonly waiting: string | null;
};

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
const waitingOf = (approval: unknown): string | null =>
  typeof approval === 'object' && approval !== null && 'told' in approval ? textOf(approval.told) : null;

const waitingWords: Readonly<Record<string, string>> = {
  reminder: 'Approvers are reminded',
  escalation: 'The admins and whoever asked are told',
};

/** Requests by the ids that the file gives them, and where they stand. */
export class RequestWatch {
  readonly #timeline: Timeline;
  readonly #now: () => number;
  readonly #ids = new Map<string, string>();
  readonly #seen = new Map<string, SeenRequest>();
  readonly #turnedAway = new Map<string, SeenRequest>();

  constructor(timeline: Timeline, now: () => number) {
    this.#timeline = timeline;
    this.#now = now;
  }

  /** A write to the table of requests; marks and promised names are passed over. */
  onWrite(write: LedgerWrite): void {
    if (write.kind === 'delete') return;
    const status = textOf(write.value['status']);
    const requestId = textOf(write.value['requestId']);
    if (status === null || requestId === null) return;
    const before = this.#seen.get(requestId);
    const seen: SeenRequest = {
      requestId,
      status,
      reason: textOf(write.value['reason']),
      told: numberOf(write.value['tellings']),
      waiting: waitingOf(write.value['approval']),
    };
    this.#seen.set(requestId, seen);
    const id = [...this.#ids].find(([, known]) => known === requestId)?.[0];
    if (
      before !== undefined &&
      before.waiting !== seen.waiting &&
      seen.waiting !== null &&
      seen.waiting !== 'ask'
    ) {
      this.#timeline.add(this.#now(), {
        ...(id === undefined ? {} : { request: id }),
        action: 'request.told',
        reason: seen.waiting,
        sentence: `${waitingWords[seen.waiting] ?? 'Told'}: ${textOf(write.value['sentence']) ?? status}`,
      });
    }
    if (before?.status === status) return;
    this.#timeline.add(this.#now(), {
      ...(id === undefined ? {} : { request: id }),
      action: 'request',
      reason: seen.reason ?? status,
      sentence: textOf(write.value['sentence']) ?? status,
    });
  }

  /** What the app answered to the post of a request that the file calls `id`. One turned away at the door is refused, too. */
  answered(id: string, { ok, json }: DoorAnswer): void {
    const requestId = textOf(json['requestId']);
    if (requestId !== null) this.#ids.set(id, requestId);
    else if (!ok)
      this.#turnedAway.set(id, {
        requestId: null,
        status: 'refused',
        reason: textOf(json['code']),
        told: 0,
        waiting: null,
      });
  }

  requestIdOf(id: string): string | null {
    return this.#ids.get(id) ?? null;
  }

  /** Null: nobody has asked for it yet. */
  seen(id: string): SeenRequest | null {
    const requestId = this.#ids.get(id);
    if (requestId === undefined) return this.#turnedAway.get(id) ?? null;
    return this.#seen.get(requestId) ?? null;
  }
}
