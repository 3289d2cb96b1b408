import { z } from 'zod';
import type { ComputeRef } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, timeCodec } from './codec.ts';

/** The policy that decides now. */
export type CurrentPolicy = {
  readonly hash: string;
  readonly sinceAt: number;
  readonly approvedBy: string | null;
};
/** A changed policy that would newly warn more than the blast limit allows: an admin looks at the list first. */
export type PendingPolicy = {
  readonly hash: string;
  readonly insteadOf: string;
  readonly at: number;
  readonly limit: number;
  readonly count: number;
  /** Compute rows (`placeOf(ref).row`) of those that it would newly warn, and the first hundred of them for people. */
  readonly rows: readonly string[];
  readonly shown: readonly ComputeRef[];
  readonly approvedBy: string | null;
  readonly approvedAt: number | null;
};

const texts = 'texts';
const state = 'state';
const textCodec = z.object({ hash: z.string(), text: z.string(), at: timeCodec });
const currentCodec = z
  .object({ hash: z.string(), sinceAt: timeCodec, approvedBy: z.string().nullable().default(null) })
  .transform((value): CurrentPolicy => value);
const pendingCodec = z
  .object({
    hash: z.string(),
    insteadOf: z.string().default(''),
    at: timeCodec,
    limit: z.number(),
    count: z.number(),
    rows: z.array(z.string()).default([]),
    shown: z.array(computeRefCodec).default([]),
    approvedBy: z.string().nullable().default(null),
    approvedAt: maybeTime,
  })
  .transform((value): PendingPolicy => value);

/** Stored by content, so that every decision can be explained by the very text it was made under. */
export async function storePolicyText(ledger: Ledger, hash: string, text: string, at: number): Promise<void> {
  await ledger.write('policies', texts, { kind: 'insert', row: hash, value: { hash, text, at } });
}

export async function readPolicyText(ledger: Ledger, hash: string): Promise<string | null> {
  const row = await ledger.get('policies', texts, hash);
  return row === null ? null : decodeRow(textCodec, row, 'policy text').text;
}

export async function readCurrentPolicy(ledger: Ledger): Promise<CurrentPolicy | null> {
  const row = await ledger.get('policies', state, 'current');
  return row === null ? null : decodeRow(currentCodec, row, 'pointer to the current policy');
}

export async function writeCurrentPolicy(ledger: Ledger, current: CurrentPolicy): Promise<void> {
  await ledger.write('policies', state, { kind: 'put', row: 'current', value: encodeRow(current) });
}

export async function readPendingPolicy(
  ledger: Ledger,
): Promise<{ readonly pending: PendingPolicy; readonly etag: string } | null> {
  const row = await ledger.get('policies', state, 'pending');
  return row === null ? null : { pending: decodeRow(pendingCodec, row, 'pending policy'), etag: row.etag };
}

/** `etag` null: there was none. `false`: somebody else wrote it in between. */
export async function writePendingPolicy(
  ledger: Ledger,
  pending: PendingPolicy,
  etag: string | null,
): Promise<boolean> {
  const value = encodeRow(pending);
  const write =
    etag === null
      ? ({ kind: 'insert', row: 'pending', value } as const)
      : ({ kind: 'replace', row: 'pending', value, etag } as const);
  return (await ledger.write('policies', state, write)).ok;
}

export async function dropPendingPolicy(ledger: Ledger): Promise<void> {
  await ledger.write('policies', state, { kind: 'delete', row: 'pending' });
}
