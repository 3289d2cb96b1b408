import { z } from 'zod';
import { type ComputeRef, type ObjectId, shortHash, computeKey, type WorkspaceRef } from '../core/ids.ts';
import { type Enrolment, noEnrolment } from '../core/session/enrolment.ts';
import type { Ledger } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, timeCodec } from './codec.ts';
import { partitionOf, placeOf, withPrefix } from './partitions.ts';
import { sessionReportCodec } from './reports.ts';
import { dayMs } from './time-key.ts';

/** One row per compute is the whole truth about its agent; rows of keys and codes only say which compute they are of. */
export type StoredEnrolment = { readonly enrolment: Enrolment; readonly etag: string | null };
/** How something from outside is looked up: by a key's id, or by a code's hash. */
export type EnrolmentPointer = { readonly by: 'key' | 'code'; readonly id: string };

/** An agent silent for so long enrols anew. */
const enrolmentKeptMs = 400 * dayMs;

const codec = z
  .object({
    ref: computeRefCodec,
    owner: z
      .string()
      .transform((value) => value as ObjectId)
      .nullable()
      .default(null),
    keys: z
      .array(
        z.object({
          keyId: z.string(),
          publicKey: z.string(),
          since: timeCodec,
          counter: z.number(),
          validUntil: maybeTime,
        }),
      )
      .default([]),
    codes: z
      .array(
        z.object({
          hash: z.string(),
          createdAt: timeCodec,
          createdBy: z.string().default(''),
          validUntil: timeCodec,
          usedBy: z.string().nullable().default(null),
          inScript: z.boolean().default(false),
        }),
      )
      .default([]),
    acceptedAt: z.array(timeCodec).default([]),
    lastReport: sessionReportCodec.nullable().catch(null),
    agentVersion: z.string().nullable().default(null),
    invitedAt: maybeTime,
  })
  .transform((value): Enrolment => value);
const pointerCodec = z.object({ ref: computeRefCodec });

const pointerRow = 'pointer';
const pointerPartition = ({ by, id }: EnrolmentPointer): string => `${by}-${shortHash(id)}`;

export async function readEnrolment(ledger: Ledger, ref: ComputeRef): Promise<StoredEnrolment> {
  const { partition, row } = placeOf(ref);
  const found = await ledger.get('enrolments', partition, row);
  return found === null
    ? { enrolment: noEnrolment(ref), etag: null }
    : { enrolment: decodeRow(codec, found, 'enrolment'), etag: found.etag };
}

/** Enrolments of the workspace by compute row (`placeOf(ref).row`). */
export async function readEnrolments(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<ReadonlyMap<string, Enrolment>> {
  const rows = await ledger.list('enrolments', partitionOf(workspace), withPrefix('c-'));
  return new Map(rows.map((row) => [row.row, decodeRow(codec, row, 'enrolment')]));
}

/** Null: nobody was ever given it. What the pointer names still has to know the key or code. */
export async function findEnrolment(
  ledger: Ledger,
  pointer: EnrolmentPointer,
): Promise<StoredEnrolment | null> {
  const found = await ledger.get('enrolments', pointerPartition(pointer), pointerRow);
  return found === null ? null : readEnrolment(ledger, decodeRow(pointerCodec, found, 'enrolment').ref);
}

/** Written before the enrolment that makes it worth anything; `false`: it is of another compute. */
export async function pointTo(
  ledger: Ledger,
  pointer: EnrolmentPointer,
  ref: ComputeRef,
  expiresAt: number,
): Promise<boolean> {
  const value = encodeRow({ ref, expiresAt });
  const write = { kind: 'insert', row: pointerRow, value } as const;
  if ((await ledger.write('enrolments', pointerPartition(pointer), write)).ok) return true;
  const found = await ledger.get('enrolments', pointerPartition(pointer), pointerRow);
  if (found === null) return false;
  return computeKey(decodeRow(pointerCodec, found, 'enrolment').ref) === computeKey(ref);
}

export const keyPointerUntil = (now: number): number => now + enrolmentKeptMs;

/** `false`: it was changed by somebody else in between; read again. */
export async function replaceEnrolment(
  ledger: Ledger,
  stored: StoredEnrolment,
  enrolment: Enrolment,
  now: number,
): Promise<boolean> {
  const { partition, row } = placeOf(enrolment.ref);
  const value = encodeRow({ ...enrolment, expiresAt: now + enrolmentKeptMs });
  const write =
    stored.etag === null
      ? ({ kind: 'insert', row, value } as const)
      : ({ kind: 'replace', row, value, etag: stored.etag } as const);
  return (await ledger.write('enrolments', partition, write)).ok;
}

/** All keys and codes of the compute are worth nothing from here on. */
export async function deleteEnrolment(ledger: Ledger, ref: ComputeRef): Promise<void> {
  const { partition, row } = placeOf(ref);
  await ledger.write('enrolments', partition, { kind: 'delete', row });
}
