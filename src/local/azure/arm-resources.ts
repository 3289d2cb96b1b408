import { answer, errorAnswer, type WireResponse } from './wire.ts';
import { mergeDeep, type JsonObject } from './json.ts';
import type { AzureParts } from './azure-parts.ts';
import type { ResourceSpec } from './world-spec.ts';

/** A resource of another provider: `/subscriptions/…/providers/Microsoft.Compute/virtualMachines/vm1`. */
export const foreignResourcePath =
  /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?\/providers\/(?!microsoft\.machinelearningservices\/)[^/]+\/[^/]+\/[^/]+/i;

function resourceJson(id: string, resource: ResourceSpec): JsonObject {
  const segments = id.split('/');
  const provider = segments.findIndex((segment) => segment.toLowerCase() === 'providers') + 1;
  const facts: JsonObject = {
    ...(resource.os === undefined
      ? {}
      : {
          storageProfile: {
            osDisk: { osType: resource.os },
            ...(resource.image === undefined
              ? {}
              : { imageReference: { publisher: 'Canonical', offer: resource.image, sku: '22_04-lts' } }),
          },
        }),
    ...(resource.publicIp === undefined ? {} : { publicIPAddress: resource.publicIp ? '20.61.0.9' : null }),
  };
  return {
    id,
    name: segments.at(-1) ?? '',
    type: segments
      .slice(provider)
      .filter((_, index) => index === 0 || index % 2 === 1)
      .join('/'),
    location: resource.location ?? 'westeurope',
    properties: mergeDeep(facts, resource.properties ?? {}),
  };
}

/** What the app may read of the targets that computes point at: those of the world; of all others Azure says 403. */
export function answerForeignResource(path: string, parts: AzureParts): WireResponse {
  const resource = parts.world.resources.get(path.toLowerCase());
  return resource === undefined
    ? errorAnswer(
        403,
        'AuthorizationFailed',
        `The client does not have authorization to perform action 'read' over scope '${path}' or the scope is invalid.`,
      )
    : answer(200, resourceJson(path, resource));
}
