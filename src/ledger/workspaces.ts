import { z } from 'zod';
import type { WorkspaceRef } from '../core/ids.ts';
import type { Ledger, LedgerWrite } from '../ports/ledger.ts';
import { decodeRow, encodeRow, timeCodec, workspaceRefCodec } from './codec.ts';
import { partitionOf } from './partitions.ts';
import { historyKeptMs } from './time-key.ts';
import { writeInChunks } from './write-in-chunks.ts';

/** A workspace as the last sweep found it; lets page and CLI list the fleet without asking Azure. */
export type SeenWorkspace = {
  readonly ref: WorkspaceRef;
  readonly location: string;
  readonly seenAt: number;
  /** Computes of every kind that it held; null: they were not listed. */
  readonly computes: number | null;
};

const partition = 'workspaces';
const codec = z
  .object({
    ref: workspaceRefCodec,
    location: z.string().default(''),
    seenAt: timeCodec,
    computes: z.number().nullable().default(null),
  })
  .transform((value): SeenWorkspace => value);

export async function writeSeenWorkspaces(ledger: Ledger, seen: readonly SeenWorkspace[]): Promise<void> {
  const writes = seen.map((one): LedgerWrite => {
    const value = encodeRow({ ...one, expiresAt: one.seenAt + historyKeptMs });
    return { kind: 'put', row: partitionOf(one.ref), value };
  });
  await writeInChunks(ledger, 'sweeps', partition, writes);
}

export async function listSeenWorkspaces(ledger: Ledger): Promise<readonly SeenWorkspace[]> {
  return (await ledger.list('sweeps', partition)).map((row) => decodeRow(codec, row, 'workspace'));
}

export async function readSeenWorkspace(ledger: Ledger, ref: WorkspaceRef): Promise<SeenWorkspace | null> {
  const row = await ledger.get('sweeps', partition, partitionOf(ref));
  return row === null ? null : decodeRow(codec, row, 'workspace');
}
