import { z } from 'zod';
import { warnReasons } from '../core/idle/types.ts';
import { type ComputeRef, parseComputeRef, type SubscriptionId, type WorkspaceRef } from '../core/ids.ts';

const text = z.string().min(1);

export const refInput = z
  .object({ subscriptionId: text, resourceGroup: text, workspace: text, compute: text })
  .transform(
    (value): ComputeRef =>
      parseComputeRef({
        subscription: value.subscriptionId,
        resourceGroup: value.resourceGroup,
        workspace: value.workspace,
        compute: value.compute,
      }),
  );
const workspaceInput = z
  .object({ subscriptionId: text, resourceGroup: text, workspace: text })
  .transform((value) => value as WorkspaceRef);

export const sweepInput = z.object({ sweepId: text });
export const groupInput = z.object({
  subscriptionId: text.transform((value) => value as SubscriptionId),
  location: z.string(),
  workspaces: z.array(workspaceInput),
});
export const faultInput = z.object({
  workspace: workspaceInput.nullable(),
  subscriptionId: z.string(),
  code: z.string(),
  message: z.string(),
});
export const stopInput = z.object({
  ref: refInput,
  reason: z.enum(warnReasons),
  warningId: text,
  sweepId: text,
});
/** Answers of our own earlier steps, handed on by the workflow: their members are checked where they are used. */
export const ownAnswers = <T>(): z.ZodType<readonly T[]> =>
  z.array(z.custom<T>((value) => typeof value === 'object'));
