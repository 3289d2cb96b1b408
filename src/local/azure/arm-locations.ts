import { answer, errorAnswer, type WireResponse } from './wire.ts';
import { findSubscription } from './arm-lookup.ts';
import { quotas, updateQuotas, usages } from './arm-quotas.ts';
import type { ArmRequest, ArmRoute } from './arm-route.ts';
import type { AzureParts } from './azure-parts.ts';
import type { Json, JsonObject } from './json.ts';
import type { VmSizeRecord } from './vm-sizes.ts';

const locationPath =
  '/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}';

const priceRows = (size: VmSizeRecord): Json =>
  size.pricePerHour === null
    ? []
    : (
        [
          ['Windows', 'Standard', 1.8],
          ['Linux', 'LowPriority', 0.2],
          ['Linux', 'Standard', 1],
          ['Windows', 'LowPriority', 0.7],
        ] as const
      ).map(([osType, vmTier, factor]) => ({
        retailPrice: Math.round((size.pricePerHour ?? 0) * factor * 10_000) / 10_000,
        osType,
        vmTier,
      }));

const sizeJson = (size: VmSizeRecord): JsonObject => ({
  name: size.name,
  family: size.family,
  vCPUs: size.vCPUs,
  gpus: size.gpus,
  osVhdSizeMB: 1_047_552,
  maxResourceVolumeMB: size.memoryGB * 2048,
  memoryGB: size.memoryGB,
  lowPriorityCapable: true,
  premiumIO: true,
  estimatedVMPrices: { billingCurrency: 'USD', unitOfMeasure: 'OneHour', values: priceRows(size) },
  supportedComputeTypes: size.supportedComputeTypes,
});

function operationStatus(request: ArmRequest, parts: AzureParts): WireResponse {
  const operation = parts.operations.get(request.params['operation'] ?? '');
  if (operation === undefined) return errorAnswer(404, 'NotFound', 'There is no such operation.');
  const done = operation.doneAt !== null && operation.doneAt <= request.now;
  const name = { name: operation.id };
  if (!done) return answer(200, { ...name, status: 'InProgress' }, { 'retry-after': '10' });
  return operation.error === null
    ? answer(200, { ...name, status: 'Succeeded' })
    : answer(200, { ...name, status: 'Failed', error: operation.error });
}

function operationResult(request: ArmRequest, parts: AzureParts): WireResponse {
  const operation = parts.operations.get(request.params['operation'] ?? '');
  if (operation === undefined) return errorAnswer(404, 'NotFound', 'There is no such operation.');
  const done = operation.doneAt !== null && operation.doneAt <= request.now;
  if (done) return answer(200);
  return answer(202, undefined, { location: request.url.href, 'retry-after': '10' });
}

export const locationRoutes: readonly ArmRoute[] = [
  { method: 'GET', path: `${locationPath}/usages`, operation: 'usages', handle: usages },
  { method: 'GET', path: `${locationPath}/quotas`, operation: 'quotas', handle: quotas },
  { method: 'POST', path: `${locationPath}/updateQuotas`, operation: 'updateQuotas', handle: updateQuotas },
  {
    method: 'GET',
    path: `${locationPath}/vmSizes`,
    operation: 'sizes',
    handle: (request, parts) => {
      const found = findSubscription(request, parts);
      if ('missing' in found) return found.missing;
      return answer(200, { value: [...parts.world.sizes.values()].map(sizeJson) });
    },
  },
  {
    method: 'GET',
    path: `${locationPath}/computeOperationsStatus/{operation}`,
    operation: 'poll',
    handle: operationStatus,
  },
  {
    method: 'GET',
    path: `${locationPath}/computeOperationsResults/{operation}`,
    operation: 'poll',
    handle: operationResult,
  },
];
