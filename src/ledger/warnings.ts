import { z } from 'zod';
import type { Person } from '../core/computes.ts';
import { computeKey, type ComputeRef, shortHash, type WorkspaceRef } from '../core/ids.ts';
import type { WarnReason } from '../core/idle/types.ts';
import type { ScheduledStop } from '../core/schedule/stop-claims.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, personCodec, timeCodec } from './codec.ts';
import { partitionOf, placeOf, withPrefix } from './partitions.ts';
import { historyKeptMs, newestFirst } from './time-key.ts';

/** Withdrawn: found in use, snoozed, changed … Gone: stopped or deleted by somebody else. Failed: Azure would not stop it. */
export type WarningOutcome = 'withdrawn' | 'stopped' | 'gone' | 'failed' | 'undelivered';

export type StopAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'wait'; readonly until: number; readonly message: string }
  /** Azure refused. `message` carries its own words, and what they mean where we know. */
  | { readonly kind: 'failed'; readonly message: string };

export type Warning = {
  readonly ref: ComputeRef;
  readonly warningId: string;
  readonly reason: WarnReason;
  readonly owner: Person | null;
  readonly sweepId: string;
  /** Number of the sweep at which the stop falls due: the blast limit counts over it. */
  readonly dueInSweep: number;
  /** An admin released it from a batch that the blast limit held; it is not counted again. */
  readonly released: boolean;
  readonly openedAt: number;
  readonly warnMs: number;
  /** When the notifier accepted it; null: nobody was told yet and no clock runs. */
  readonly warnedAt: number | null;
  readonly stopDueAt: number | null;
  readonly deliveryAttempts: number;
  readonly undeliveredBecause: string | null;
  /** When a stop was last asked for: written before the call, so that a lost answer is known to be ours. */
  readonly stopRequestedAt: number | null;
  /** When Azure accepted the stop, or was found obeying it. */
  readonly stopAcceptedAt: number | null;
  readonly stopAttempts: number;
  /** What came of the last stop asked for, and which look asked: that look, delivered again, asks no second time. */
  readonly answered?: { readonly orderedAt: number; readonly answer: StopAnswer } | null;
  /** When it came to Running, as the first look knew it: once it is Stopping, Azure no longer says. */
  readonly startedAt: number | null;
  /** Since when it was idle, as the first look knew it. */
  readonly idleSinceAt: number | null;
  readonly pricePerHourUsd: number | null;
  /** The stop that a schedule's warning announces. */
  readonly schedule?: ScheduledStop | null;
};
export type ClosedWarning = Warning & {
  readonly outcome: WarningOutcome;
  readonly closedAt: number;
  readonly closedReason: string;
  /** What the owner is to be told of it: the sentence; null: nothing. */
  readonly tell: string | null;
  readonly toldAt: number | null;
};
export type StoredWarning = { readonly warning: Warning; readonly etag: string };

const answerCodec = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted') }),
  z.object({ kind: z.literal('gone') }),
  z.object({ kind: z.literal('wait'), until: timeCodec, message: z.string() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
const members = {
  ref: computeRefCodec,
  warningId: z.string(),
  reason: z.string().transform((value) => value as WarnReason),
  owner: personCodec.nullable().default(null),
  sweepId: z.string().default(''),
  dueInSweep: z.number().default(0),
  released: z.boolean().default(false),
  openedAt: timeCodec,
  warnMs: z.number(),
  warnedAt: maybeTime,
  stopDueAt: maybeTime,
  deliveryAttempts: z.number().default(0),
  undeliveredBecause: z.string().nullable().default(null),
  stopRequestedAt: maybeTime,
  stopAcceptedAt: maybeTime,
  stopAttempts: z.number().default(0),
  answered: z.object({ orderedAt: timeCodec, answer: answerCodec }).nullable().catch(null).default(null),
  startedAt: maybeTime,
  idleSinceAt: maybeTime,
  pricePerHourUsd: z.number().nullable().default(null),
  schedule: z.object({ name: z.string(), stopAt: timeCodec }).nullable().default(null),
};
const codec = z.object(members).transform((value): Warning => value);
const closedCodec = z
  .object({
    ...members,
    outcome: z.enum(['withdrawn', 'stopped', 'gone', 'failed', 'undelivered']).catch('withdrawn'),
    closedAt: timeCodec,
    closedReason: z.string().default(''),
    tell: z.string().nullable().default(null),
    toldAt: maybeTime,
  })
  .transform((value): ClosedWarning => value);

const decode = (row: LedgerRow): StoredWarning => ({
  warning: decodeRow(codec, row, 'warning'),
  etag: row.etag,
});
const closedPrefix = (ref: ComputeRef): string => `x-${shortHash(computeKey(ref), 24)}-`;
// A long warning of maximum uptime and a short one of idleness may run side by side.
const openRow = (ref: ComputeRef, reason: WarnReason): string =>
  `${placeOf(ref).row}-${reason.replace(/^warn\./, '')}`;

/** The warning of that rule that is out about this compute, if one is. */
export async function readOpenWarning(
  ledger: Ledger,
  ref: ComputeRef,
  reason: WarnReason,
): Promise<StoredWarning | null> {
  const found = await ledger.get('warnings', partitionOf(ref), openRow(ref, reason));
  return found === null ? null : decode(found);
}

/** All warnings that are out about this compute: at most one of each rule. */
export async function readOpenWarningsOf(ledger: Ledger, ref: ComputeRef): Promise<readonly StoredWarning[]> {
  const rows = await ledger.list('warnings', partitionOf(ref), withPrefix(`${placeOf(ref).row}-`));
  return rows.map(decode);
}

/** Open warnings of the workspace by compute row. */
export async function readOpenWarnings(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<ReadonlyMap<string, readonly StoredWarning[]>> {
  const rows = await ledger.list('warnings', partitionOf(workspace), withPrefix('c-'));
  const warnings = new Map<string, StoredWarning[]>();
  for (const stored of rows.map(decode)) {
    const { row } = placeOf(stored.warning.ref);
    warnings.set(row, [...(warnings.get(row) ?? []), stored]);
  }
  return warnings;
}

/** Inserts it; a compute has one open warning of each rule, so `false` means that another one is out. */
export async function insertWarning(ledger: Ledger, warning: Warning): Promise<boolean> {
  const row = openRow(warning.ref, warning.reason);
  const value = encodeRow(warning);
  return (await ledger.write('warnings', partitionOf(warning.ref), { kind: 'insert', row, value })).ok;
}

/** Null: it was changed or closed by somebody else in between; read again. */
export async function replaceWarning(
  ledger: Ledger,
  stored: StoredWarning,
  changes: Partial<Warning>,
): Promise<StoredWarning | null> {
  const warning = { ...stored.warning, ...changes };
  const row = openRow(warning.ref, warning.reason);
  const write = { kind: 'replace', row, value: encodeRow(warning), etag: stored.etag } as const;
  const written = await ledger.write('warnings', partitionOf(warning.ref), write);
  return written.ok ? { warning, etag: written.etag } : null;
}

const closedRow = (closed: ClosedWarning): string =>
  `${closedPrefix(closed.ref)}${newestFirst(closed.closedAt)}-${closed.warningId}`;
const closedValue = (closed: ClosedWarning): ReturnType<typeof encodeRow> =>
  encodeRow({ ...closed, expiresAt: closed.closedAt + historyKeptMs });

/** Closes it and keeps what became of it; null: it was changed or closed by somebody else in between. */
export async function closeWarning(
  ledger: Ledger,
  stored: StoredWarning,
  close: Pick<ClosedWarning, 'outcome' | 'closedAt' | 'closedReason' | 'tell'>,
): Promise<ClosedWarning | null> {
  const closed: ClosedWarning = { ...stored.warning, ...close, toldAt: null };
  const { ref, reason } = closed;
  const done = await ledger.transact('warnings', partitionOf(ref), [
    { kind: 'delete', row: openRow(ref, reason), etag: stored.etag },
    { kind: 'put', row: closedRow(closed), value: closedValue(closed) },
  ]);
  return done.ok ? closed : null;
}

/** The owner was told what became of it. */
export async function markTold(ledger: Ledger, closed: ClosedWarning, toldAt: number): Promise<void> {
  const row = closedRow(closed);
  const value = closedValue({ ...closed, toldAt });
  await ledger.write('warnings', partitionOf(closed.ref), { kind: 'put', row, value });
}

/** Closed warnings of one compute, the newest first. */
export async function readClosedWarnings(
  ledger: Ledger,
  ref: ComputeRef,
  limit = 20,
): Promise<readonly ClosedWarning[]> {
  const rows = await ledger.list('warnings', partitionOf(ref), { ...withPrefix(closedPrefix(ref)), limit });
  return rows.map((row) => decodeRow(closedCodec, row, 'closed warning'));
}
