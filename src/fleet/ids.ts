import { computeKey, type ComputeRef, shortHash } from '../core/ids.ts';

/** `sweep-20260302T0800`: ids of sweeps sort by time. */
export function sweepIdOf(at: number): string {
  const minute = new Date(at).toISOString().slice(0, 16);
  return `sweep-${minute.replaceAll('-', '').replace(':', '')}`;
}

/** The same compute in the same sweep is the same warning, however often a step runs. */
export const warningIdOf = (ref: ComputeRef, sweepId: string): string =>
  shortHash(`${computeKey(ref)}|${sweepId}`, 12);

/** Workflow of one warning: no text from outside ever becomes part of an id. */
export const stopInstanceId = (ref: ComputeRef, warningId: string): string =>
  `stop-${shortHash(computeKey(ref), 16)}-${warningId}`;
