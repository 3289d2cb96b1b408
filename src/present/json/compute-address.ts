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
