import type { ComputeView } from '../present/json/compute-view.ts';

export type ComputeAddress = Pick<ComputeView, 'subscription' | 'resourceGroup' | 'workspace' | 'compute'>;

/** Where the API keeps this compute. */
export const pathOf = (compute: ComputeAddress): string =>
  `/api/computes/${[compute.subscription, compute.resourceGroup, compute.workspace, compute.compute].map(encodeURIComponent).join('/')}`;
