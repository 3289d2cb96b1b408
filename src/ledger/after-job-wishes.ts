import { z } from 'zod';
import type { Person } from '../core/computes.ts';
import type { ComputeRef, WorkspaceRef } from '../core/ids.ts';
import type { StopAfterJob, WishOutcome } from '../core/idle/stop-after-job.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, personCodec, timeCodec } from './codec.ts';
import { partitionOf, placeOf } from './partitions.ts';
import { historyKeptMs } from './time-key.ts';

/** The wish about one compute that was said last: it holds until it has ended. */
export type AfterJobWish = StopAfterJob & {
  readonly wishId: string;
  readonly ref: ComputeRef;
  /** Whom to tell of it. */
  readonly owner: Person | null;
  readonly endedAt: number | null;
  readonly outcome: WishOutcome | null;
  /** What is still to be told; null: nothing. */
  readonly untold: { readonly id: string; readonly title: string; readonly sentence: string } | null;
};
export type StoredWish = { readonly wish: AfterJobWish; readonly etag: string };

const outcomes = ['stopped', 'withdrawn', 'expired', 'used', 'restarted', 'over'] as const;
const codec = z
  .object({
    wishId: z.string(),
    ref: computeRefCodec,
    owner: personCodec.nullable().default(null),
    job: z.string().nullable().default(null),
    by: z.string().default(''),
    askedAt: timeCodec,
    quietForMs: z.number(),
    untilAt: timeCodec,
    jobEndedAt: maybeTime,
    clearAt: maybeTime,
    saidUnknownAt: maybeTime,
    endedAt: maybeTime,
    outcome: z.enum(outcomes).nullable().catch('over').default(null),
    untold: z
      .object({ id: z.string(), title: z.string(), sentence: z.string() })
      .nullable()
      .catch(null)
      .default(null),
  })
  .transform((value): AfterJobWish => value);

const partitionFor = (workspace: WorkspaceRef): string => `after-job-${partitionOf(workspace)}`;
const decode = (row: LedgerRow): StoredWish => ({ wish: decodeRow(codec, row, 'wish'), etag: row.etag });
const valueOf = (wish: AfterJobWish) =>
  encodeRow({ ...wish, expiresAt: (wish.endedAt ?? wish.untilAt) + historyKeptMs });

/** The last one, also if it has ended. */
export async function readWish(ledger: Ledger, ref: ComputeRef): Promise<StoredWish | null> {
  const row = await ledger.get('snoozes', partitionFor(ref), placeOf(ref).row);
  return row === null ? null : decode(row);
}

/** Those that hold, or of which something is still to be told, by compute row. */
export async function readWishes(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<ReadonlyMap<string, StoredWish>> {
  const rows = await ledger.list('snoozes', partitionFor(workspace));
  return new Map(
    rows
      .map((row) => [row.row, decode(row)] as const)
      .filter(([, { wish }]) => wish.endedAt === null || wish.untold !== null),
  );
}

/** A new word replaces the one before, whatever became of that. */
export async function writeWish(ledger: Ledger, wish: AfterJobWish): Promise<void> {
  const { row } = placeOf(wish.ref);
  await ledger.write('snoozes', partitionFor(wish.ref), { kind: 'put', row, value: valueOf(wish) });
}

/** Null: somebody said something else in between. */
export async function replaceWish(
  ledger: Ledger,
  stored: StoredWish,
  wish: AfterJobWish,
): Promise<StoredWish | null> {
  const { row } = placeOf(wish.ref);
  const write = { kind: 'replace', row, value: valueOf(wish), etag: stored.etag } as const;
  const written = await ledger.write('snoozes', partitionFor(wish.ref), write);
  return written.ok ? { wish, etag: written.etag } : null;
}
