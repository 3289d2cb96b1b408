import { z } from 'zod';
import type { ComputeRef } from '../core/ids.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, timeCodec } from './codec.ts';
import { placeOf, withPrefix } from './partitions.ts';
import { historyKeptMs, newestFirst } from './time-key.ts';

/**
 * The computes that the blast limit held, until an admin releases them or the situation passes.
 * Held → released (by an admin) → spent (by the next sweep; remedies stay released for a day); held → lapsed (the limit was kept again).
 */
export type Batch = {
  readonly batchId: string;
  /** What would have been done to them: stops, or what the policy does about findings (a detach, a repair). */
  readonly of: 'stops' | 'remedies';
  readonly status: 'held' | 'released' | 'spent' | 'lapsed';
  readonly heldAt: number;
  readonly updatedAt: number;
  readonly limit: number;
  readonly count: number;
  /** Compute rows (`placeOf(ref).row`) of all of them. */
  readonly rows: readonly string[];
  /** The first hundred by name, for people. */
  readonly shown: readonly ComputeRef[];
  readonly releasedBy: string | null;
  readonly releasedAt: number | null;
  /** The sweep that let them pass. */
  readonly spentBy: string | null;
};
export type StoredBatch = { readonly batch: Batch; readonly etag: string };

const shownAtMost = 100;
const partition = 'batches';
const prefixOf: Readonly<Record<Batch['of'], string>> = { stops: 'b-', remedies: 'r-' };
const rowFor = (batch: Batch): string => `${prefixOf[batch.of]}${newestFirst(batch.heldAt)}`;
const codec = z
  .object({
    batchId: z.string(),
    of: z.enum(['stops', 'remedies']).catch('stops'),
    status: z.enum(['held', 'released', 'spent', 'lapsed']).catch('lapsed'),
    heldAt: timeCodec,
    updatedAt: timeCodec,
    limit: z.number(),
    count: z.number(),
    rows: z.array(z.string()),
    shown: z.array(computeRefCodec).default([]),
    releasedBy: z.string().nullable().default(null),
    releasedAt: maybeTime,
    spentBy: z.string().nullable().default(null),
  })
  .transform((value): Batch => value);
const decode = (row: LedgerRow): StoredBatch => ({
  batch: decodeRow(codec, row, 'batch held by the blast limit'),
  etag: row.etag,
});

export const newBatch = (
  batchId: string,
  at: number,
  limit: number,
  refs: readonly ComputeRef[],
  of: Batch['of'] = 'stops',
): Batch => ({
  batchId,
  of,
  status: 'held',
  heldAt: at,
  updatedAt: at,
  limit,
  count: refs.length,
  rows: refs.map((ref) => placeOf(ref).row),
  shown: refs.slice(0, shownAtMost),
  releasedBy: null,
  releasedAt: null,
  spentBy: null,
});

/** The newest first. */
export async function listBatches(
  ledger: Ledger,
  limit = 20,
  of: Batch['of'] = 'stops',
): Promise<readonly StoredBatch[]> {
  return (await ledger.list('sweeps', partition, { ...withPrefix(prefixOf[of]), limit })).map(decode);
}

export async function readNewestBatch(
  ledger: Ledger,
  of: Batch['of'] = 'stops',
): Promise<StoredBatch | null> {
  return (await listBatches(ledger, 1, of))[0] ?? null;
}

export async function insertBatch(ledger: Ledger, batch: Batch): Promise<boolean> {
  const value = encodeRow({ ...batch, expiresAt: batch.heldAt + historyKeptMs });
  return (await ledger.write('sweeps', partition, { kind: 'insert', row: rowFor(batch), value })).ok;
}

/** `false`: somebody else changed it in between. */
export async function replaceBatch(ledger: Ledger, stored: StoredBatch, batch: Batch): Promise<boolean> {
  const value = encodeRow({ ...batch, expiresAt: batch.heldAt + historyKeptMs });
  const row = rowFor(stored.batch);
  return (await ledger.write('sweeps', partition, { kind: 'replace', row, value, etag: stored.etag })).ok;
}
