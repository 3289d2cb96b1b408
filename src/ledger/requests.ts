import { z } from 'zod';
import type { Person } from '../core/computes.ts';
import { requestStatuses, type RequestStatus } from '../core/policy/codes.ts';
import { type ApprovalStage, approvalStages } from '../core/provision/approval-stages.ts';
import type { InstanceWish } from '../core/provision/instance-wish.ts';
import type { Machine } from '../core/provision/machine.ts';
import type { Refusal } from '../core/provision/refusal.ts';
import type { ProvisionStep } from '../core/provision/steps.ts';
import type { Recreation } from '../core/provision/recreation.ts';
import type { Vote } from '../core/provision/votes.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, personCodec, timeCodec } from './codec.ts';
import { historyKeptMs } from './time-key.ts';
import { askedOfInstance, wishCodec } from './wish-codec.ts';

/** Which approval a request waits or waited for. */
export type RequestApproval = {
  readonly approvers: number;
  readonly because: readonly string[];
  readonly remindAt: number;
  readonly escalateAt: number | null;
  /** What was told last of its waiting, and how many had agreed then: a yes that is not the last asks for the next one. */
  readonly told: ApprovalStage | null;
  readonly toldOfVotes: number;
  readonly expiresAt: number;
};

/** Somebody's request for a machine, from the first word to the last. */
export type MachineRequest = {
  readonly requestId: string;
  /** Of everything that was asked for: the same key with another body is another request. */
  readonly bodyHash: string;
  readonly requestedBy: Person;
  readonly forPerson: Person;
  readonly requestedAt: number;
  /** As it was asked for, for people. */
  readonly asked: { readonly workspace: string; readonly vmSize: string; readonly name: string };
  /** All of it, to be asked for again when there is room; null: written by an older release. */
  readonly wish: InstanceWish | null;
  /** Null: refused before it was clear which machine. */
  readonly machine: Machine | null;
  /** Null: a new machine. */
  readonly recreation: Recreation | null;
  readonly cores: number | null;
  readonly gpus: number | null;
  readonly pricePerHourUsd: number | null;
  readonly status: RequestStatus;
  /** The refusal or failure that made the status. */
  readonly reason: string | null;
  readonly sentence: string;
  readonly refusals: readonly Refusal[];
  readonly approval: RequestApproval | null;
  readonly votes: readonly Vote[];
  /** Steps that may have taken effect: written down before they are done. */
  readonly begun: readonly ProvisionStep[];
  readonly tries: number;
  readonly firstTryAt: number | null;
  /** When Azure accepted the creation last. */
  readonly acceptedAt: number | null;
  readonly runningAt: number | null;
  readonly cancelled: { readonly by: Person; readonly at: number } | null;
  /** Azure actions that the person lacks; null: not looked up, or not to be read. */
  readonly missingActions: readonly string[] | null;
  /** Whether the session agent that was asked for had enrolled when the machine was there; null: none was, or it is not yet. */
  readonly agentEnrolled: boolean | null;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  readonly toldAt: number | null;
  /** How many times people were told of it, by whatever number of messages. */
  readonly tellings: number;
  /** When the machine was first seen in the region's usages. */
  readonly shownAt: number | null;
  /** Nothing is left to do: told, its quota settled. */
  readonly settledAt: number | null;
};
export type StoredRequest = { readonly request: MachineRequest; readonly etag: string };

const machineCodec = z
  .object({
    ref: computeRefCodec,
    location: z.string(),
    vmSize: z.string(),
    assignedTo: personCodec,
    tenantId: z.string(),
    ...askedOfInstance,
    carried: z
      .object({
        identity: z
          .object({ isSystemAssigned: z.boolean(), userAssignedIds: z.array(z.string()) })
          .nullable()
          .default(null),
        outer: z.record(z.string(), z.unknown()).default({}),
        inner: z.record(z.string(), z.unknown()).default({}),
      })
      .nullable()
      .default(null),
  })
  .transform((value): Machine => value);

const recreationCodec = z
  .object({
    kind: z.string(),
    old: z.object({ createdAt: timeCodec, requestId: z.string().nullable().default(null) }),
    snapshot: machineCodec,
    snapshotAt: timeCodec,
    state: z.string().default('Unknown'),
    imageVersion: z.string().nullable().default(null),
    accepted: z.array(z.string()).default([]),
    acceptsUnknownUse: z.boolean().default(false),
    quietForMs: z.number().nullable().default(null),
    campaignId: z.string().nullable().default(null),
    oldSize: z.object({ family: z.string(), cores: z.number(), gpus: z.number() }).nullable().default(null),
    deleteAskedAt: maybeTime,
    goneAt: maybeTime,
    wentBackAt: maybeTime,
    failure: z.object({ code: z.string(), message: z.string() }).nullable().default(null),
    failedBack: z.number().default(0),
    differences: z.array(z.string()).nullable().default(null),
  })
  .transform((value) => value as Recreation);

const codec = z
  .object({
    requestId: z.string(),
    bodyHash: z.string(),
    requestedBy: personCodec,
    forPerson: personCodec,
    requestedAt: timeCodec,
    asked: z.object({ workspace: z.string(), vmSize: z.string(), name: z.string() }),
    wish: wishCodec.nullable().default(null),
    machine: machineCodec.nullable(),
    recreation: recreationCodec.nullable().default(null),
    cores: z.number().nullable().default(null),
    gpus: z.number().nullable().default(null),
    pricePerHourUsd: z.number().nullable().default(null),
    status: z.enum(requestStatuses),
    reason: z.string().nullable().default(null),
    sentence: z.string().default(''),
    refusals: z
      .array(z.object({ code: z.string(), field: z.string(), detail: z.string(), fix: z.string() }))
      .transform((value) => value as readonly Refusal[])
      .default([]),
    approval: z
      .object({
        approvers: z.number(),
        because: z.array(z.string()),
        remindAt: timeCodec,
        escalateAt: maybeTime,
        told: z.enum(approvalStages).nullable().default(null),
        toldOfVotes: z.number().default(0),
        expiresAt: timeCodec,
      })
      .nullable()
      .default(null),
    votes: z
      .array(
        z.object({
          by: personCodec,
          at: timeCodec,
          vote: z.enum(['approve', 'reject']),
          comment: z.string().nullable().default(null),
        }),
      )
      .default([]),
    begun: z.array(z.enum(['reserve', 'create'])).default([]),
    tries: z.number().default(0),
    firstTryAt: maybeTime,
    acceptedAt: maybeTime,
    runningAt: maybeTime,
    cancelled: z.object({ by: personCodec, at: timeCodec }).nullable().default(null),
    missingActions: z.array(z.string()).nullable().default(null),
    agentEnrolled: z.boolean().nullable().default(null),
    updatedAt: timeCodec,
    endedAt: maybeTime,
    toldAt: maybeTime,
    tellings: z.number().default(0),
    shownAt: maybeTime,
    settledAt: maybeTime,
  })
  .transform((value): MachineRequest => value);

const all = 'requests';
const open = 'open';
const decode = (row: LedgerRow): StoredRequest => ({
  request: decodeRow(codec, row, 'request for a machine'),
  etag: row.etag,
});
const valueOf = (request: MachineRequest) =>
  encodeRow({
    ...request,
    // What still needs something done is never forgotten.
    ...(request.settledAt === null || request.status === 'needs-person'
      ? {}
      : { expiresAt: request.settledAt + historyKeptMs }),
  });

/** Ids are hashes of ours, so that they can be keys as they are. */
export const isRequestId = (text: string): boolean => /^r[0-9a-f]{24}$/.test(text);

export async function readRequest(ledger: Ledger, requestId: string): Promise<StoredRequest | null> {
  const row = await ledger.get('requests', all, requestId);
  return row === null ? null : decode(row);
}

/** Null: there is one of that id already. */
export async function insertRequest(ledger: Ledger, request: MachineRequest): Promise<StoredRequest | null> {
  const row = request.requestId;
  // The mark first: a process that dies in between leaves a mark of nothing, never work without a mark.
  if (request.settledAt === null) await markOpen(ledger, row, request.requestedAt);
  const written = await ledger.write('requests', all, { kind: 'insert', row, value: valueOf(request) });
  return written.ok ? { request, etag: written.etag } : null;
}

/** Null: somebody else changed it in between. */
export async function replaceRequest(
  ledger: Ledger,
  stored: StoredRequest,
  change: Partial<MachineRequest>,
): Promise<StoredRequest | null> {
  const request = { ...stored.request, ...change };
  const row = request.requestId;
  const written = await ledger.write('requests', all, {
    kind: 'replace',
    row,
    value: valueOf(request),
    etag: stored.etag,
  });
  if (!written.ok) return null;
  if (request.settledAt !== null) await dropOpen(ledger, row);
  return { request, etag: written.etag };
}

/** Of the last ninety days, the newest first. */
export async function listRequests(ledger: Ledger): Promise<readonly MachineRequest[]> {
  const rows = await ledger.list('requests', all);
  return rows.map((row) => decode(row).request).toSorted((one, other) => other.requestedAt - one.requestedAt);
}

async function markOpen(ledger: Ledger, row: string, at: number): Promise<void> {
  await ledger.write('requests', open, { kind: 'put', row, value: { at } });
}

export async function dropOpen(ledger: Ledger, requestId: string): Promise<void> {
  await ledger.write('requests', open, { kind: 'delete', row: requestId });
}

/** Ids of all requests of which something is left to do, and when they were made. */
export async function listOpenRequests(
  ledger: Ledger,
): Promise<readonly { readonly requestId: string; readonly at: number }[]> {
  const rows = await ledger.list('requests', open);
  return rows.map(({ row, value }) => ({
    requestId: row,
    at: typeof value['at'] === 'number' ? value['at'] : 0,
  }));
}
