import type { VmSize } from '../../core/computes.ts';
import { workspaceArmId, type WorkspaceRef } from '../../core/ids.ts';
import type { EndpointsSeen } from '../../ledger/endpoints.ts';
import { readEndpointsSeen, writeEndpointsSeen } from '../../ledger/endpoints.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';

/** Cores that a deployment behind a managed online endpoint takes of the same pool as instances and clusters. */
export type EndpointUse = {
  /** ARM id. */
  readonly workspace: string;
  readonly endpoint: string;
  readonly deployment: string;
  readonly vmSize: string | null;
  readonly instances: number | null;
  /** Null: the region's list does not know the size. Azure may hold some more of it, for upgrades. */
  readonly family: string | null;
  readonly cores: number | null;
};
export type EndpointsInUse = {
  readonly deployments: readonly EndpointUse[];
  /** Workspaces, and endpoints as `workspace/endpoint`, whose deployments cannot be read: what they hold is not known. */
  readonly unread: readonly string[];
  /** When the oldest of it was read; null: there is nothing. */
  readonly readAt: number | null;
};

async function seenIn(flow: Flow, workspace: WorkspaceRef, freshForMs: number): Promise<EndpointsSeen> {
  const { ledger, endpoints, clock } = flow.ports;
  const known = await readEndpointsSeen(ledger, workspace);
  if (known !== null && clock.now() - known.readAt < freshForMs) return known;
  const read = await endpoints.listManaged(workspace);
  const { subscriptionId, resourceGroup, workspace: name } = workspace;
  const seen: EndpointsSeen = {
    workspace: { subscriptionId, resourceGroup, workspace: name },
    readAt: clock.now(),
    endpoints: read.ok ? read.value : null,
  };
  // What could not be read now is asked for again by the next who wants to know.
  if (read.ok) await writeEndpointsSeen(ledger, seen);
  return seen;
}

/**
 * What endpoints of these workspaces hold, for people to see: Azure's own numbers of the region have them in already. Read
 * when somebody asks, and not again for `freshForMs`; no sweep reads it.
 */
export async function readEndpointUse(
  flow: Flow,
  workspaces: readonly WorkspaceRef[],
  sizes: ReadonlyMap<string, VmSize>,
  freshForMs: number,
): Promise<EndpointsInUse> {
  const seen = await inParallel(workspaces, fewAtATime, (workspace) => seenIn(flow, workspace, freshForMs));
  const unread = seen.flatMap(({ workspace, endpoints }) =>
    endpoints === null
      ? [workspace.workspace]
      : endpoints.flatMap(({ name, deployments }) =>
          deployments === null ? [`${workspace.workspace}/${name}`] : [],
        ),
  );
  const deployments = seen.flatMap(({ workspace, endpoints }) =>
    (endpoints ?? []).flatMap((endpoint) =>
      (endpoint.deployments ?? []).map(({ name, vmSize, instances }): EndpointUse => {
        const size = sizes.get(vmSize?.toLowerCase() ?? '') ?? null;
        return {
          workspace: workspaceArmId(workspace),
          endpoint: endpoint.name,
          deployment: name,
          vmSize,
          instances,
          family: size?.family ?? null,
          cores: size === null || instances === null ? null : size.vCPUs * instances,
        };
      }),
    ),
  );
  const readAt = seen.length === 0 ? null : Math.min(...seen.map((one) => one.readAt));
  return { deployments, unread, readAt };
}
