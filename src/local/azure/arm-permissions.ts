import { answer, errorAnswer, type WireResponse } from './wire.ts';
import { findSubscription } from './arm-lookup.ts';
import type { ArmRequest, ArmRoute } from './arm-route.ts';
import type { AzureParts } from './azure-parts.ts';

/** What ARM answers an app that the world denies the action; null: it may. */
export function deniedTo(request: ArmRequest, parts: AzureParts, action: string): WireResponse | null {
  const wanted = action.toLowerCase();
  const isDenied = parts.world.deniedActions.some((one) => one.toLowerCase() === wanted);
  if (!isDenied || request.by.kind !== 'app') return null;
  return errorAnswer(
    403,
    'AuthorizationFailed',
    `The client '${request.by.objectId}' does not have authorization to perform action '${action}' over scope '${request.url.pathname}'.`,
  );
}

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
