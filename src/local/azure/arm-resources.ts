import { answer, errorAnswer, type WireResponse } from './wire.ts';
import { expandResourceId } from './names.ts';
import { mergeDeep, type JsonObject } from './json.ts';
import type { AzureParts } from './azure-parts.ts';
import type { ResourceSpec } from './world-spec.ts';

/** A resource of another provider: `/subscriptions/…/providers/Microsoft.Compute/virtualMachines/vm1`. */
export const foreignResourcePath =
  /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?\/providers\/(?!microsoft\.machinelearningservices\/)[^/]+\/[^/]+\/[^/]+/i;

const isMachine = (id: string): boolean => /\/microsoft\.compute\/virtualmachines\/[^/]+$/i.test(id);
const isHdInsight = (id: string): boolean => /\/microsoft\.hdinsight\/clusters\/[^/]+$/i.test(id);
const cardOf = (machineId: string): string =>
  machineId.replace(
    /\/Microsoft\.Compute\/virtualMachines\/([^/]+)$/i,
    '/Microsoft.Network/networkInterfaces/$1-nic',
  );

/** The system and the network of a machine; what the world does not say is not to be read there. */
function machineFacts(id: string, resource: ResourceSpec): JsonObject {
  return {
    ...(resource.os === undefined && resource.image === undefined
      ? {}
      : {
          storageProfile: {
            ...(resource.os === undefined ? {} : { osDisk: { osType: resource.os } }),
            ...(resource.image === undefined
              ? {}
              : { imageReference: { publisher: 'Canonical', offer: resource.image, sku: '22_04-lts' } }),
          },
        }),
    networkProfile: { networkInterfaces: [{ id: cardOf(id), properties: { primary: true } }] },
  };
}

function clusterFacts(name: string, resource: ResourceSpec): JsonObject {
  if (resource.publicIp === undefined) return {};
  const gateway = { name: 'SSH', protocol: 'TCP', location: `${name}-ssh.azurehdinsight.net`, port: 22 };
  return {
    networkProperties: { privateLink: resource.publicIp ? 'Disabled' : 'Enabled' },
    connectivityEndpoints: [resource.publicIp ? gateway : { ...gateway, privateIPAddress: '10.0.0.12' }],
  };
}

function resourceJson(id: string, resource: ResourceSpec): JsonObject {
  const segments = id.split('/');
  const name = segments.at(-1) ?? '';
  const provider = segments.findIndex((segment) => segment.toLowerCase() === 'providers') + 1;
  const facts = isMachine(id)
    ? machineFacts(id, resource)
    : isHdInsight(id)
      ? clusterFacts(name, resource)
      : {};
  return {
    id,
    name,
    type: segments
      .slice(provider)
      .filter((_, index) => index === 0 || index % 2 === 1)
      .join('/'),
    location: resource.location ?? 'westeurope',
    properties: mergeDeep(facts, resource.properties ?? {}),
  };
}

/** The network card of a machine of the world, where that says whether there is a public address. */
function networkCard(path: string, parts: AzureParts): JsonObject | null {
  const machine = [...parts.world.resources.values()].find(
    ({ id }) => isMachine(id) && cardOf(expandResourceId(id)).toLowerCase() === path.toLowerCase(),
  );
  if (machine?.publicIp === undefined) return null;
  const address = path.replace(/networkInterfaces\/([^/]+)-nic$/i, 'publicIPAddresses/$1-ip');
  return {
    id: path,
    name: path.split('/').at(-1) ?? '',
    type: 'Microsoft.Network/networkInterfaces',
    location: machine.location ?? 'westeurope',
    properties: {
      ipConfigurations: [
        {
          name: 'ipconfig1',
          properties: {
            privateIPAddress: '10.0.0.8',
            ...(machine.publicIp ? { publicIPAddress: { id: address } } : {}),
          },
        },
      ],
    },
  };
}

/** What the app may read of the targets that computes point at: those of the world; of all others Azure says 403. */
export function answerForeignResource(path: string, parts: AzureParts): WireResponse {
  const resource = parts.world.resources.get(path.toLowerCase());
  const card = networkCard(path, parts);
  if (resource === undefined && card !== null) return answer(200, card);
  return resource === undefined
    ? errorAnswer(
        403,
        'AuthorizationFailed',
        `The client does not have authorization to perform action 'read' over scope '${path}' or the scope is invalid.`,
      )
    : answer(200, resourceJson(path, resource));
}
