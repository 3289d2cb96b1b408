import { type ComputeKey, shortHash, type WorkspaceKey } from '../core/ids.ts';

/** Partition of everything that is known of one workspace: names from outside never become row keys themselves. */
export const workspacePartition = (workspace: WorkspaceKey): string => `ws-${shortHash(workspace, 24)}`;
/** Row of one compute. */
export const computeRow = (compute: ComputeKey): string => `c-${shortHash(compute, 24)}`;
