import { z } from 'zod';
import type { Ledger } from '../ports/ledger.ts';
import { decodeRow, encodeRow, timeCodec } from './codec.ts';
import { historyKeptMs } from './time-key.ts';

/** Events of one subscription, or events set aside for one reason: counted, never kept, whatever is in them. */
export type EventCount = {
  readonly name: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
};

const codec = z.object({ name: z.string(), count: z.number(), firstAt: timeCodec, lastAt: timeCodec });
export type EventLedger = 'arrived' | 'set-aside';
const partitionOf: Readonly<Record<EventLedger, string>> = {
  arrived: 'events-arrived',
  'set-aside': 'events-set-aside',
};

/** Counts one; of several at the same moment some may count as one. `name`: a subscription id or a reason of ours. */
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
