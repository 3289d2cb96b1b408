import { z } from 'zod';
import type { ComputeRef } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, timeCodec } from './codec.ts';
import { placeOf } from './partitions.ts';
import { historyKeptMs } from './time-key.ts';

/** An attachment that is to be detached because it and another one break each other. */
export type DetachRemedy = {
  /** Another one when the same attachment is found again later. */
  readonly remedyId: string;
  /** What is to be detached. */
  readonly ref: ComputeRef;
  /** The finding's compute: the later of the two. */
  readonly later: ComputeRef;
  readonly begunAt: number;
  /** When somebody was told; null: nobody yet, and no clock runs. */
  readonly noticeAt: number | null;
  readonly dueAt: number | null;
  /** When the detach was asked for: written down before the call. */
  readonly askedAt: number | null;
  readonly status: 'open' | 'detached' | 'withdrawn' | 'refused' | 'failed';
  readonly why: string;
  readonly endedAt: number | null;
};
export type StoredRemedy = { readonly remedy: DetachRemedy; readonly etag: string };

const partition = 'remedies';
const codec = z
  .object({
    remedyId: z.string(),
    ref: computeRefCodec,
    later: computeRefCodec,
    begunAt: timeCodec,
    noticeAt: maybeTime,
    dueAt: maybeTime,
    askedAt: maybeTime,
    status: z.enum(['open', 'detached', 'withdrawn', 'refused', 'failed']).catch('withdrawn'),
    why: z.string().default(''),
    endedAt: maybeTime,
  })
  .transform((value): DetachRemedy => value);
const rowOf = (ref: ComputeRef): string => {
  const { partition: workspace, row } = placeOf(ref);
  return `${workspace}-${row}`;
};
const valueOf = (remedy: DetachRemedy) =>
  encodeRow({ ...remedy, expiresAt: (remedy.endedAt ?? remedy.begunAt) + historyKeptMs });

export async function readRemedy(ledger: Ledger, ref: ComputeRef): Promise<StoredRemedy | null> {
  const row = await ledger.get('attachments', partition, rowOf(ref));
  return row === null ? null : { remedy: decodeRow(codec, row, 'remedy'), etag: row.etag };
}

/** Those that run, and those of the last 90 days. */
export async function listRemedies(ledger: Ledger): Promise<readonly DetachRemedy[]> {
  const rows = await ledger.list('attachments', partition);
  return rows.map((row) => decodeRow(codec, row, 'remedy'));
}

/** Null: somebody else wrote it in between. */
export async function writeRemedy(
  ledger: Ledger,
  before: StoredRemedy | null,
  remedy: DetachRemedy,
): Promise<StoredRemedy | null> {
  const row = rowOf(remedy.ref);
  const value = valueOf(remedy);
  const written = await ledger.write(
    'attachments',
    partition,
    before === null ? { kind: 'insert', row, value } : { kind: 'replace', row, value, etag: before.etag },
  );
  return written.ok ? { remedy, etag: written.etag } : null;
}
