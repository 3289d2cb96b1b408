import { z } from 'zod';
import { computeKey, type ComputeRef, type WorkspaceRef } from '../core/ids.ts';
import { type AttachableKind, attachableKinds } from '../core/policy/kinds.ts';
import type { Attachment } from '../core/targets/attachment.ts';
import type { ResourceFacts } from '../core/targets/attachment-rules.ts';
import type { Ledger } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, timeCodec, workspaceRefCodec } from './codec.ts';
import { partitionOf } from './partitions.ts';
import { historyKeptMs } from './time-key.ts';

/** An attachment, and what was read last of the resource that it points at. */
export type SeenAttachment = Attachment & {
  readonly facts: ResourceFacts | null;
  readonly factsReadAt: number | null;
};
/** All attachments of one workspace: the rows of all workspaces are the fleet's index. */
export type WorkspaceAttachments = {
  readonly ref: WorkspaceRef;
  readonly seenAt: number;
  readonly attachments: readonly SeenAttachment[];
};
export type StoredAttachments = { readonly value: WorkspaceAttachments; readonly etag: string };

const partition = 'fleet';
const text = z.string().nullable().default(null);
const flag = z.boolean().nullable().default(null);

const attachmentCodec = z
  .object({
    ref: computeRefCodec,
    kind: z.enum(attachableKinds),
    resourceId: text,
    key: text,
    namespace: text,
    attachedAt: maybeTime,
    region: text,
    localAuth: flag,
    notebookVm: z.boolean().default(false),
    tags: z.record(z.string(), z.string()).default({}),
    facts: z.object({ ubuntu: flag, system: text, publicIp: flag, region: text }).nullable().catch(null),
    factsReadAt: maybeTime,
  })
  .transform((value): SeenAttachment => ({ ...value, kind: value.kind satisfies AttachableKind }));
const codec = z
  .object({ ref: workspaceRefCodec, seenAt: timeCodec, attachments: z.array(attachmentCodec) })
  .transform((value): WorkspaceAttachments => value);

/** The whole fleet's, by workspace row. */
export async function readAttachmentIndex(ledger: Ledger): Promise<ReadonlyMap<string, StoredAttachments>> {
  const rows = await ledger.list('attachments', partition);
  return new Map(
    rows.map((row) => [row.row, { value: decodeRow(codec, row, 'list of attachments'), etag: row.etag }]),
  );
}

export async function readWorkspaceAttachments(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<StoredAttachments | null> {
  const row = await ledger.get('attachments', partition, partitionOf(workspace));
  return row === null ? null : { value: decodeRow(codec, row, 'list of attachments'), etag: row.etag };
}

/** `false`: somebody else looked meanwhile, and what they saw stands. */
export async function writeWorkspaceAttachments(
  ledger: Ledger,
  before: StoredAttachments | null,
  value: WorkspaceAttachments,
): Promise<boolean> {
  const row = partitionOf(value.ref);
  if (value.attachments.length === 0) {
    if (before === null) return true;
    return (await ledger.write('attachments', partition, { kind: 'delete', row, etag: before.etag })).ok;
  }
  const encoded = encodeRow({ ...value, expiresAt: value.seenAt + historyKeptMs });
  const written = await ledger.write(
    'attachments',
    partition,
    before === null
      ? { kind: 'insert', row, value: encoded }
      : { kind: 'replace', row, value: encoded, etag: before.etag },
  );
  return written.ok;
}

const triesOnConflict = 6;

/** What a look at one compute found in place of what the index holds of it; null: it is no attachment, or no more. */
export async function noteAttachment(
  ledger: Ledger,
  ref: ComputeRef,
  seen: SeenAttachment | null,
  now: number,
): Promise<void> {
  const key = computeKey(ref);
  for (let tries = 0; tries < triesOnConflict; tries += 1) {
    const before = await readWorkspaceAttachments(ledger, ref);
    const others = (before?.value.attachments ?? []).filter((one) => computeKey(one.ref) !== key);
    const known = before?.value.attachments.find((one) => computeKey(one.ref) === key) ?? null;
    if (JSON.stringify(known) === JSON.stringify(seen)) return;
    const { subscriptionId, resourceGroup, workspace } = ref;
    const value: WorkspaceAttachments = {
      ref: { subscriptionId, resourceGroup, workspace },
      seenAt: now,
      attachments: seen === null ? others : [...others, seen],
    };
    if (await writeWorkspaceAttachments(ledger, before, value)) return;
  }
  // Everybody who writes has just looked: what the last of them saw is as good.
}
