import type { TokenCredential } from '@azure/core-auth';
import type { AttachableKind } from '../../core/policy/kinds.ts';
import { parseResourceId } from '../../core/targets/attachment-resource.ts';
import { nothingKnown, type ResourceFacts } from '../../core/targets/attachment-rules.ts';
import type { AzureResult } from '../../ports/azure.ts';
import { azureFailure } from './azure-failure.ts';
import { createRestClient, failureOfRest, jsonOf } from './rest-client.ts';
import type { AzureTransport } from './transport.ts';
import {
  fieldOf,
  listField,
  malformed,
  recordField,
  recordOf,
  regionOf,
  textField,
  type WireRecord,
} from './wire.ts';

const arm = 'https://management.azure.com';
/** Of each kind's resource provider, one that has been there for years; of the others only the region is read. */
const versions: Readonly<Record<AttachableKind, string>> = {
  VirtualMachine: '2024-07-01',
  HDInsight: '2021-06-01',
  Databricks: '2024-05-01',
  DataLakeAnalytics: '2016-11-01',
  AKS: '2024-05-01',
  Kubernetes: '2024-01-01',
  SynapseSpark: '2021-06-01',
  DataFactory: '2018-06-01',
};
/** Kubernetes attachments point at either of two kinds of resources. */
const managedClusterVersion = '2024-05-01';
const networkVersion = '2024-05-01';

type Read = (path: string, version: string) => Promise<AzureResult<WireRecord>>;

/** The machine's system by its image; an image of one's own says nothing about what is in it. */
function systemOf(properties: WireRecord): Pick<ResourceFacts, 'ubuntu' | 'system'> {
  const storage = recordField(properties, 'storageProfile');
  const system = textField(recordField(storage, 'osDisk'), 'osType');
  const image = recordField(storage, 'imageReference');
  const offer = textField(image, 'offer');
  const shown = offer ?? system;
  if (system !== null && system.toLowerCase() !== 'linux') return { ubuntu: false, system: shown };
  if (offer === null) return { ubuntu: null, system: shown };
  return { ubuntu: /ubuntu/i.test(`${offer} ${textField(image, 'sku') ?? ''}`), system: shown };
}

/** Whether one of the machine's network cards bears a public address; null: one of them cannot be read, and no other does. */
async function publicIpOf(properties: WireRecord, read: Read): Promise<AzureResult<boolean | null>> {
  const cards = listField(recordField(properties, 'networkProfile'), 'networkInterfaces').map(recordOf);
  if (cards.length === 0) return { ok: true, value: null };
  let unread = false;
  for (const card of cards) {
    const id = textField(card, 'id');
    const got = id === null ? null : await read(parseResourceId(id).id, networkVersion);
    if (got === null || !got.ok) {
      if (got?.kind === 'throttled') return got;
      unread = true;
      continue;
    }
    const addresses = listField(recordField(got.value, 'properties'), 'ipConfigurations').map(recordOf);
    const isPublic = addresses.some(
      (one) => textField(recordField(recordField(one, 'properties'), 'publicIPAddress'), 'id') !== null,
    );
    if (isPublic) return { ok: true, value: true };
  }
  return { ok: true, value: unread ? null : false };
}

/** A cluster behind private links has an SSH address that leads nowhere from outside. */
function clusterIsPublic(properties: WireRecord): boolean | null {
  const network = recordField(properties, 'networkProperties');
  if (textField(network, 'privateLink')?.toLowerCase() === 'enabled') return false;
  if (
    textField(network, 'publicIpTag') === null &&
    fieldOf(properties, 'connectivityEndpoints') === undefined
  )
    return null;
  return listField(properties, 'connectivityEndpoints')
    .map(recordOf)
    .some(
      (one) => textField(one, 'name')?.toUpperCase() === 'SSH' && textField(one, 'privateIPAddress') === null,
    );
}

/** Reads what attachments point at, under the reading identity; it needs `read` on those resources and on network interfaces. */
export function createResources(transport: AzureTransport, credential: TokenCredential) {
  const client = createRestClient(transport, credential, `${arm}/.default`);
  const read: Read = async (path, version) => {
    const answer = await client.get(`${arm}${path}?api-version=${version}`);
    if (answer.status !== 200) return failureOfRest(answer, transport);
    const body = jsonOf(answer.text);
    if (typeof body !== 'object' || body === null) throw malformed('it is no JSON object');
    return { ok: true, value: recordOf(body) };
  };

  return async (kind: AttachableKind, resourceId: string): Promise<AzureResult<ResourceFacts>> => {
    try {
      const resource = parseResourceId(resourceId);
      const version =
        resource.type === 'microsoft.containerservice/managedclusters'
          ? managedClusterVersion
          : versions[kind];
      const got = await read(resource.id, version);
      if (!got.ok) return got;
      const region = regionOf(textField(got.value, 'location'));
      const facts: ResourceFacts = { ...nothingKnown, region: region === '' ? null : region };
      const properties = recordField(got.value, 'properties');
      if (kind === 'HDInsight')
        return { ok: true, value: { ...facts, publicIp: clusterIsPublic(properties) } };
      if (kind !== 'VirtualMachine') return { ok: true, value: facts };
      const publicIp = await publicIpOf(properties, read);
      if (!publicIp.ok) return publicIp;
      return { ok: true, value: { ...facts, ...systemOf(properties), publicIp: publicIp.value } };
    } catch (error) {
      return azureFailure(error, transport.clock);
    }
  };
}
