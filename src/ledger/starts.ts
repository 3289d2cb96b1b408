import { z } from 'zod';
import { type ComputeRef, shortHash, type WorkspaceRef } from '../core/ids.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, timeCodec } from './codec.ts';
import { partitionOf, placeOf, withPrefix } from './partitions.ts';
import { historyKeptMs } from './time-key.ts';

/** The last start that a schedule asked for about one instance. */
export type ScheduledStartRow = {
  readonly ref: ComputeRef;
  readonly schedule: string;
  /** The schedule's own time. */
  readonly startAt: number;
  /** When Azure was last asked: written before the call. */
  readonly requestedAt: number | null;
  readonly acceptedAt: number | null;
  readonly attempts: number;
  /** When it was seen to have come to Running; null: it is not over. */
  readonly doneAt: number | null;
};

const codec = z
  .object({
    ref: computeRefCodec,
    schedule: z.string(),
    startAt: timeCodec,
    requestedAt: maybeTime,
    acceptedAt: maybeTime,
    attempts: z.number().default(0),
    doneAt: maybeTime,
  })
  .transform((value): ScheduledStartRow => value);

const rowOf = (ref: ComputeRef, schedule: string): string => `${placeOf(ref).row}-${shortHash(schedule, 12)}`;
const decode = (row: LedgerRow): ScheduledStartRow => decodeRow(codec, row, 'scheduled start');

export async function readStart(
  ledger: Ledger,
  ref: ComputeRef,
  schedule: string,
): Promise<ScheduledStartRow | null> {
  const found = await ledger.get('starts', partitionOf(ref), rowOf(ref, schedule));
  return found === null ? null : decode(found);
}

/** Of the workspace, by compute row. */
export async function readStarts(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<ReadonlyMap<string, readonly ScheduledStartRow[]>> {
  const starts = new Map<string, ScheduledStartRow[]>();
  for (const start of (await ledger.list('starts', partitionOf(workspace), withPrefix('c-'))).map(decode)) {
    const { row } = placeOf(start.ref);
    starts.set(row, [...(starts.get(row) ?? []), start]);
  }
  return starts;
}

/** One workflow writes about one start, so that the newest word is the true one. */
export async function putStart(ledger: Ledger, start: ScheduledStartRow): Promise<void> {
  const value = encodeRow({ ...start, expiresAt: start.startAt + historyKeptMs });
  await ledger.write('starts', partitionOf(start.ref), {
    kind: 'put',
    row: rowOf(start.ref, start.schedule),
    value,
  });
}
