import { z } from 'zod';
import type { Person } from '../core/computes.ts';
import type { ComputeRef } from '../core/ids.ts';
import { type AttachableKind, attachableKinds } from '../core/policy/kinds.ts';
import type { RefusalCode } from '../core/policy/codes.ts';
import { type AttachmentStatus, attachmentStatuses } from '../core/targets/attachment-status.ts';
import type { AttachmentBody } from '../core/targets/attachment-body.ts';
import type { SecretAddresses, SecretName } from '../core/targets/attachment-secrets.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, personCodec, timeCodec } from './codec.ts';
import { historyKeptMs, newestFirst } from './time-key.ts';

export const isUnderWay = (status: AttachmentStatus): boolean =>
  status === 'checking' || status === 'detaching' || status === 'attaching' || status === 'putting-back';

export type AttachmentRefusal = { readonly code: RefusalCode; readonly detail: string };

/** An attachment as it was before a re-attach took it off: what is put back if the new one cannot be made. */
export type OldAttachment = {
  readonly kind: AttachableKind;
  readonly key: string | null;
  readonly attachedAt: number | null;
  /** Without secrets: Azure gives none. */
  readonly body: AttachmentBody;
  readonly secrets: SecretAddresses;
};

/** Members that are null or left out stay as they are. */
export type AttachmentChange = {
  readonly resourceId: string | null;
  readonly localAuth: boolean | null;
  readonly tags: Readonly<Record<string, string>> | null;
  /** Merged into the kind's own properties. */
  readonly properties: Readonly<Record<string, unknown>>;
};

/** One attach, detach or re-attach, from the first word to the last. It names secrets, and never holds one. */
export type AttachmentRequest = {
  readonly requestId: string;
  readonly operation: 'attach' | 'detach' | 'reattach';
  readonly ref: ComputeRef;
  readonly requestedBy: Person;
  readonly requestedAt: number;
  /** What a re-attach changes of the attachment that is there. */
  readonly change: AttachmentChange | null;
  /** What is to be attached; null for a detach, and for a re-attach until the old attachment was read. */
  readonly wanted: {
    readonly kind: AttachableKind;
    readonly body: AttachmentBody;
    readonly secrets: SecretAddresses;
  } | null;
  /** The old attachment's secrets, by name, for putting it back. */
  readonly oldSecrets: SecretAddresses;
  readonly newSecrets: SecretAddresses;
  /** The caller said that there is no way back, and that this is all right. */
  readonly acceptsNoWayBack: boolean;
  readonly status: AttachmentStatus;
  readonly reason: string | null;
  readonly sentence: string;
  readonly refusals: readonly AttachmentRefusal[];
  readonly old: OldAttachment | null;
  /** Keys (of occupied resources) that this request has claimed. */
  readonly claims: readonly string[];
  /** When the write of this status was last asked for: written down before the call. */
  readonly askedAt: number | null;
  readonly tries: number;
  /** Since when the status is this one. */
  readonly sinceAt: number;
  readonly updatedAt: number;
  readonly endedAt: number | null;
};
export type StoredAttachmentRequest = { readonly request: AttachmentRequest; readonly etag: string };

const secretsCodec = z
  .record(z.string(), z.string())
  .default({})
  .transform((value) => value as Partial<Record<SecretName, string>>);
const bodyCodec = z.custom<AttachmentBody>((value) => typeof value === 'object' && value !== null);
const kindCodec = z.enum(attachableKinds);

const codec = z
  .object({
    requestId: z.string(),
    operation: z.enum(['attach', 'detach', 'reattach']),
    ref: computeRefCodec,
    requestedBy: personCodec,
    requestedAt: timeCodec,
    wanted: z.object({ kind: kindCodec, body: bodyCodec, secrets: secretsCodec }).nullable().default(null),
    change: z
      .object({
        resourceId: z.string().nullable().default(null),
        localAuth: z.boolean().nullable().default(null),
        tags: z.record(z.string(), z.string()).nullable().default(null),
        properties: z.record(z.string(), z.unknown()).default({}),
      })
      .nullable()
      .default(null),
    oldSecrets: secretsCodec,
    newSecrets: secretsCodec,
    acceptsNoWayBack: z.boolean().default(false),
    status: z.enum(attachmentStatuses),
    reason: z.string().nullable().default(null),
    sentence: z.string().default(''),
    refusals: z
      .array(z.object({ code: z.string().transform((code) => code as RefusalCode), detail: z.string() }))
      .default([]),
    old: z
      .object({
        kind: kindCodec,
        key: z.string().nullable(),
        attachedAt: maybeTime,
        body: bodyCodec,
        secrets: secretsCodec,
      })
      .nullable()
      .default(null),
    claims: z.array(z.string()).default([]),
    askedAt: maybeTime,
    tries: z.number().default(0),
    sinceAt: timeCodec,
    updatedAt: timeCodec,
    endedAt: maybeTime,
  })
  .transform((value): AttachmentRequest => value);

const partition = 'requests';
const byTime = 'requests-by-time';
const decode = (row: LedgerRow): StoredAttachmentRequest => ({
  request: decodeRow(codec, row, 'attachment request'),
  etag: row.etag,
});
const valueOf = (request: AttachmentRequest) =>
  encodeRow({
    ...request,
    // What still needs somebody is never forgotten.
    ...(request.endedAt === null || request.status === 'needs-person'
      ? {}
      : { expiresAt: request.endedAt + historyKeptMs }),
  });

export async function readAttachmentRequest(
  ledger: Ledger,
  requestId: string,
): Promise<StoredAttachmentRequest | null> {
  const row = await ledger.get('attachments', partition, requestId);
  return row === null ? null : decode(row);
}

/** The request as it stands: this one, or the one of the same id that was there before. */
export async function insertAttachmentRequest(
  ledger: Ledger,
  request: AttachmentRequest,
): Promise<AttachmentRequest> {
  const row = request.requestId;
  await ledger.write('attachments', byTime, {
    kind: 'put',
    row: `${newestFirst(request.requestedAt)}-${row}`,
    value: { requestId: row, expiresAt: request.requestedAt + historyKeptMs },
  });
  const written = await ledger.write('attachments', partition, {
    kind: 'insert',
    row,
    value: valueOf(request),
  });
  if (written.ok) return request;
  return (await readAttachmentRequest(ledger, row))?.request ?? request;
}

/** Null: somebody else changed it in between. */
export async function replaceAttachmentRequest(
  ledger: Ledger,
  stored: StoredAttachmentRequest,
  change: Partial<AttachmentRequest>,
): Promise<StoredAttachmentRequest | null> {
  const request = { ...stored.request, ...change };
  const written = await ledger.write('attachments', partition, {
    kind: 'replace',
    row: request.requestId,
    value: valueOf(request),
    etag: stored.etag,
  });
  return written.ok ? { request, etag: written.etag } : null;
}

/** The newest first. */
export async function listAttachmentRequests(
  ledger: Ledger,
  limit: number,
): Promise<readonly AttachmentRequest[]> {
  const rows = await ledger.list('attachments', byTime, { limit });
  const ids = rows.flatMap(({ value }) =>
    typeof value['requestId'] === 'string' ? [value['requestId']] : [],
  );
  const found = await Promise.all(ids.map((id) => readAttachmentRequest(ledger, id)));
  return found.flatMap((stored) => (stored === null ? [] : [stored.request]));
}
