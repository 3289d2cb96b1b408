import { z } from 'zod';
import { LamplighterError } from '../core/errors.ts';
import { type ComputeKey, shortHash, type SubscriptionId } from '../core/ids.ts';
import type { Reserved } from '../core/quota/types.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { decodeRow, encodeRow, personCodec, timeCodec, workspaceRefCodec } from './codec.ts';
import { withPrefix } from './partitions.ts';

/** Quota promised to a request until its machine shows in Azure's numbers, or until it expires. */
export type Reservation = Reserved & { readonly reservedAt: number; readonly expiresAt: number };

const codec = z
  .object({
    requestId: z.string(),
    compute: z.string().transform((value) => value as ComputeKey),
    workspace: workspaceRefCodec,
    location: z.string(),
    owner: personCodec.nullable().default(null),
    subject: z.object({
      subscription: z.union([z.string(), z.array(z.string())]),
      workspace: z.string(),
      compute: z.string(),
      kind: z.string(),
      user: z.array(z.string()).nullable().default(null),
      teams: z.array(z.string()).nullable().default(null),
      vmSize: z.string().nullable().default(null),
      family: z.string().nullable().default(null),
      gpu: z.boolean().nullable().default(null),
      tags: z.record(z.string(), z.string()).nullable().default(null),
    }),
    cores: z.number(),
    gpus: z.number(),
    replaces: z
      .object({
        compute: z.string().transform((value) => value as ComputeKey),
        family: z.string(),
        cores: z.number(),
        gpus: z.number(),
        isLeaving: z.boolean().default(false),
      })
      .nullish(),
    reservedAt: timeCodec,
    expiresAt: timeCodec,
  })
  .transform(({ replaces, ...value }): Reservation => (replaces == null ? value : { ...value, replaces }));

const globalPartition = 'global';
const regionPartition = (subscriptionId: SubscriptionId, location: string): string =>
  `region-${shortHash(`${subscriptionId}/${location.toLowerCase()}`, 24)}`;
const partitionsOf = (one: Pick<Reserved, 'workspace' | 'location'>): readonly [string, string] => [
  globalPartition,
  regionPartition(one.workspace.subscriptionId, one.location),
];
const epochRow = 'epoch';
const rowOf = (requestId: string): string => `r-${shortHash(requestId)}`;
const decode = (row: LedgerRow): Reservation => decodeRow(codec, row, 'reservation');

/** Each lost race is one that somebody else has won, so that this many are more than a stampede. */
const attemptsAtMost = 500;

type Rows = {
  readonly epoch: LedgerRow | null;
  readonly all: readonly LedgerRow[];
  readonly live: readonly Reservation[];
};

async function readRows(ledger: Ledger, partition: string, now: number): Promise<Rows> {
  // The epoch first: what changes after it was read is found out when it is written.
  const epoch = await ledger.get('reservations', partition, epochRow);
  const all = await ledger.list('reservations', partition, withPrefix('r-'));
  return { epoch, all, live: all.map(decode).filter((one) => one.expiresAt > now) };
}

/** Writes with the epoch of the rows read; `false`: somebody else was first. */
async function writeWithEpoch(
  ledger: Ledger,
  partition: string,
  rows: Rows,
  write: Parameters<Ledger['write']>[2],
): Promise<boolean> {
  const number = (typeof rows.epoch?.value['number'] === 'number' ? rows.epoch.value['number'] : 0) + 1;
  const value = { number };
  const outcome = await ledger.transact('reservations', partition, [
    write,
    rows.epoch === null
      ? { kind: 'insert', row: epochRow, value }
      : { kind: 'replace', row: epochRow, value, etag: rows.epoch.etag },
  ]);
  return outcome.ok;
}

function contended(): LamplighterError {
  return new LamplighterError('Too many requests reserve quota at the same time.', {
    code: 'reservation.contended',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Try again in a minute.',
  });
}

export type ReservationDecision<Verdict> = { readonly granted: boolean; readonly verdict: Verdict };

async function take<Verdict>(
  ledger: Ledger,
  partition: string,
  wanted: Reservation,
  decide: (others: readonly Reservation[]) => Promise<ReservationDecision<Verdict>>,
): Promise<ReservationDecision<Verdict>> {
  for (let attempt = 0; attempt < attemptsAtMost; attempt += 1) {
    const rows = await readRows(ledger, partition, wanted.reservedAt);
    const others = rows.live.filter((one) => one.requestId !== wanted.requestId);
    const decision = await decide(others);
    if (!decision.granted) return decision;
    const put = { kind: 'put', row: rowOf(wanted.requestId), value: encodeRow(wanted) } as const;
    if (await writeWithEpoch(ledger, partition, rows, put)) return decision;
  }
  throw contended();
}

async function leave(ledger: Ledger, partition: string, requestId: string): Promise<void> {
  for (let attempt = 0; attempt < attemptsAtMost; attempt += 1) {
    const epoch = await ledger.get('reservations', partition, epochRow);
    const row = await ledger.get('reservations', partition, rowOf(requestId));
    if (row === null) return;
    const gone = { kind: 'delete', row: rowOf(requestId) } as const;
    if (await writeWithEpoch(ledger, partition, { epoch, all: [], live: [] }, gone)) return;
  }
  throw contended();
}

/**
 * Reserves if `decide` grants it, knowing all other live reservations; of parallel calls each sees those granted before
 * it. `decide` reads everything else itself, after it was called, and may be called again when somebody else was first:
 * machines must be read then, not before, since a reservation goes when its machine shows. The same request reserves
 * once, and anew if it asks again. Throws `reservation.contended` (retryable).
 *
 * `wide`: some limit reaches beyond the region, so that it is decided over the reservations of the whole fleet first, then
 * over the region's own. Without it, requests of different regions do not wait for one another.
 */
export async function reserve<Verdict>(
  ledger: Ledger,
  wanted: Reservation,
  wide: boolean,
  decide: (others: readonly Reservation[]) => Promise<ReservationDecision<Verdict>>,
): Promise<ReservationDecision<Verdict>> {
  const [global, region] = partitionsOf(wanted);
  if (wide) {
    const decision = await take(ledger, global, wanted, decide);
    if (!decision.granted) {
      // An earlier promise to the same request must not outlive its refusal.
      await release(ledger, wanted);
      return decision;
    }
  } else {
    const put = { kind: 'put', row: rowOf(wanted.requestId), value: encodeRow(wanted) } as const;
    await ledger.write('reservations', global, put);
  }
  const decision = await take(ledger, region, wanted, decide);
  if (!decision.granted) await release(ledger, wanted);
  return decision;
}

/** Gives the quota back; of one that is not there nothing happens. */
export async function release(
  ledger: Ledger,
  one: Pick<Reserved, 'requestId' | 'workspace' | 'location'>,
): Promise<void> {
  const [global, region] = partitionsOf(one);
  await leave(ledger, region, one.requestId);
  await leave(ledger, global, one.requestId);
}

/** Changes it as it is at that moment, where it is still there: what others changed meanwhile stands, and what they gave back stays so. */
async function amend(
  ledger: Ledger,
  one: Pick<Reserved, 'requestId' | 'workspace' | 'location'>,
  now: number,
  change: (stored: Reservation) => Reservation,
): Promise<boolean> {
  const [global, region] = partitionsOf(one);
  return (await amendIn(ledger, global, one.requestId, now, change))
    ? amendIn(ledger, region, one.requestId, now, change)
    : false;
}

async function amendIn(
  ledger: Ledger,
  partition: string,
  requestId: string,
  now: number,
  change: (stored: Reservation) => Reservation,
): Promise<boolean> {
  const row = rowOf(requestId);
  for (let attempt = 0; attempt < attemptsAtMost; attempt += 1) {
    const rows = await readRows(ledger, partition, now);
    const found = rows.all.find((each) => each.row === row);
    const stored = found === undefined ? null : decode(found);
    if (found === undefined || stored === null || stored.expiresAt <= now) return false;
    const value = encodeRow(change(stored));
    const replace = { kind: 'replace', row, value, etag: found.etag } as const;
    if (await writeWithEpoch(ledger, partition, rows, replace)) return true;
  }
  throw contended();
}

/** Makes it last longer, for instance while somebody is asked for approval. `false`: there is none any more. */
export const prolong = (
  ledger: Ledger,
  one: Pick<Reserved, 'requestId' | 'workspace' | 'location'>,
  expiresAt: number,
  now: number,
): Promise<boolean> => amend(ledger, one, now, (stored) => ({ ...stored, expiresAt }));

/** Says that the machine which makes room is being deleted: from now on both machines' room is kept. */
export async function markLeaving(ledger: Ledger, requestId: string, now: number): Promise<void> {
  const stored = await readReservation(ledger, requestId, now);
  if (stored === null || stored.replaces == null || stored.replaces.isLeaving) return;
  await amend(ledger, stored, now, (one) =>
    one.replaces == null ? one : { ...one, replaces: { ...one.replaces, isLeaving: true } },
  );
}

export async function readReservation(
  ledger: Ledger,
  requestId: string,
  now: number,
): Promise<Reservation | null> {
  const row = await ledger.get('reservations', globalPartition, rowOf(requestId));
  const found = row === null ? null : decode(row);
  return found === null || found.expiresAt <= now ? null : found;
}

/** Every live reservation of the fleet. */
export async function listReservations(ledger: Ledger, now: number): Promise<readonly Reservation[]> {
  return (await readRows(ledger, globalPartition, now)).live;
}
