import { explain } from '../../core/explain/explain.ts';
import { computeKey, type ComputeKey, type ComputeRef } from '../../core/ids.ts';
import { decisionCodec, type RecordedDecision } from '../../ledger/decisions.ts';
import type { LedgerValue, LedgerWrite } from '../../ports/ledger.ts';
import type { Timeline } from './timeline.ts';

type Seen = { readonly value: LedgerValue; readonly ref: ComputeRef };

/** Whether nothing has changed that a reader would want to know. */
const sameOutcome = (one: LedgerValue, other: LedgerValue): boolean =>
  one['action'] === other['action'] &&
  one['reason'] === other['reason'] &&
  (one['action'] !== 'warn' || one['stopDueAt'] === other['stopDueAt']) &&
  (one['reason'] !== 'keep.mode' || one['would'] === other['would']);

/** The decisions that came into the ledger: the latest of each compute, the last warning, and each change for the timeline. */
export class DecisionWatch {
  readonly #timeline: Timeline;
  readonly #latest = new Map<ComputeKey, Seen>();
  readonly #warnings = new Map<ComputeKey, LedgerValue>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** A write to the table of decisions; rows of other kinds and of the history are passed over. */
  onWrite(write: LedgerWrite): void {
    if (write.kind === 'delete' || !write.row.startsWith('c-')) return;
    const { value } = write;
    const ref = value['ref'] as ComputeRef;
    const key = computeKey(ref);
    const before = this.#latest.get(key);
    this.#latest.set(key, { value, ref });
    if (value['action'] === 'warn') this.#warnings.set(key, value);
    if (before !== undefined && sameOutcome(before.value, value)) return;
    const decision = decisionCodec.parse(value);
    this.#timeline.add(decision.at, {
      compute: decision.ref.compute,
      action: decision.action,
      reason: decision.reason,
      sentence: explain(decision),
    });
  }

  /** The reason of the compute's latest decision; null: there is none yet. */
  reasonOf(key: ComputeKey): string | null {
    const reason = this.#latest.get(key)?.value['reason'];
    return typeof reason === 'string' ? reason : null;
  }

  /** Hash of the policy that the compute's latest decision was made by; empty: there is none yet. */
  policyHashOf(key: ComputeKey): string {
    const hash = this.#latest.get(key)?.value['policyHash'];
    return typeof hash === 'string' ? hash : '';
  }

  /** The decision that announced the last warning. */
  lastWarning(key: ComputeKey): RecordedDecision | null {
    const value = this.#warnings.get(key);
    return value === undefined ? null : decisionCodec.parse(value);
  }
}
