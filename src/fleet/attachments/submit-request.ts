import { inScope } from '../../config/in-scope.ts';
import type { Person, Workspace } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import {
  type ComputeRef,
  parseComputeName,
  shortHash,
  workspaceArmId,
  workspaceKey,
  type WorkspaceRef,
} from '../../core/ids.ts';
import { secretLikeMembers } from '../../core/targets/attachment-body.ts';
import { parseResourceIdFor } from '../../core/targets/attachment-resource.ts';
import { checkSecrets, missingSecret, type SecretAddresses } from '../../core/targets/attachment-secrets.ts';
import { attachableTargetOf, attachableTargets, targetOf } from '../../core/targets/catalogue.ts';
import {
  type AttachmentChange,
  type AttachmentRequest,
  insertAttachmentRequest,
  isUnderWay,
} from '../../ledger/attachment-requests.ts';
import { listSeenWorkspaces } from '../../ledger/workspaces.ts';
import { orchestrations } from '../../workflows/names.ts';
import type { Flow } from '../flow.ts';
import { type DurableStarter, startOrchestration } from '../start-orchestration.ts';
import { Throttled } from '../throttled.ts';
import { listWorkspacesInScope } from './list-fleet.ts';

export type AttachAsked = {
  readonly workspace: string;
  readonly name: string;
  readonly kind: string;
  readonly resourceId: string | null;
  readonly region: string | null;
  readonly localAuth: boolean;
  readonly description: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly secrets: SecretAddresses;
};
export type ReattachAsked = {
  readonly change: AttachmentChange;
  readonly secrets: SecretAddresses;
  readonly oldSecrets: SecretAddresses;
  readonly acceptsNoWayBack: boolean;
};
/** Who asks, and what makes a repetition of the request the same request. */
export type Asking = { readonly by: Person; readonly key: string };

/** The same key of the same person is the same request. */
export const attachmentRequestIdOf = (objectId: string, key: string): string =>
  `a${shortHash(`attachment|${objectId}|${key}`, 24)}`;
const instanceIdOf = (requestId: string): string => `attach-${requestId}`;

function invalid(message: string, field: string, fix: string): LamplighterError {
  return new LamplighterError(message, { code: 'request.invalid', fault: 'caller', field, fix });
}

function refuseSecrets(properties: Readonly<Record<string, unknown>>): void {
  const [place] = secretLikeMembers(properties);
  if (place === undefined) return;
  throw invalid(
    `The member ${place} looks like a secret, which a request must not hold.`,
    `properties.${place}`,
    'Leave it out, and name a Key Vault secret under "secrets".',
  );
}

async function listedNow(flow: Flow): ReturnType<typeof listWorkspacesInScope> {
  try {
    return await listWorkspacesInScope(flow);
  } catch (thrown) {
    if (!(thrown instanceof Throttled)) throw thrown;
    return { workspaces: [], unread: [thrown.message] };
  }
}

async function workspaceOf(
  flow: Flow,
  nameOrId: string,
): Promise<Pick<Workspace, keyof WorkspaceRef | 'location'>> {
  const wanted = nameOrId.toLowerCase().replace(/\/+$/, '');
  const listed = await listedNow(flow);
  // Whoever asks need not wait for Azure: what a sweep has seen is checked again before anything is done.
  const seen = listed.unread.length === 0 ? [] : await listSeenWorkspaces(flow.ports.ledger);
  const known = new Map<string, Pick<Workspace, keyof WorkspaceRef | 'location'>>([
    ...seen
      .filter(({ ref, location }) => location !== '' && inScope(flow.scope, ref))
      .map(({ ref, location }) => [workspaceKey(ref), { ...ref, location }] as const),
    ...listed.workspaces.map((one) => [workspaceKey(one), one] as const),
  ]);
  const found = [...known.values()].filter(
    (one) => one.workspace.toLowerCase() === wanted || workspaceKey(one) === wanted,
  );
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (found.length > 1) {
    throw invalid(
      `${found.length} workspaces bear the name ${nameOrId.slice(0, 80)}.`,
      'workspace',
      `Give one of the ARM ids: ${found.map(workspaceArmId).join(', ')}.`,
    );
  }
  if (listed.unread.length > 0) {
    throw new LamplighterError('The workspaces cannot be listed right now.', {
      code: 'azure.unreadable',
      fault: 'azure',
      retryable: true,
      fix: 'Send the request again in a minute, with the same Idempotency-Key.',
    });
  }
  throw new LamplighterError(`Lamplighter looks after no workspace ${nameOrId.slice(0, 80)}.`, {
    code: 'workspace.not-found',
    fault: 'caller',
    field: 'workspace',
    fix: 'Give the name or ARM id of a workspace of the subscriptions it looks after.',
  });
}

function begun(ref: ComputeRef, asking: Asking, now: number): AttachmentRequest {
  return {
    requestId: attachmentRequestIdOf(asking.by.objectId, asking.key),
    operation: 'attach',
    ref,
    requestedBy: asking.by,
    requestedAt: now,
    change: null,
    wanted: null,
    oldSecrets: {},
    newSecrets: {},
    acceptsNoWayBack: false,
    status: 'checking',
    reason: null,
    sentence: 'It is being checked.',
    refusals: [],
    old: null,
    claims: [],
    askedAt: null,
    tries: 0,
    sinceAt: now,
    updatedAt: now,
    endedAt: null,
  };
}

async function launch(
  flow: Flow,
  client: () => DurableStarter,
  request: AttachmentRequest,
): Promise<AttachmentRequest> {
  const stands = await insertAttachmentRequest(flow.ports.ledger, request);
  if (isUnderWay(stands.status)) {
    const { requestId } = stands;
    await startOrchestration(client(), orchestrations.attachment, instanceIdOf(requestId), { requestId });
  }
  return stands;
}

/** Takes a request to attach. What can never be attached is refused at once; all else is checked by its workflow. */
export async function submitAttach(
  flow: Flow,
  client: () => DurableStarter,
  asked: AttachAsked,
  asking: Asking,
): Promise<AttachmentRequest> {
  const workspace = await workspaceOf(flow, asked.workspace);
  const { subscriptionId, resourceGroup, workspace: name } = workspace;
  const ref: ComputeRef = {
    subscriptionId,
    resourceGroup,
    workspace: name,
    compute: parseComputeName(asked.name),
  };
  const request = begun(ref, asking, flow.ports.clock.now());
  const target = targetOf(asked.kind);
  if (target === null) {
    throw invalid(
      `There is no compute target of kind ${JSON.stringify(asked.kind.slice(0, 40))}.`,
      'kind',
      `Give one of ${Object.keys(attachableTargets).join(', ')}; /api/targets describes them.`,
    );
  }
  const attachable = attachableTargetOf(target.kind);
  if (attachable === null) {
    const detail = `A ${target.title.toLowerCase()} cannot be attached, because ${target.because ?? 'Azure ML has no such thing'}.`;
    const code = 'refuse.attachment.not-attachable';
    return launch(flow, client, {
      ...request,
      status: 'refused',
      reason: code,
      refusals: [{ code, detail }],
      sentence: `Refused: ${detail}`,
      endedAt: request.requestedAt,
    });
  }
  const { kind } = attachable;
  if (asked.resourceId === null && attachable.needsResourceId) {
    throw invalid(
      `A ${kind} is attached by its resource id.`,
      'resourceId',
      'Give the ARM id of the resource.',
    );
  }
  const resource = asked.resourceId === null ? null : parseResourceIdFor(kind, asked.resourceId);
  refuseSecrets(asked.properties);
  checkSecrets(kind, asked.secrets);
  const missing = missingSecret(kind, asked.secrets);
  if (missing !== null) {
    throw invalid(
      `A ${kind} is attached with a ${missing}.`,
      'secrets',
      'Name a Key Vault secret for it, https://VAULT.vault.azure.net/secrets/NAME.',
    );
  }
  return launch(flow, client, {
    ...request,
    newSecrets: asked.secrets,
    wanted: {
      kind,
      secrets: asked.secrets,
      body: {
        location: workspace.location,
        tags: asked.tags,
        properties: {
          computeType: kind,
          ...(resource === null ? {} : { resourceId: resource.id }),
          ...(asked.region === null ? {} : { computeLocation: asked.region }),
          ...(asked.description === null ? {} : { description: asked.description }),
          disableLocalAuth: !asked.localAuth,
          properties: asked.properties,
        },
      },
    },
  });
}

function inReach(flow: Flow, ref: ComputeRef): void {
  if (inScope(flow.scope, ref)) return;
  throw new LamplighterError(`Lamplighter does not look after workspace ${ref.workspace}.`, {
    code: 'workspace.not-found',
    fault: 'caller',
    fix: 'Give a compute of the subscriptions and workspaces it looks after.',
  });
}

export async function submitDetach(
  flow: Flow,
  client: () => DurableStarter,
  ref: ComputeRef,
  asking: Asking,
): Promise<AttachmentRequest> {
  inReach(flow, ref);
  return launch(flow, client, { ...begun(ref, asking, flow.ports.clock.now()), operation: 'detach' });
}

/** Detach and attach again with changes: the only way in which Azure lets one change an attachment. */
export async function submitReattach(
  flow: Flow,
  client: () => DurableStarter,
  ref: ComputeRef,
  asked: ReattachAsked,
  asking: Asking,
): Promise<AttachmentRequest> {
  inReach(flow, ref);
  refuseSecrets(asked.change.properties);
  return launch(flow, client, {
    ...begun(ref, asking, flow.ports.clock.now()),
    operation: 'reattach',
    change: asked.change,
    newSecrets: asked.secrets,
    oldSecrets: asked.oldSecrets,
    acceptsNoWayBack: asked.acceptsNoWayBack,
  });
}
