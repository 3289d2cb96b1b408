import { z } from 'zod';
import { limitView } from './limit-view.ts';
import { instant } from './scalars.ts';

const usage = z.object({ used: z.number(), limit: z.number().nullable() });
export const endpointsView = z
  .object({
    deployments: z.array(
      z.object({
        workspace: z.string(),
        endpoint: z.string(),
        deployment: z.string(),
        vmSize: z.string().nullable(),
        instances: z.number().nullable(),
        family: z.string().nullable(),
        cores: z
          .number()
          .nullable()
          .meta({ description: 'Null: not known; Azure may hold more for upgrades' }),
      }),
    ),
    unread: z.array(z.string()).meta({ description: 'Workspaces and endpoints that cannot be read' }),
    readAt: instant.nullable(),
  })
  .meta({ description: 'What online endpoints hold; the numbers of Azure have it in already' });
export type EndpointsView = z.infer<typeof endpointsView>;

const azureQuotaView = z.object({
  subscription: z.string(),
  location: z.string(),
  readable: z.boolean().meta({ description: 'False: Azure does not say; nothing of it is zero' }),
  regional: usage.nullable(),
  computes: usage.nullable(),
  families: z.array(usage.extend({ family: z.string() })).meta({ description: 'Those in use' }),
  endpoints: endpointsView,
  workspaceLimits: z
    .array(
      z.object({
        workspace: z.string(),
        family: z.string(),
        limit: z.number(),
        used: z.number().nullable().meta({ description: 'Null: Azure does not say' }),
        setBy: z
          .string()
          .nullable()
          .meta({ description: 'Who set it through Lamplighter; null: nobody did' }),
        setAt: instant.nullable(),
      }),
    )
    .nullable()
    .meta({ description: 'Azure’s own limits of workspaces (PUT quota/azure); null: they cannot be read' }),
});
export type AzureQuotaView = z.infer<typeof azureQuotaView>;

/** Where limits stand: the policy's, and for an admin Azure's. */
export const quotaView = z.object({
  note: z.string(),
  limits: z.array(limitView),
  azure: z.array(azureQuotaView),
});
export type QuotaView = z.infer<typeof quotaView>;
