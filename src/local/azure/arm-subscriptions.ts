import type { ArmRoute } from './arm-route.ts';
import { tenantId } from './names.ts';
import { answer } from './wire.ts';

/** The subscriptions that the caller sees: all of the world's. */
export const subscriptionRoutes: readonly ArmRoute[] = [
  {
    method: 'GET',
    path: '/subscriptions',
    operation: 'subscriptions',
    handle: (_request, parts) =>
      answer(200, {
        value: [...parts.world.subscriptions].map(([id, name]) => ({
          id: `/subscriptions/${id}`,
          subscriptionId: id,
          displayName: name,
          tenantId,
          state: 'Enabled',
        })),
      }),
  },
];
