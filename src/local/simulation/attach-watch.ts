import type { LedgerWrite } from '../../ports/ledger.ts';
import type { DoorAnswer } from './people.ts';
import type { Timeline } from './timeline.ts';

export type SeenChange = { readonly status: string; readonly reason: string | null };
type ChangeWord = 'attach' | 'detach' | 'reattach';

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const keyOf = (word: ChangeWord, id: string): string => `${word} ${id}`;

/** Refusals that the door gives before there is anything to write down. */
const refusedAtTheDoor: Readonly<Record<string, string>> = {
  'auth.forbidden': 'refuse.forbidden',
  'name.invalid': 'refuse.name.invalid',
};

/** Changes of attachments by the ids that the file gives them, and where they stand. */
export class AttachWatch {
  readonly #timeline: Timeline;
  readonly #now: () => number;
  readonly #ids = new Map<string, string>();
  readonly #atTheDoor = new Map<string, SeenChange>();
  readonly #seen = new Map<string, SeenChange>();

  constructor(timeline: Timeline, now: () => number) {
    this.#timeline = timeline;
    this.#now = now;
  }

  /** A write to the table of attachments; what else lies there is passed over. */
  onWrite(write: LedgerWrite): void {
    if (write.kind === 'delete') return;
    const { operation, requestId, status, reason, sentence } = write.value;
    const [id, state] = [textOf(requestId), textOf(status)];
    if (id === null || state === null || textOf(operation) === null) return;
    const before = this.#seen.get(id);
    this.#seen.set(id, { status: state, reason: textOf(reason) });
    if (before?.status === state) return;
    this.#timeline.add(this.#now(), {
      action: String(operation),
      reason: textOf(reason) ?? state,
      sentence: textOf(sentence) ?? state,
    });
  }

  /** What the app answered to the change that the file calls `id`. */
  answered(word: ChangeWord, id: string, { ok, json }: DoorAnswer): void {
    const attachmentId = textOf(json['attachmentId']);
    if (attachmentId !== null) this.#ids.set(keyOf(word, id), attachmentId);
    if (ok) return;
    const code = textOf(json['code']) ?? '';
    this.#atTheDoor.set(keyOf(word, id), { status: 'refused', reason: refusedAtTheDoor[code] ?? code });
  }

  /** Null: nobody asked for it yet. */
  seen(word: ChangeWord, id: string): SeenChange | null {
    const attachmentId = this.#ids.get(keyOf(word, id));
    if (attachmentId !== undefined) return this.#seen.get(attachmentId) ?? null;
    return this.#atTheDoor.get(keyOf(word, id)) ?? null;
  }
}
