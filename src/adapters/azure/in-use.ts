import { computeArmId, type ComputeRef } from '../../core/ids.ts';
import type { AttachableKind } from '../../core/policy/kinds.ts';
import type { TargetUser } from '../../ports/attachments.ts';
import type { ArmClients } from './arm-clients.ts';
import { rawPages } from './raw-answer.ts';
import { createRestClient, jsonOf } from './rest-client.ts';
import type { TokenCredential } from '@azure/core-auth';
import type { AzureTransport } from './transport.ts';
import { failureOfRest } from './rest-client.ts';
import type { AzureFailure } from '../../ports/azure.ts';
import { listField, malformed, recordField, recordOf, textField, type WireRecord } from './wire.ts';

const limits = { maxRows: 5000, maxPages: 500 };
/** The last version that knows the services of the first Python SDK, which alone run on AKS attachments. */
const servicesVersion = '2021-04-01';

/** A call that failed, on its way out of loops. */
export class Unread extends Error {
  readonly failure: AzureFailure;
  constructor(failure: AzureFailure) {
    super(failure.message);
    this.name = 'Unread';
    this.failure = failure;
  }
}

/** Whether a text names the compute: by ARM id in any casing, as `azureml:name`, or by the bare name. */
export function namesCompute(text: string | null, ref: ComputeRef): boolean {
  if (text === null) return false;
  const lower = text.toLowerCase().replace(/\/+$/, '');
  if (lower.startsWith('/')) return lower === computeArmId(ref).toLowerCase();
  return lower.replace(/^azureml:/, '') === ref.compute.toLowerCase();
}

const nameOf = (row: WireRecord): string =>
  textField(row, 'name') ?? textField(row, 'id')?.split('/').at(-1) ?? '';

/** Endpoints, deployments and services that run on a target. Throws `Unread`, or what the SDK throws. */
export async function usersOf(
  reader: ArmClients,
  rest: { readonly transport: AzureTransport; readonly credential: TokenCredential },
  ref: ComputeRef,
  kind: AttachableKind,
): Promise<readonly TargetUser[]> {
  const client = await reader.client(ref.subscriptionId);
  const { resourceGroup, workspace } = ref;
  const users: TargetUser[] = [];

  const online = await rawPages(
    (options) => client.onlineEndpoints.list(resourceGroup, workspace, options).byPage(),
    limits,
  );
  for (const row of online.map(recordOf)) {
    // An endpoint that names no compute is a managed one, and runs on none of the workspace's.
    if (!namesCompute(textField(recordField(row, 'properties'), 'compute'), ref)) continue;
    const endpoint = nameOf(row);
    const deployments = await rawPages(
      (options) => client.onlineDeployments.list(resourceGroup, workspace, endpoint, options).byPage(),
      limits,
    );
    users.push({ what: 'endpoint', name: endpoint });
    for (const one of deployments.map(recordOf))
      users.push({ what: 'deployment', name: `${endpoint}/${nameOf(one)}` });
  }

  const batch = await rawPages(
    (options) => client.batchEndpoints.list(resourceGroup, workspace, options).byPage(),
    limits,
  );
  for (const endpoint of batch.map(recordOf).map(nameOf)) {
    const deployments = await rawPages(
      (options) => client.batchDeployments.list(resourceGroup, workspace, endpoint, options).byPage(),
      limits,
    );
    for (const row of deployments.map(recordOf)) {
      if (!namesCompute(textField(recordField(row, 'properties'), 'compute'), ref)) continue;
      users.push({ what: 'deployment', name: `${endpoint}/${nameOf(row)}` });
    }
  }
  if (kind === 'AKS') users.push(...(await servicesOn(rest, ref)));
  return users;
}

async function servicesOn(
  { transport, credential }: { readonly transport: AzureTransport; readonly credential: TokenCredential },
  ref: ComputeRef,
): Promise<readonly TargetUser[]> {
  const client = createRestClient(transport, credential, 'https://management.azure.com/.default');
  const base = computeArmId(ref).replace(/\/computes\/[^/]+$/, '');
  const users: TargetUser[] = [];
  const seen = new Set<string>();
  let next: string | null = `https://management.azure.com${base}/services?api-version=${servicesVersion}`;
  while (next !== null) {
    if (seen.has(next) || seen.size > limits.maxPages) throw malformed('its pages of services have no end');
    seen.add(next);
    const answer = await client.get(next);
    if (answer.status !== 200) throw new Unread(failureOfRest(answer, transport));
    const page = recordOf(jsonOf(answer.text));
    if (!Array.isArray(page['value'])) throw malformed('a page has no list of services');
    for (const row of listField(page, 'value').map(recordOf)) {
      const properties = recordField(row, 'properties');
      if (!namesCompute(textField(properties, 'computeName'), ref)) continue;
      users.push({ what: 'service', name: nameOf(row) });
    }
    next = textField(page, 'nextLink');
  }
  return users;
}
