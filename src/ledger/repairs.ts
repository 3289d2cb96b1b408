import { z } from 'zod';
import type { ComputeRef } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, timeCodec } from './codec.ts';
import { placeOf } from './partitions.ts';
import { dayMs } from './time-key.ts';

/** A repair of a cluster that was announced: all of the fleet in one place, so that they can be counted. */
export type AnnouncedRepair = { readonly ref: ComputeRef; readonly dueAt: number };

const partition = 'repairs';
const codec = z.object({ ref: computeRefCodec, dueAt: timeCodec });
const rowOf = (ref: ComputeRef): string => placeOf(ref).row;

export async function listAnnouncedRepairs(ledger: Ledger): Promise<readonly AnnouncedRepair[]> {
  const rows = await ledger.list('findings', partition);
  return rows.map((row) => decodeRow(codec, row, 'announced repair'));
}

export async function announceRepair(ledger: Ledger, repair: AnnouncedRepair): Promise<void> {
  const value = encodeRow({ ...repair, expiresAt: repair.dueAt + 7 * dayMs });
  await ledger.write('findings', partition, { kind: 'put', row: rowOf(repair.ref), value });
}

export async function dropRepair(ledger: Ledger, ref: ComputeRef): Promise<void> {
  await ledger.write('findings', partition, { kind: 'delete', row: rowOf(ref) });
}
