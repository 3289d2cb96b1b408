import { answer, errorAnswer, type WireResponse } from './wire.ts';
import { findSubscription, findWorkspace, workspacePath } from './arm-lookup.ts';
import { jobsOf, type JobView } from './compute-jobs.ts';
import { guidOf, subscriptionIdOf, tenantId } from './names.ts';
import { isObject, type JsonObject } from './json.ts';
import { page } from './paging.ts';
import type { ArmRequest, ArmRoute } from './arm-route.ts';
import type { AzureParts } from './azure-parts.ts';
import type { ComputeRecord, WorkspaceRecord } from './compute-record.ts';

const workspaceJson = (workspace: WorkspaceRecord): JsonObject => ({
  id: workspace.id,
  name: workspace.name,
  type: 'Microsoft.MachineLearningServices/workspaces',
  location: workspace.location,
  tags: workspace.tags,
  kind: workspace.kind,
  etag: null,
  identity: { type: 'SystemAssigned', principalId: guidOf('workspace-identity', workspace.key), tenantId },
  sku: { name: 'Basic', tier: 'Basic' },
  properties: {
    friendlyName: workspace.name,
    workspaceId: guidOf('workspace', workspace.key),
    provisioningState: 'Succeeded',
    publicNetworkAccess: 'Enabled',
    hbiWorkspace: false,
    discoveryUrl: `https://${workspace.location}.api.azureml.ms/discovery`,
    tenantId,
  },
});

function listWorkspaces(request: ArmRequest, parts: AzureParts): WireResponse {
  const subscription = findSubscription(request, parts);
  if ('missing' in subscription) return subscription.missing;
  const group = request.params['group']?.toLowerCase();
  const rows = [...parts.world.workspaces.values()].filter(
    (workspace) =>
      workspace.subscriptionId === subscription.found &&
      (group === undefined || workspace.resourceGroup.toLowerCase() === group),
  );
  return page(rows, parts.habits.pageSize, request, workspaceJson);
}

type PlacedJob = { readonly record: ComputeRecord; readonly job: JobView };

const jobJson = (workspace: WorkspaceRecord, { record, job }: PlacedJob): JsonObject => {
  const creator = record.inner['createdBy'];
  const owner = isObject(creator) ? (creator['userId'] ?? null) : null;
  return {
    id: `${workspace.id}/jobs/${job.name}`,
    name: job.name,
    type: 'Microsoft.MachineLearningServices/workspaces/jobs',
    properties: {
      jobType: 'Command',
      displayName: job.displayName,
      experimentName: 'default',
      status: job.status,
      // Jobs spell the id of their compute in another casing than the compute itself does.
      computeId: record.id.replace('/resourceGroups/', '/resourcegroups/'),
      isArchived: false,
      command: 'python train.py',
      environmentId: `${workspace.id}/environments/default/versions/1`,
      tags: {},
      properties: {},
      services: {},
    },
    systemData: {
      createdAt: new Date(job.createdAt).toISOString(),
      createdBy: owner,
      createdByType: 'User',
      lastModifiedAt: new Date(job.changedAt).toISOString(),
    },
  };
};

function listJobs(request: ArmRequest, parts: AzureParts): WireResponse {
  const workspace = findWorkspace(request, parts);
  if ('missing' in workspace) return workspace.missing;
  const view = request.query.get('listViewType') ?? 'ActiveOnly';
  const jobType = request.query.get('jobType');
  const none = view === 'ArchivedOnly' || (jobType !== null && jobType !== 'Command');
  const rows = none
    ? []
    : parts.world
        .computesOf(workspace.found, request.now)
        .flatMap((record) => jobsOf(record, request.now).map((job) => ({ record, job })))
        .sort((a, b) => b.job.createdAt - a.job.createdAt);
  return page(rows, parts.habits.pageSize, request, (row) => jobJson(workspace.found, row));
}

function getJob(request: ArmRequest, parts: AzureParts): WireResponse {
  const workspace = findWorkspace(request, parts);
  if ('missing' in workspace) return workspace.missing;
  for (const record of parts.world.computesOf(workspace.found, request.now)) {
    const job = jobsOf(record, request.now).find((candidate) => candidate.name === request.params['job']);
    if (job !== undefined) return answer(200, jobJson(workspace.found, { record, job }));
  }
  return errorAnswer(404, 'UserError', `There is no job ${request.params['job'] ?? ''}.`);
}

const subscriptionJson = (id: string, name: string): JsonObject => ({
  id: `/subscriptions/${id}`,
  subscriptionId: id,
  displayName: name,
  tenantId,
  state: 'Enabled',
});

const subscriptions: readonly ArmRoute[] = [
  {
    method: 'GET',
    path: '/subscriptions',
    operation: 'workspaces',
    handle: (_request, { world }) =>
      answer(200, { value: [...world.subscriptions].map(([id, name]) => subscriptionJson(id, name)) }),
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}',
    operation: 'workspaces',
    handle: (request, parts) => {
      const found = findSubscription(request, parts);
      if ('missing' in found) return found.missing;
      const name = parts.world.subscriptions.get(found.found) ?? subscriptionIdOf(found.found);
      return answer(200, subscriptionJson(found.found, name));
    },
  },
];

export const workspaceRoutes: readonly ArmRoute[] = [
  ...subscriptions,
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/workspaces',
    operation: 'workspaces',
    handle: listWorkspaces,
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces',
    operation: 'workspaces',
    handle: listWorkspaces,
  },
  {
    method: 'GET',
    path: workspacePath,
    operation: 'workspaces',
    handle: (request, parts) => {
      const found = findWorkspace(request, parts);
      return 'missing' in found ? found.missing : answer(200, workspaceJson(found.found));
    },
  },
  { method: 'GET', path: `${workspacePath}/jobs`, operation: 'jobs', areas: ['jobs'], handle: listJobs },
  {
    method: 'GET',
    path: `${workspacePath}/jobs/{job}`,
    operation: 'jobs',
    areas: ['jobs'],
    handle: getJob,
  },
];
