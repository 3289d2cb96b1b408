import { computeKey, type ComputeKey, type ComputeRef } from '../../core/ids.ts';
import type { LedgerWrite } from '../../ports/ledger.ts';

/** One warning as the ledger tells of it, and what became of it. */
export type SeenWarning = {
  readonly warningId: string;
  readonly key: ComputeKey;
  readonly reason: string;
  readonly sweepId: string;
  readonly dueInSweep: number;
  readonly released: boolean;
  /** When its delivery was on record; null: it is not. */
  warnedAt: number | null;
  closed: boolean;
};

export type RecordedWarning = { readonly key: ComputeKey; readonly at: number; readonly reason: string };

const numberOr = <Other>(value: unknown, other: Other): number | Other =>
  typeof value === 'number' ? value : other;

/** The warnings that came into the ledger. */
export class WarningWatch {
  /** Those whose delivery is on record, in order. */
  readonly recorded: RecordedWarning[] = [];
  readonly #byId = new Map<string, SeenWarning>();

  onWrite(write: LedgerWrite): void {
    if (write.kind === 'delete') return;
    const { value } = write;
    const warningId = String(value['warningId']);
    const isOpen = write.row.startsWith('c-');
    const known = this.#byId.get(warningId);
    const seen = known ?? {
      warningId,
      key: computeKey(value['ref'] as ComputeRef),
      reason: String(value['reason']),
      sweepId: String(value['sweepId']),
      dueInSweep: numberOr(value['dueInSweep'], 0),
      released: value['released'] === true,
      warnedAt: null,
      closed: false,
    };
    if (known === undefined) this.#byId.set(warningId, seen);
    if (!isOpen) seen.closed = true;
    const warnedAt = numberOr(value['warnedAt'], null);
    if (warnedAt === null || seen.warnedAt !== null) return;
    seen.warnedAt = warnedAt;
    this.recorded.push({ key: seen.key, at: warnedAt, reason: seen.reason });
  }

  get(warningId: string): SeenWarning | undefined {
    return this.#byId.get(warningId);
  }
}
