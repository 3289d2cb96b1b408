import { z } from 'zod';
import type { ComputeRef, WorkspaceRef } from '../core/ids.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { computeRefCodec, encodeRow, personCodec, timeCodec } from './codec.ts';
import { partitionOf, placeOf } from './partitions.ts';
import { dayMs, historyKeptMs } from './time-key.ts';

/** "Not now": holds against every stop until `until`. */
export type Snooze = {
  readonly ref: ComputeRef | null;
  readonly until: number;
  readonly at: number;
  readonly by: string;
  /** The row is there but says nothing we understand: somebody wanted peace, so it holds. */
  readonly unreadable?: true;
};

const codec = z.object({
  ref: computeRefCodec,
  until: timeCodec,
  at: timeCodec,
  by: z.union([z.string(), personCodec.transform((person) => person.name ?? person.objectId)]).default(''),
});

function decode(row: LedgerRow, now: number): Snooze {
  const parsed = codec.safeParse(row.value);
  return parsed.success
    ? parsed.data
    : { ref: null, until: now + dayMs, at: now, by: 'unreadable row', unreadable: true };
}

/** The snooze that holds at `now`; an expired one is none. */
export async function readSnooze(ledger: Ledger, ref: ComputeRef, now: number): Promise<Snooze | null> {
  const { partition, row } = placeOf(ref);
  const found = await ledger.get('snoozes', partition, row);
  if (found === null) return null;
  const snooze = decode(found, now);
  return snooze.until > now ? snooze : null;
}

/** Snoozes of the workspace that hold at `now`, by compute row. */
export async function readSnoozes(
  ledger: Ledger,
  workspace: WorkspaceRef,
  now: number,
): Promise<ReadonlyMap<string, Snooze>> {
  const rows = await ledger.list('snoozes', partitionOf(workspace));
  return new Map(
    rows.map((row) => [row.row, decode(row, now)] as const).filter(([, snooze]) => snooze.until > now),
  );
}

/** Replaces an earlier one, also a longer one: the last word counts. `until` ≤ now ends it. */
export async function writeSnooze(
  ledger: Ledger,
  snooze: Snooze & { readonly ref: ComputeRef },
): Promise<void> {
  const { partition, row } = placeOf(snooze.ref);
  const value = encodeRow({ ...snooze, expiresAt: snooze.until + historyKeptMs });
  await ledger.write('snoozes', partition, { kind: 'put', row, value });
}
