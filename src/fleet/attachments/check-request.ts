import type { Compute } from '../../core/computes.ts';
import { computeArmId, computeKey } from '../../core/ids.ts';
import { refusalCodes } from '../../core/policy/codes.ts';
import type { AttachmentDenial } from '../../core/policy/types.ts';
import {
  type Attachment,
  attachmentOf,
  byAge,
  collide,
  namespaceOf,
  occupiedKey,
} from '../../core/targets/attachment.ts';
import { type AttachmentBody, bodyToRestore, requestTag } from '../../core/targets/attachment-body.ts';
import { attachmentFaultsOf, refusalOfFault } from '../../core/targets/attachment-rules.ts';
import {
  missingSecret,
  parseSecretAddress,
  type SecretAddresses,
} from '../../core/targets/attachment-secrets.ts';
import { targetOf } from '../../core/targets/catalogue.ts';
import type {
  AttachmentRefusal,
  AttachmentRequest,
  OldAttachment,
} from '../../ledger/attachment-requests.ts';
import type { Flow } from '../flow.ts';
import { listFleetAttachments } from './list-fleet.ts';
import { proveUnused } from './prove-unused.ts';
import { readResourceFacts } from './resource-facts.ts';
import { Throttled } from '../throttled.ts';

type Wanted = NonNullable<AttachmentRequest['wanted']>;
export type CheckedRequest =
  | { readonly kind: 'refused'; readonly refusals: readonly AttachmentRefusal[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly sentence: string }
  | {
      readonly kind: 'passed';
      readonly wanted: Wanted | null;
      readonly old: OldAttachment | null;
      readonly claims: readonly string[];
    };

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** What the wanted attachment would be, as the index sees it. */
function wantedAttachment(request: AttachmentRequest, { kind, body }: Wanted): Attachment {
  const inner = record(body.properties['properties']);
  const { resourceId, disableLocalAuth, computeLocation } = body.properties;
  const id = typeof resourceId === 'string' ? resourceId : null;
  return {
    ref: request.ref,
    kind,
    resourceId: id,
    key: occupiedKey(kind, id, inner),
    namespace: namespaceOf(kind, inner),
    attachedAt: request.requestedAt,
    region: typeof computeLocation === 'string' ? computeLocation : null,
    localAuth: disableLocalAuth !== true,
    notebookVm: false,
    tags: body.tags,
  };
}

const claimOf = ({ key, namespace }: Attachment): readonly string[] =>
  key === null ? [] : [namespace === null ? key : `${key}|${namespace}`];

/** The body of a re-attach: the old one with the changes. */
function changed(old: OldAttachment, { change, newSecrets, oldSecrets }: AttachmentRequest): Wanted {
  const { properties, ...rest } = old.body;
  const body: AttachmentBody = {
    ...rest,
    tags: change?.tags ?? old.body.tags,
    properties: {
      ...properties,
      ...(change?.resourceId === null || change === null ? {} : { resourceId: change.resourceId }),
      ...(change === null || change.localAuth === null ? {} : { disableLocalAuth: !change.localAuth }),
      properties: { ...record(properties['properties']), ...change?.properties },
    },
  };
  return { kind: old.kind, body, secrets: { ...oldSecrets, ...newSecrets } };
}

/** A certificate of one's own is a secret that Azure does not give back. */
function missingForBody(
  kind: OldAttachment['kind'],
  body: AttachmentBody,
  secrets: SecretAddresses,
): string | null {
  const needed = missingSecret(kind, secrets);
  if (needed !== null || kind !== 'AKS') return needed;
  const ssl = record(record(body.properties['properties'])['sslConfiguration']);
  const ownCertificate = ssl['status'] === 'Enabled' && typeof ssl['leafDomainLabel'] !== 'string';
  if (!ownCertificate) return null;
  return secrets.sslCertificate === undefined || secrets.sslKey === undefined
    ? 'sslCertificate and sslKey'
    : null;
}

async function attachRefusals(
  flow: Flow,
  request: AttachmentRequest,
  wanted: Wanted,
  deny: readonly AttachmentDenial[],
): Promise<readonly AttachmentRefusal[]> {
  const refusals: AttachmentRefusal[] = [];
  const attachment = wantedAttachment(request, wanted);
  const fleet = await listFleetAttachments(flow);
  const own = computeKey(request.ref);
  const same = fleet.attachments
    .filter((one) => computeKey(one.ref) !== own && collide(one, attachment))
    .toSorted(byAge);
  const [first] = same;
  if (first !== undefined) {
    refusals.push({
      code: 'refuse.attachment.duplicate',
      detail: `It is attached already, as ${first.ref.compute} in workspace ${first.ref.workspace}${same.length > 1 ? ` and ${same.length - 1} more` : ''}; a second attachment would break that one.`,
    });
  }
  const resource = await readResourceFacts(flow, attachment, deny);
  const facts = { ...attachment, workspaceSubscription: request.ref.subscriptionId, resource };
  const faults = attachmentFaultsOf(facts, deny);
  for (const { name, sentence } of faults) refusals.push({ code: refusalOfFault(name), detail: sentence });
  if (fleet.unread.length > 0 && attachment.key !== null) {
    refusals.push({
      code: 'refuse.attachment.unknown',
      detail: `Whether it is attached already cannot be read in ${fleet.unread.slice(0, 3).join(', ')}.`,
    });
  }
  return refusals;
}

/** Secrets are read once beforehand, so that nothing is taken off for an attachment that then cannot be made. */
async function unreadableSecret(flow: Flow, addresses: readonly SecretAddresses[]): Promise<string | null> {
  for (const [name, address] of addresses.flatMap((one) => Object.entries(one))) {
    const got = await flow.ports.attachments.secret(parseSecretAddress(address));
    if (got.ok) continue;
    if (got.kind === 'throttled') throw new Throttled(got);
    return `The secret for ${name} cannot be read from its Key Vault: ${got.message}`;
  }
  return null;
}

function oldOf(compute: Compute, attachment: Attachment, secrets: SecretAddresses): OldAttachment {
  const { kind, key, attachedAt } = attachment;
  return { kind, key, attachedAt, body: bodyToRestore(compute), secrets };
}

const inOrder = (refusals: readonly AttachmentRefusal[]): readonly AttachmentRefusal[] =>
  refusals.toSorted((one, other) => refusalCodes.indexOf(one.code) - refusalCodes.indexOf(other.code));

/**
 * Holds a request against the rules, all of them, as Azure shows things now; nothing is written. Throws `Throttled`, and
 * what the ledger throws.
 */
export async function checkRequest(
  flow: Flow,
  request: AttachmentRequest,
  deny: readonly AttachmentDenial[],
): Promise<CheckedRequest | { readonly kind: 'unreadable'; readonly message: string }> {
  const got = await flow.ports.computes.get(request.ref);
  if (!got.ok && got.kind === 'throttled') throw new Throttled(got);
  if (!got.ok && got.kind !== 'missing') return { kind: 'unreadable', message: got.message };
  const compute = got.ok ? got.value : null;
  if (request.operation === 'attach') return checkAttach(flow, request, deny, compute);
  if (compute === null) {
    return {
      kind: 'failed',
      reason: 'compute.not-found',
      sentence: `There is no compute ${request.ref.compute} in workspace ${request.ref.workspace}.`,
    };
  }
  return checkDetach(flow, request, deny, compute);
}

async function checkAttach(
  flow: Flow,
  request: AttachmentRequest,
  deny: readonly AttachmentDenial[],
  compute: Compute | null,
): Promise<CheckedRequest> {
  const { wanted } = request;
  if (wanted === null) throw new Error(`The request ${request.requestId} does not say what to attach.`);
  const refusals: AttachmentRefusal[] = [];
  if (compute !== null && compute.tags[requestTag] !== request.requestId) {
    refusals.push({
      code: 'refuse.name.taken',
      detail: `${computeArmId(request.ref)} exists already; attaching would overwrite it.`,
    });
  }
  refusals.push(...(await attachRefusals(flow, request, wanted, deny)));
  if (refusals.length > 0) return { kind: 'refused', refusals: inOrder(refusals) };
  const unreadable = await unreadableSecret(flow, [wanted.secrets]);
  if (unreadable !== null) return { kind: 'failed', reason: 'fail.setup', sentence: unreadable };
  return { kind: 'passed', wanted, old: null, claims: claimOf(wantedAttachment(request, wanted)) };
}

async function checkDetach(
  flow: Flow,
  request: AttachmentRequest,
  deny: readonly AttachmentDenial[],
  compute: Compute,
): Promise<CheckedRequest> {
  const attachment = attachmentOf(compute);
  if (attachment === null) {
    const because = targetOf(compute.kind)?.because ?? `Lamplighter does not know the kind ${compute.kind}`;
    return {
      kind: 'refused',
      refusals: [
        { code: 'refuse.attachment.not-attachable', detail: `It cannot be detached, because ${because}.` },
      ],
    };
  }
  const old = oldOf(compute, attachment, request.oldSecrets);
  const wanted = request.operation === 'reattach' ? changed(old, request) : null;
  const refusals = wanted === null ? [] : [...(await attachRefusals(flow, request, wanted, deny))];
  const proof = await proveUnused(flow, request.ref, attachment.kind);
  if (proof.kind === 'used') {
    refusals.push({ code: 'refuse.attachment.in-use', detail: `It is in use: ${proof.by}.` });
  }
  if (proof.kind === 'unread') {
    refusals.push({
      code: 'refuse.attachment.unknown',
      detail: `Whether something uses it cannot be read, so it stays: ${proof.message}`,
    });
  }
  if (wanted !== null) {
    const forward = missingForBody(wanted.kind, wanted.body, wanted.secrets);
    const back = missingForBody(old.kind, old.body, old.secrets);
    if (forward !== null || (back !== null && !request.acceptsNoWayBack)) {
      const which = forward === null ? `the old attachment’s ${back ?? ''}` : `a ${forward}`;
      refusals.push({
        code: 'refuse.attachment.no-way-back',
        detail: `Azure gives no secrets back, and the request names no Key Vault secret for ${which}${forward === null ? ': if the new attachment failed, the old one could not be put back' : ''}.`,
      });
    }
  }
  if (refusals.length > 0) return { kind: 'refused', refusals: inOrder(refusals) };
  if (wanted === null) return { kind: 'passed', wanted, old, claims: [] };
  const unreadable = await unreadableSecret(flow, [wanted.secrets, old.secrets]);
  if (unreadable !== null) return { kind: 'failed', reason: 'fail.setup', sentence: unreadable };
  return { kind: 'passed', wanted, old, claims: claimOf(wantedAttachment(request, wanted)) };
}
