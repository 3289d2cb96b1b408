import { z } from 'zod';
import { shortHash } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { decodeRow, encodeRow, timeCodec } from './codec.ts';
import { dayMs } from './time-key.ts';

/** A look that an event asked for: those that come before it is due are answered by it. */
export type BroughtLook = {
  /** What is to be looked at, in a form that is equal for equal things. */
  readonly subject: string;
  readonly dueAt: number;
  /** Its workflow was started. */
  readonly launched: boolean;
};
export type StoredLook = { readonly look: BroughtLook; readonly etag: string };

/** How many looks events have asked for in one workspace since then. */
export type LookBudget = { readonly subject: string; readonly sinceAt: number; readonly count: number };
export type StoredLookBudget = { readonly budget: LookBudget; readonly etag: string };

const partition = 'looks';
const budgetPartition = 'look-budgets';
const budgetCodec = z.object({ subject: z.string(), sinceAt: timeCodec, count: z.number() });
const codec = z.object({ subject: z.string(), dueAt: timeCodec, launched: z.boolean().default(false) });
export const lookRow = (subject: string): string => shortHash(subject.toLowerCase(), 24);

export async function readLook(ledger: Ledger, subject: string): Promise<StoredLook | null> {
  const row = await ledger.get('attachments', partition, lookRow(subject));
  return row === null ? null : { look: decodeRow(codec, row, 'look'), etag: row.etag };
}

/** Null: somebody else wrote it in between. */
export async function writeLook(
  ledger: Ledger,
  before: StoredLook | null,
  look: BroughtLook,
): Promise<StoredLook | null> {
  const row = lookRow(look.subject);
  const value = encodeRow({ ...look, expiresAt: look.dueAt + dayMs });
  const written = await ledger.write(
    'attachments',
    partition,
    before === null ? { kind: 'insert', row, value } : { kind: 'replace', row, value, etag: before.etag },
  );
  return written.ok ? { look, etag: written.etag } : null;
}

export async function readLookBudget(ledger: Ledger, subject: string): Promise<StoredLookBudget | null> {
  const row = await ledger.get('attachments', budgetPartition, lookRow(subject));
  return row === null ? null : { budget: decodeRow(budgetCodec, row, 'budget of looks'), etag: row.etag };
}

/** `false`: somebody else counted in between. */
export async function writeLookBudget(
  ledger: Ledger,
  before: StoredLookBudget | null,
  budget: LookBudget,
): Promise<boolean> {
  const row = lookRow(budget.subject);
  const value = encodeRow({ ...budget, expiresAt: budget.sinceAt + dayMs });
  const written = await ledger.write(
    'attachments',
    budgetPartition,
    before === null ? { kind: 'insert', row, value } : { kind: 'replace', row, value, etag: before.etag },
  );
  return written.ok;
}
