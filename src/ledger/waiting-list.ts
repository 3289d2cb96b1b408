import { z } from 'zod';
import { type ObjectId, shortHash } from '../core/ids.ts';
import { isOpen, type Place } from '../core/waiting/place.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { decodeRow, encodeRow, maybeTime, timeCodec } from './codec.ts';
import { wishCodec } from './wish-codec.ts';
import { historyKeptMs } from './time-key.ts';

export type StoredPlace = { readonly place: Place; readonly etag: string };

const codec = z
  .object({
    placeId: z.string(),
    fromRequestId: z.string(),
    wish: wishCodec,
    since: timeCodec,
    until: timeCodec,
    autoStart: z.boolean().default(false),
    limits: z.array(z.object({ key: z.string(), code: z.string(), detail: z.string() })).default([]),
    overtaken: z.number().default(0),
    attempt: z.number().default(0),
    state: z.enum(['waiting', 'offered', 'taken', 'left', 'expired', 'lapsed', 'refused']),
    offer: z.object({ requestId: z.string(), until: timeCodec, toldAt: maybeTime }).nullable().default(null),
    requestId: z.string().nullable().default(null),
    sentence: z.string().default(''),
    updatedAt: timeCodec,
    endedAt: maybeTime,
  })
  .transform((value): Place => value);

const partition = 'waiting';
const decode = (row: LedgerRow): StoredPlace => ({
  place: decodeRow(codec, row, 'place on the waiting list'),
  etag: row.etag,
});
const valueOf = (place: Place) =>
  encodeRow({ ...place, ...(place.endedAt === null ? {} : { expiresAt: place.endedAt + historyKeptMs }) });

/** One per person and size: whoever asks again has the same. */
export const placeIdOf = (person: ObjectId, vmSize: string): string =>
  `w${shortHash(`waiting|${person}|${vmSize.toLowerCase()}`, 24)}`;
export const isPlaceId = (text: string): boolean => /^w[0-9a-f]{24}$/.test(text);

export async function readPlace(ledger: Ledger, placeId: string): Promise<StoredPlace | null> {
  const row = await ledger.get('requests', partition, placeId);
  return row === null ? null : decode(row);
}

/** Null: somebody else wrote it in between. `before` null: there was none. */
export async function writePlace(
  ledger: Ledger,
  before: StoredPlace | null,
  place: Place,
): Promise<StoredPlace | null> {
  const row = place.placeId;
  const value = valueOf(place);
  const write =
    before === null
      ? ({ kind: 'insert', row, value } as const)
      : ({ kind: 'replace', row, value, etag: before.etag } as const);
  const written = await ledger.write('requests', partition, write);
  return written.ok ? { place, etag: written.etag } : null;
}

/** All of the last ninety days, those who came first first. */
export async function listPlaces(ledger: Ledger): Promise<readonly StoredPlace[]> {
  const rows = await ledger.list('requests', partition);
  return rows
    .map(decode)
    .toSorted(
      ({ place: one }, { place: other }) => one.since - other.since || (one.placeId < other.placeId ? -1 : 1),
    );
}

export const listOpenPlaces = async (ledger: Ledger): Promise<readonly StoredPlace[]> =>
  (await listPlaces(ledger)).filter(({ place }) => isOpen(place));
