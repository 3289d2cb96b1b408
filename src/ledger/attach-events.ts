import { z } from 'zod';
import type { Ledger } from '../ports/ledger.ts';
import { decodeRow, encodeRow, timeCodec } from './codec.ts';
import { historyKeptMs } from './time-key.ts';

/** Events of one subscription, of one kind, or set aside for one reason: counted, never kept, whatever is in them. */
export type EventCount = {
  readonly name: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
};

const codec = z.object({ name: z.string(), count: z.number(), firstAt: timeCodec, lastAt: timeCodec });
export type EventLedger = 'arrived' | 'set-aside' | 'kinds';
const partitionOf: Readonly<Record<EventLedger, string>> = {
  arrived: 'events-arrived',
  'set-aside': 'events-set-aside',
  kinds: 'events-kinds',
};

/** Counts one; of several at the same moment some may count as one. `name`: a subscription id, a kind, or a reason of ours. */
export async function countEvent(
  ledger: Ledger,
  which: EventLedger,
  name: string,
  now: number,
): Promise<void> {
  const partition = partitionOf[which];
  const found = await ledger.get('attachments', partition, name);
  const before = found === null ? null : decodeRow(codec, found, 'count of events');
  const count: EventCount = {
    name,
    count: (before?.count ?? 0) + 1,
    firstAt: before?.firstAt ?? now,
    lastAt: now,
  };
  const value = encodeRow({ ...count, expiresAt: now + historyKeptMs });
  await ledger.write(
    'attachments',
    partition,
    found === null
      ? { kind: 'insert', row: name, value }
      : { kind: 'replace', row: name, value, etag: found.etag },
  );
}

export async function listEventCounts(ledger: Ledger, which: EventLedger): Promise<readonly EventCount[]> {
  const rows = await ledger.list('attachments', partitionOf[which]);
  return rows.map((row) => decodeRow(codec, row, 'count of events'));
}

/** Whoever forges events can make up kinds; Azure sends a dozen. */
const kindsAtMost = 40;

export async function countEventKind(ledger: Ledger, kind: string, now: number): Promise<void> {
  const known = await listEventCounts(ledger, 'kinds');
  if (known.length >= kindsAtMost && known.every(({ name }) => name !== kind)) return;
  await countEvent(ledger, 'kinds', kind, now);
}
