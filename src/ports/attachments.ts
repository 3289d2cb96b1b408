import type { ComputeRef, SubscriptionId, WorkspaceRef } from '../core/ids.ts';
import type { AttachableKind } from '../core/policy/kinds.ts';
import type { AttachmentBody } from '../core/targets/attachment-body.ts';
import type { ResourceFacts } from '../core/targets/attachment-rules.ts';
import type { SecretAddress } from '../core/targets/attachment-secrets.ts';
import type { AzureResult } from './azure.ts';

/** An endpoint, deployment or service that runs on a target. */
export type TargetUser = { readonly what: 'endpoint' | 'deployment' | 'service'; readonly name: string };

/** Attaching and detaching targets. Nothing here waits for Azure to finish: that is done by reading the compute later. */
export interface Attachments {
  /**
   * Azure overwrites without a word what bears the name: only to be called after a `get` answered `missing`, or showed
   * what the same request attached.
   */
  attach(ref: ComputeRef, body: AttachmentBody): Promise<AzureResult<'accepted'>>;
  /** Takes it off the workspace; what it pointed at stays. One that is not there is detached already. */
  detach(ref: ComputeRef): Promise<AzureResult<'accepted'>>;
  /** Endpoints, deployments and services on it; jobs are another port's. A part that cannot be read is a failure. */
  users(ref: ComputeRef, kind: AttachableKind): Promise<AzureResult<readonly TargetUser[]>>;
  /** What can be seen of the resource that it points at. */
  resource(kind: AttachableKind, resourceId: string): Promise<AzureResult<ResourceFacts>>;
  /** A secret of a Key Vault. Its value must not leave the step that asked for it. */
  secret(address: SecretAddress): Promise<AzureResult<string>>;
  /** A job, one that has ended too: its status, and the ids of the computes that it names, as Azure spells both. */
  job(
    workspace: WorkspaceRef,
    jobName: string,
  ): Promise<AzureResult<{ readonly status: string; readonly computeIds: readonly string[] }>>;
}

/** What the app itself is to Azure. */
export interface OwnIdentity {
  /** Object and application ids of the identities the app acts under, lower-cased. Never fails: what cannot be told is left out. */
  ids(): Promise<ReadonlySet<string>>;
  /** Which of the actions the capability's identity lacks in the subscription. */
  missing(
    capability: 'reader' | 'stopper' | 'provisioner' | 'attacher' | 'quotaSetter',
    subscriptionId: SubscriptionId,
    actions: readonly string[],
  ): Promise<AzureResult<readonly string[]>>;
}
