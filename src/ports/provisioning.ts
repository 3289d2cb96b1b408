import type { ComputeRef, ObjectId, WorkspaceRef } from '../core/ids.ts';
import type { Machine } from '../core/provision/machine.ts';
import type { AzureResult } from './azure.ts';

export type NameCheck =
  | { readonly available: true }
  | { readonly available: false; readonly why: 'taken' | 'invalid'; readonly message: string };

/** Making and unmaking instances. Nothing here waits for Azure to finish: that is done by reading the state later. */
export interface Provisioning {
  /** Whether an instance may bear the name in that workspace's region. `missing`: this Azure has no such check. */
  checkName(workspace: WorkspaceRef, name: string): Promise<AzureResult<NameCheck>>;
  /**
   * Creates the instance, tagged with the request. Azure overwrites without a word what bears the name: only to be
   * called after a `get` answered `missing` or showed an instance of this request.
   */
  create(machine: Machine, requestId: string, setupScript: string | null): Promise<AzureResult<'accepted'>>;
  /** Deletes the instance for good; one that is not there is deleted already. */
  delete(ref: ComputeRef): Promise<AzureResult<'accepted'>>;
  restart(ref: ComputeRef): Promise<AzureResult<'accepted'>>;
}

/** Who may do what in Azure. */
export interface Permissions {
  /** Which of the actions the person may not do in the workspace, by the role assignments there and above, groups included. */
  missing(
    workspace: WorkspaceRef,
    person: ObjectId,
    actions: readonly string[],
  ): Promise<AzureResult<readonly string[]>>;
}
