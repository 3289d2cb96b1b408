import type { z } from 'zod';
import type { ComputeRef } from '../../core/ids.ts';
import type { computeAddress } from './scalars.ts';

export type ComputeAddress = z.infer<typeof computeAddress>;

export const addressOf = (ref: ComputeRef): ComputeAddress => ({
  subscription: ref.subscriptionId,
  resourceGroup: ref.resourceGroup,
  workspace: ref.workspace,
  compute: ref.compute,
});

/** As people name it: short, and unique enough within a list. */
export const computeName = (ref: ComputeRef): string => `${ref.workspace}/${ref.compute}`;

/** The address's path in our own API; its parts are names that need no escaping, escaped all the same. */
export const computePath = (ref: ComputeRef): string =>
  `/api/computes/${[ref.subscriptionId, ref.resourceGroup, ref.workspace, ref.compute].map(encodeURIComponent).join('/')}`;

/** The page that asks "keep it running?" and does so when its button is pressed: for links in messages, which previews fetch. */
export const keepPagePath = (ref: ComputeRef): string =>
  `/api/dashboard?${new URLSearchParams({ keep: [ref.subscriptionId, ref.resourceGroup, ref.workspace, ref.compute].join('/') }).toString()}`;
