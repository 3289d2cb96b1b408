import { computeKey, type ComputeRef, workspaceKey, type WorkspaceRef } from '../core/ids.ts';
import { computeRow, workspacePartition } from './keys.ts';

/** Partition and row of what is known of one compute. */
export const placeOf = (ref: ComputeRef): { readonly partition: string; readonly row: string } => ({
  partition: workspacePartition(workspaceKey(ref)),
  row: computeRow(computeKey(ref)),
});

export const partitionOf = (ref: WorkspaceRef): string => workspacePartition(workspaceKey(ref));
/** Range of the rows whose keys begin with the prefix. */
export const withPrefix = (prefix: string): { readonly from: string; readonly to: string } => ({
  from: prefix,
  // What follows a prefix is a digit, a hex digit or a date: all before "z".
  to: `${prefix}z`,
});
