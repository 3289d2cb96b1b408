import { answer } from './wire.ts';
import { findSubscription } from './arm-lookup.ts';
import type { ArmRoute } from './arm-route.ts';

/** What the caller itself may do in a subscription: everything that the world does not deny it. */
export const permissionRoutes: readonly ArmRoute[] = [
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.Authorization/permissions',
    operation: 'permissions',
    handle: (request, parts) => {
      const found = findSubscription(request, parts);
      if ('missing' in found) return found.missing;
      return answer(200, { value: [{ actions: ['*'], notActions: [...parts.world.deniedActions] }] });
    },
  },
];
