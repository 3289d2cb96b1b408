import { z } from 'zod';
import type { WorkspaceRef } from '../core/ids.ts';
import type { Flow } from '../fleet/flow.ts';
import { reconcile } from '../fleet/reconcile/reconcile.ts';
import { activities } from '../workflows/names.ts';
import { refInput } from './inputs.ts';
import { registerActivityWithClient } from './register-activity.ts';

const text = z.string().min(1);
const workspace = z
  .object({ subscriptionId: text, resourceGroup: text, workspace: text })
  .transform((value) => value as WorkspaceRef);
const input = z.object({
  what: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('compute'), ref: refInput }),
    z.object({ kind: z.literal('instance'), ref: refInput }),
    z.object({ kind: z.literal('run'), workspace, run: text }),
  ]),
});

export const registerReconcileCompute = (flow: Flow): void =>
  registerActivityWithClient(activities.reconcileCompute, input, ({ what }, client) =>
    reconcile(flow, client, what),
  );
