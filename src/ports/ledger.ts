/** The tables of the ledger. A new kind of row gets a table here and a module in `src/ledger/`. */
export type LedgerTable =
  | 'decisions'
  | 'warnings'
  | 'snoozes'
  | 'sweeps'
  | 'flags'
  | 'policies'
  | 'savings'
  | 'reports'
  | 'requests'
  | 'reservations'
  | 'findings'
  /** What was answered to requests that carry an idempotency key. */
  | 'answers'
  /** The fleet's attachments, requests that change them, and looks that events brought forward. */
  | 'attachments'
  /** Starts by schedule: what was asked for, and whether it was done. */
  | 'starts'
  /** Session agents: their public keys, one-time codes, and what was refused of them. */
  | 'enrolments';

export type LedgerValue = Readonly<Record<string, unknown>>;
export type LedgerRow = {
  readonly partition: string;
  readonly row: string;
  readonly value: LedgerValue;
  readonly etag: string;
};

export type LedgerWrite =
  | { readonly kind: 'insert'; readonly row: string; readonly value: LedgerValue }
  | { readonly kind: 'replace'; readonly row: string; readonly value: LedgerValue; readonly etag: string }
  | { readonly kind: 'put'; readonly row: string; readonly value: LedgerValue }
  | { readonly kind: 'delete'; readonly row: string; readonly etag?: string };

/**
 * `conflict`: a row to insert exists, or a row to replace, or to delete under an ETag, has another ETag or is gone. A delete
 * without an ETag of a row that is gone is done already: its ETag is empty.
 */
export type LedgerOutcome =
  | { readonly ok: true; readonly etag: string }
  | { readonly ok: false; readonly why: 'conflict' };

/**
 * Rows with ETags in partitions. Keys: 1–200 characters of [A-Za-z0-9._:-]. Values: JSON objects up to 500,000 characters, one
 * beyond ASCII counting six; those of one transaction up to 1,000,000.
 * Throws `LamplighterError` `ledger.unavailable` (retryable) when the store cannot be reached.
 */
export interface Ledger {
  get(table: LedgerTable, partition: string, row: string): Promise<LedgerRow | null>;
  /** Rows in key order, `from` ≤ key < `to`. */
  list(
    table: LedgerTable,
    partition: string,
    range?: { readonly from?: string; readonly to?: string; readonly limit?: number },
  ): Promise<readonly LedgerRow[]>;
  write(table: LedgerTable, partition: string, write: LedgerWrite): Promise<LedgerOutcome>;
  /** All or nothing, at most 100 writes of one partition, each row once. */
  transact(
    table: LedgerTable,
    partition: string,
    writes: readonly LedgerWrite[],
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly why: 'conflict' }>;
  /** Deletes rows of any partition whose value has `expiresAt` (ms) ≤ `at`; returns how many. */
  prune(table: LedgerTable, at: number): Promise<number>;
}
