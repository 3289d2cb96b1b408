import { z } from 'zod';
import type { Person } from '../core/computes.ts';
import { LamplighterError } from '../core/errors.ts';
import type { ComputeRef, ObjectId, WorkspaceRef } from '../core/ids.ts';
import type { LedgerRow, LedgerValue } from '../ports/ledger.ts';

/**
 * Rows outlive the release that wrote them: members unknown to this release are dropped, members that an older
 * release did not write have a default, and words that may grow (reasons, kinds) are not checked against a list.
 */
export const workspaceRefCodec = z
  .object({ subscriptionId: z.string(), resourceGroup: z.string(), workspace: z.string() })
  .transform((value) => value as WorkspaceRef);

export const computeRefCodec = z
  .object({
    subscriptionId: z.string(),
    resourceGroup: z.string(),
    workspace: z.string(),
    compute: z.string(),
  })
  .transform((value) => value as ComputeRef);

export const personCodec = z
  .object({ objectId: z.string(), name: z.string().nullable().default(null) })
  .transform((value): Person => ({ objectId: value.objectId as ObjectId, name: value.name }));

export const timeCodec = z.number().finite();
/** A member that older rows lack, or that does not apply. */
export const maybeTime = timeCodec.nullable().default(null);

/** Throws `ledger.row-unreadable`: whoever meets such a row keeps the compute and says so, never guesses. */
export function decodeRow<T>(codec: z.ZodType<T>, row: LedgerRow, what: string): T {
  const parsed = codec.safeParse(row.value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new LamplighterError(
    `The ${what} in row ${row.partition}/${row.row} cannot be read: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    {
      code: 'ledger.row-unreadable',
      fault: 'lamplighter',
      fix: 'Correct or delete that row of the ledger; until then the compute is kept.',
    },
  );
}

/** A typed value as a row's value; the types of the row modules hold nothing that JSON cannot carry. */
export const encodeRow = (value: object): LedgerValue => value as LedgerValue;
