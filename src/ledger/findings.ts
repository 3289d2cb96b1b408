import { z } from 'zod';
import {
  aboutKey,
  type FindingAbout,
  findingKey,
  type FindingRecord,
  type RemedyNotice,
} from '../core/findings/types.ts';
import { type ObjectId, shortHash, type WorkspaceRef } from '../core/ids.ts';
import type { FindingCode } from '../core/policy/codes.ts';
import type { QuotaScope } from '../core/policy/types.ts';
import type { Ledger, LedgerRow, LedgerWrite } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, personCodec, timeCodec } from './codec.ts';
import { partitionOf, withPrefix } from './partitions.ts';
import { historyKeptMs } from './time-key.ts';
import { writeInChunks } from './write-in-chunks.ts';

const aboutCodec = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('compute'), ref: computeRefCodec }),
  z.object({
    kind: z.literal('group'),
    group: z.object({
      per: z.string().transform((value) => value as QuotaScope),
      key: z.string(),
      name: z.string(),
    }),
  }),
]);
const text = z.string().default('');

const codec = z
  .object({
    findingId: z.string(),
    code: z.string().transform((value) => value as FindingCode),
    about: aboutCodec,
    owner: personCodec.nullable().default(null),
    sentence: text,
    fix: text,
    usdPerMonth: z.number().nullable().default(null),
    remedy: z
      .discriminatedUnion('kind', [
        z.object({
          kind: z.literal('scale'),
          minNodes: z.number().nullable().default(null),
          scaleDownAfterMs: z.number().nullable().default(null),
        }),
        z.object({ kind: z.literal('delete'), createdAt: timeCodec }),
      ])
      .nullable()
      .catch(null),
    manager: z
      .string()
      .transform((value) => value as ObjectId)
      .nullable()
      .default(null),
    // A consent that cannot be read is none.
    consent: z
      .object({ by: personCodec, at: timeCodec, until: timeCodec, createdAt: timeCodec })
      .nullable()
      .catch(null),
    raisedAt: timeCodec,
    seenAt: timeCodec,
    toldAt: maybeTime,
    tellings: z.number().default(0),
    accepted: z
      .object({ until: timeCodec, by: text, why: z.string().nullable().default(null), at: timeCodec })
      .nullable()
      .default(null),
    fixedAt: maybeTime,
    fixedToldAt: maybeTime,
    notice: z
      .object({
        givenAt: timeCodec,
        quietSinceAt: maybeTime,
        triedAt: maybeTime,
        doneAt: maybeTime,
        failure: z.string().nullable().default(null),
      })
      .transform((value): RemedyNotice => value)
      .nullable()
      .catch(null),
  })
  .transform((value): FindingRecord => value);

export type StoredFinding = { readonly record: FindingRecord; readonly etag: string };

/** Findings about a workspace's computes share a partition, those about groups another. */
export const groupPartition = 'groups';
export const partitionOfFinding = (about: FindingAbout): string =>
  about.kind === 'compute' ? partitionOf(about.ref) : groupPartition;

const decode = (row: LedgerRow): StoredFinding => ({
  record: decodeRow(codec, row, 'finding'),
  etag: row.etag,
});
const openPrefix = 'f-';
const endedPrefix = 'x-';
const openRow = (record: Pick<FindingRecord, 'code' | 'about'>): string =>
  `${openPrefix}${shortHash(aboutKey(record.about), 16)}-${shortHash(findingKey(record), 16)}`;

async function readOpen(ledger: Ledger, partition: string): Promise<readonly StoredFinding[]> {
  return (await ledger.list('findings', partition, withPrefix(openPrefix))).map(decode);
}

/** Open findings about the workspace's computes. */
export const readOpenFindings = (
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<readonly StoredFinding[]> => readOpen(ledger, partitionOf(workspace));
/** Open findings about groups of quotas. */
export const readOpenGroupFindings = (ledger: Ledger): Promise<readonly StoredFinding[]> =>
  readOpen(ledger, groupPartition);

export async function readOpenFinding(
  ledger: Ledger,
  code: FindingCode,
  about: FindingAbout,
): Promise<StoredFinding | null> {
  const row = await ledger.get('findings', partitionOfFinding(about), openRow({ code, about }));
  return row === null ? null : decode(row);
}

/** Those that ended within the last 90 days, in no particular order. */
export async function readEndedFindings(
  ledger: Ledger,
  partition: string,
): Promise<readonly FindingRecord[]> {
  const rows = await ledger.list('findings', partition, withPrefix(endedPrefix));
  return rows.map((row) => decode(row).record);
}

const valueOf = (record: FindingRecord): LedgerWrite & { kind: 'put' } => ({
  kind: 'put',
  row: openRow(record),
  value: encodeRow(record),
});

const isWorthWriting = (record: FindingRecord, before: FindingRecord | undefined): boolean =>
  before === undefined ||
  JSON.stringify({ ...record, seenAt: 0 }) !== JSON.stringify({ ...before, seenAt: 0 }) ||
  record.seenAt - before.seenAt >= 24 * 3_600_000;

/**
 * Writes the findings of one partition: those that are over leave the open ones and are kept for 90 days. An acceptance
 * or a consent that was written, or taken back, since `before` was read stands.
 */
export async function writeFindings(
  ledger: Ledger,
  partition: string,
  records: readonly { readonly record: FindingRecord; readonly over: boolean }[],
  before: readonly StoredFinding[],
): Promise<void> {
  const known = new Map(before.map(({ record }) => [findingKey(record), record]));
  const puts: LedgerWrite[] = [];
  for (const { record, over } of records) {
    const old = known.get(findingKey(record));
    if (over) {
      const value = encodeRow({ ...record, expiresAt: (record.fixedAt ?? record.seenAt) + historyKeptMs });
      puts.push({ kind: 'put', row: `${endedPrefix}${record.findingId}`, value });
      puts.push({ kind: 'delete', row: openRow(record) });
      continue;
    }
    if (old !== undefined && old.findingId !== record.findingId) {
      const value = encodeRow({ ...old, expiresAt: (old.fixedAt ?? old.seenAt) + historyKeptMs });
      puts.push({ kind: 'put', row: `${endedPrefix}${old.findingId}`, value });
    }
    if (!isWorthWriting(record, old)) continue;
    if (!(await writeOver(ledger, partition, record))) puts.push(valueOf(record));
  }
  await writeInChunks(ledger, 'findings', partition, puts);
}

const wordsAtMost = 5;

/**
 * Writes a finding over the one that is there, with the words of people as they are at that very moment: what somebody has
 * just taken back must not come back. Who speaks all the time is waited for by the next sweep. `false`: there is none yet.
 */
async function writeOver(ledger: Ledger, partition: string, record: FindingRecord): Promise<boolean> {
  for (let attempt = 0; attempt < wordsAtMost; attempt += 1) {
    const row = await ledger.get('findings', partition, openRow(record));
    if (row === null) return false;
    const stored = decode(row);
    const isSame = stored.record.findingId === record.findingId;
    const { accepted, consent = null } = stored.record;
    if (await replaceFinding(ledger, stored, isSame ? { ...record, accepted, consent } : record)) break;
  }
  return true;
}

/** `false`: it was changed in between. */
export async function replaceFinding(
  ledger: Ledger,
  stored: StoredFinding,
  record: FindingRecord,
): Promise<boolean> {
  const outcome = await ledger.write('findings', partitionOfFinding(record.about), {
    kind: 'replace',
    row: openRow(record),
    value: encodeRow(record),
    etag: stored.etag,
  });
  return outcome.ok;
}
