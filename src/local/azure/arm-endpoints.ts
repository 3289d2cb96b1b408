import { answer, errorAnswer, type WireResponse } from './wire.ts';
import { findWorkspace, workspacePath } from './arm-lookup.ts';
import { page } from './paging.ts';
import type { ArmRequest, ArmRoute } from './arm-route.ts';
import type { AzureParts } from './azure-parts.ts';
import type { ComputeRecord, WorkspaceRecord } from './compute-record.ts';
import type { JsonObject } from './json.ts';

const type = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';
const endpointOf = (record: ComputeRecord): string => `on-${record.name.toLowerCase()}`;
const isUsed = (record: ComputeRecord): boolean => record.inUse === true || record.inUse === 'unknown';

const endpointJson = (workspace: WorkspaceRecord, record: ComputeRecord): JsonObject => ({
  id: `${workspace.id}/onlineEndpoints/${endpointOf(record)}`,
  name: endpointOf(record),
  type,
  location: workspace.location,
  properties: {
    authMode: 'Key',
    // Endpoints spell the id of their compute in another casing than the compute itself does.
    compute: record.id.replace('/resourceGroups/', '/resourcegroups/'),
    provisioningState: 'Succeeded',
    traffic: { blue: 100 },
  },
});

function listEndpoints(request: ArmRequest, parts: AzureParts): WireResponse {
  const workspace = findWorkspace(request, parts);
  if ('missing' in workspace) return workspace.missing;
  const { found } = workspace;
  const used = parts.world.computesOf(found, request.now).filter(isUsed);
  return page(used, parts.habits.pageSize, request, (record) => endpointJson(found, record));
}

function listDeployments(request: ArmRequest, parts: AzureParts): WireResponse {
  const workspace = findWorkspace(request, parts);
  if ('missing' in workspace) return workspace.missing;
  const { found } = workspace;
  const name = request.params['endpoint']?.toLowerCase() ?? '';
  const record = parts.world
    .computesOf(found, request.now)
    .find((one) => isUsed(one) && endpointOf(one) === name);
  if (record === undefined) return errorAnswer(404, 'ResourceNotFound', `There is no endpoint ${name}.`);
  if (record.inUse === 'unknown') {
    return errorAnswer(
      403,
      'AuthorizationFailed',
      `The client '${request.by.objectId}' does not have authorization to perform action '${type}/deployments/read' over scope '${found.id}/onlineEndpoints/${name}'.`,
    );
  }
  const id = `${found.id}/onlineEndpoints/${name}/deployments/blue`;
  return page([id], parts.habits.pageSize, request, () => ({
    id,
    name: 'blue',
    type: `${type}/deployments`,
    location: found.location,
    properties: { endpointComputeType: 'Kubernetes', provisioningState: 'Succeeded' },
  }));
}

function listNone(request: ArmRequest, parts: AzureParts): WireResponse {
  const workspace = findWorkspace(request, parts);
  return 'missing' in workspace ? workspace.missing : answer(200, { value: [] });
}

/** What runs on attached targets: online endpoints. Batch endpoints and services of the first SDK there are none. */
export const endpointRoutes: readonly ArmRoute[] = [
  { method: 'GET', path: `${workspacePath}/onlineEndpoints`, operation: 'endpoints', handle: listEndpoints },
  {
    method: 'GET',
    path: `${workspacePath}/onlineEndpoints/{endpoint}/deployments`,
    operation: 'endpoints',
    handle: listDeployments,
  },
  { method: 'GET', path: `${workspacePath}/batchEndpoints`, operation: 'endpoints', handle: listNone },
  { method: 'GET', path: `${workspacePath}/services`, operation: 'endpoints', handle: listNone },
];
