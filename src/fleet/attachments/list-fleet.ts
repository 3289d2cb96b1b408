import { inScope } from '../../config/in-scope.ts';
import type { Workspace } from '../../core/computes.ts';
import { type Attachment, attachmentOf } from '../../core/targets/attachment.ts';
import { readAttachmentIndex } from '../../ledger/attachment-index.ts';
import { partitionOf } from '../../ledger/partitions.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';
import { Throttled } from '../throttled.ts';

export type FleetAttachments = {
  readonly attachments: readonly Attachment[];
  /** Workspaces, or subscriptions, of which nobody knows what is attached there. */
  readonly unread: readonly string[];
};

/** All workspaces that the deployment may touch, and what could not be listed. Throws `Throttled`. */
export async function listWorkspacesInScope(
  flow: Flow,
): Promise<{ readonly workspaces: readonly Workspace[]; readonly unread: readonly string[] }> {
  const unread: string[] = [];
  const lists = await inParallel(flow.scope.subscriptions, fewAtATime, async (subscriptionId) => {
    const listed = await flow.ports.workspaces.list(subscriptionId);
    if (listed.ok) return listed.value;
    if (listed.kind === 'throttled') throw new Throttled(listed);
    unread.push(`subscription ${subscriptionId} (${faultOf(listed).message})`);
    return [];
  });
  return { workspaces: lists.flat().filter((one) => inScope(flow.scope, one)), unread };
}

/**
 * What is attached in the whole fleet now; of a workspace that cannot be listed, what the last look saw. Throws
 * `Throttled`.
 */
export async function listFleetAttachments(flow: Flow): Promise<FleetAttachments> {
  const { workspaces, unread } = await listWorkspacesInScope(flow);
  const index = await readAttachmentIndex(flow.ports.ledger);
  const unlisted = [...unread];
  const found = await inParallel(
    workspaces,
    fewAtATime,
    async (workspace): Promise<readonly Attachment[]> => {
      const listed = await flow.ports.computes.list(workspace);
      if (listed.ok) return listed.value.flatMap((compute) => attachmentOf(compute) ?? []);
      if (listed.kind === 'throttled') throw new Throttled(listed);
      const known = index.get(partitionOf(workspace));
      if (known === undefined) unlisted.push(`workspace ${workspace.workspace} (${faultOf(listed).message})`);
      return known?.value.attachments ?? [];
    },
  );
  return { attachments: found.flat(), unread: unlisted };
}
