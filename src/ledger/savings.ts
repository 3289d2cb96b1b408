import { z } from 'zod';
import type { Person } from '../core/computes.ts';
import { computeKey, type ComputeRef, shortHash, type WorkspaceRef } from '../core/ids.ts';
import type { Ledger, LedgerRow, LedgerWrite } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, personCodec, timeCodec } from './codec.ts';
import { partitionOf, withPrefix } from './partitions.ts';
import { historyKeptMs, newestFirst } from './time-key.ts';

export type Regret = { readonly at: number; readonly how: 'restarted' | 'said'; readonly by: string | null };

/** One stop by Lamplighter and what came of it: hours off × price is the avoided cost. */
export type Saving = {
  readonly ref: ComputeRef;
  readonly warningId: string;
  readonly owner: Person | null;
  readonly vmSize: string | null;
  readonly reason: string;
  readonly stopRequestedAt: number;
  readonly stoppedAt: number;
  /** Null: Azure named no price. Then nothing is claimed, rather than guessed. */
  readonly pricePerHourUsd: number | null;
  /** When it was started again; null: it is off still. */
  readonly startedAt: number | null;
  readonly regret: Regret | null;
  /** The schedule that stopped it: its start is what starts it again. */
  readonly schedule?: string | null;
};
export type StoredSaving = { readonly saving: Saving; readonly etag: string; readonly row: string };

const codec = z
  .object({
    ref: computeRefCodec,
    warningId: z.string(),
    owner: personCodec.nullable().default(null),
    vmSize: z.string().nullable().default(null),
    reason: z.string().default('stop.idle'),
    stopRequestedAt: timeCodec,
    stoppedAt: timeCodec,
    pricePerHourUsd: z.number().nullable().default(null),
    startedAt: maybeTime,
    regret: z
      .object({
        at: timeCodec,
        how: z.enum(['restarted', 'said']).catch('said'),
        by: z.string().nullable().default(null),
      })
      .nullable()
      .default(null),
    schedule: z.string().nullable().default(null),
  })
  .transform((value): Saving => value);

const decode = (row: LedgerRow): StoredSaving => ({
  saving: decodeRow(codec, row, 'saving'),
  etag: row.etag,
  row: row.row,
});
const hashOf = (ref: ComputeRef): string => shortHash(computeKey(ref), 24);
const openRow = (ref: ComputeRef): string => `o-${hashOf(ref)}`;
const endedPrefix = (ref: ComputeRef): string => `e-${hashOf(ref)}-`;
const endedRow = (saving: Saving): string =>
  `${endedPrefix(saving.ref)}${newestFirst(saving.stoppedAt)}-${saving.warningId}`;
const valueOf = (saving: Saving): ReturnType<typeof encodeRow> =>
  encodeRow(saving.startedAt === null ? saving : { ...saving, expiresAt: saving.startedAt + historyKeptMs });

/** Records a stop that was observed; recorded twice it counts once. */
export async function openSaving(ledger: Ledger, saving: Saving): Promise<void> {
  const partition = partitionOf(saving.ref);
  const before = await ledger.get('savings', partition, openRow(saving.ref));
  const writes: LedgerWrite[] = [];
  if (before !== null) {
    const stored = decode(before);
    if (stored.saving.warningId === saving.warningId) return;
    // It ran in between without a sweep seeing its start: nothing more is claimed for the earlier stop.
    const ended = { ...stored.saving, startedAt: saving.stopRequestedAt };
    writes.push({ kind: 'put', row: endedRow(ended), value: valueOf(ended) });
  }
  writes.push({ kind: 'put', row: openRow(saving.ref), value: valueOf(saving) });
  await ledger.transact('savings', partition, writes);
}

/** Savings of the workspace that run still, by compute row (`c-…`). */
export async function readOpenSavings(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<ReadonlyMap<string, StoredSaving>> {
  const rows = await ledger.list('savings', partitionOf(workspace), withPrefix('o-'));
  return new Map(rows.map((row) => [row.row.replace(/^o-/, 'c-'), decode(row)]));
}

/** The compute's stops by Lamplighter, the newest first, the open one included. */
export async function readSavings(
  ledger: Ledger,
  ref: ComputeRef,
  limit = 50,
): Promise<readonly StoredSaving[]> {
  const partition = partitionOf(ref);
  const open = await ledger.get('savings', partition, openRow(ref));
  const ended = await ledger.list('savings', partition, { ...withPrefix(endedPrefix(ref)), limit });
  return [...(open === null ? [] : [open]), ...ended].map(decode);
}

/** All stops of the workspace that the ledger still holds, in no particular order. */
export async function readWorkspaceSavings(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<readonly Saving[]> {
  const partition = partitionOf(workspace);
  const open = await ledger.list('savings', partition, withPrefix('o-'));
  const ended = await ledger.list('savings', partition, withPrefix('e-'));
  return [...open, ...ended].map((row) => decode(row).saving);
}

/** It was started again. `false`: somebody else wrote that in between. */
export async function endSaving(
  ledger: Ledger,
  stored: StoredSaving,
  startedAt: number,
  regret: Regret | null,
): Promise<boolean> {
  const saving = { ...stored.saving, startedAt, regret: stored.saving.regret ?? regret };
  const done = await ledger.transact('savings', partitionOf(saving.ref), [
    { kind: 'delete', row: stored.row, etag: stored.etag },
    { kind: 'put', row: endedRow(saving), value: valueOf(saving) },
  ]);
  return done.ok;
}

/** Adds a regret to a stop that has none; `false`: it has one, or was changed in between. */
export async function addRegret(ledger: Ledger, stored: StoredSaving, regret: Regret): Promise<boolean> {
  if (stored.saving.regret !== null) return false;
  const value = valueOf({ ...stored.saving, regret });
  const partition = partitionOf(stored.saving.ref);
  return (
    await ledger.write('savings', partition, { kind: 'replace', row: stored.row, value, etag: stored.etag })
  ).ok;
}
