import { guidOf } from './names.ts';

export type OperationRecord = {
  readonly id: string;
  /** Null: it never ends. */
  readonly doneAt: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
};

/** Long-running operations, as their status address tells of them. */
export class Operations {
  readonly #records = new Map<string, OperationRecord>();

  add(doneAt: number | null, error: OperationRecord['error']): OperationRecord {
    const record = { id: guidOf('operation', String(this.#records.size + 1)), doneAt, error };
    this.#records.set(record.id, record);
    return record;
  }

  get(id: string): OperationRecord | undefined {
    return this.#records.get(id);
  }

  snapshot(): readonly OperationRecord[] {
    return [...this.#records.values()];
  }

  restore(records: readonly OperationRecord[]): void {
    this.#records.clear();
    for (const record of records) this.#records.set(record.id, record);
  }
}
