import { answer, errorAnswer, type WireResponse } from './wire.ts';
import { deniedTo } from './arm-permissions.ts';
import { findWorkspace, workspacePath } from './arm-lookup.ts';
import { page } from './paging.ts';
import type { ArmRequest, ArmRoute } from './arm-route.ts';
import type { AzureParts } from './azure-parts.ts';
import type { ComputeRecord, WorkspaceRecord } from './compute-record.ts';
import type { JsonObject } from './json.ts';
import type { EndpointSpec } from './world-spec.ts';

const type = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';
const endpointOf = (record: ComputeRecord): string => `on-${record.name.toLowerCase()}`;
const isUsed = (record: ComputeRecord): boolean => record.inUse === true || record.inUse === 'unknown';

const managedIn = (parts: AzureParts, workspace: WorkspaceRecord): readonly EndpointSpec[] =>
  parts.world.endpoints.filter(({ workspace: name }) => name === workspace.name);

const managedJson = (workspace: WorkspaceRecord, { name }: EndpointSpec): JsonObject => ({
  id: `${workspace.id}/onlineEndpoints/${name}`,
  name,
  type,
  kind: 'Managed',
  location: workspace.location,
  properties: { authMode: 'Key', provisioningState: 'Succeeded', traffic: { blue: 100 } },
});

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
  const denied = deniedTo(request, parts, `${type}/read`);
  if (denied !== null) return denied;
  const used = parts.world.computesOf(found, request.now).filter(isUsed);
  const rows = [
    ...used.map((record) => endpointJson(found, record)),
    ...managedIn(parts, found).map((endpoint) => managedJson(found, endpoint)),
  ];
  return page(rows, parts.habits.pageSize, request, (row) => row);
}

function listDeployments(request: ArmRequest, parts: AzureParts): WireResponse {
  const workspace = findWorkspace(request, parts);
  if ('missing' in workspace) return workspace.missing;
  const { found } = workspace;
  const name = request.params['endpoint']?.toLowerCase() ?? '';
  const denied = deniedTo(request, parts, `${type}/deployments/read`);
  if (denied !== null) return denied;
  const managed = managedIn(parts, found).find((one) => one.name.toLowerCase() === name);
  if (managed !== undefined) {
    return page(managed.deployments, parts.habits.pageSize, request, (one) => ({
      id: `${found.id}/onlineEndpoints/${managed.name}/deployments/${one.name}`,
      name: one.name,
      type: `${type}/deployments`,
      kind: 'Managed',
      location: found.location,
      sku: { name: 'Default', capacity: one.instances },
      properties: {
        endpointComputeType: 'Managed',
        instanceType: one.vmSize,
        provisioningState: 'Succeeded',
      },
    }));
  }
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
