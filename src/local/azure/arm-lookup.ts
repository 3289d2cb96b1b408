import { errorAnswer, type WireAnswer } from './wire.ts';
import type { ArmRequest } from './arm-route.ts';
import type { AzureParts } from './azure-parts.ts';
import type { ComputeRecord, WorkspaceRecord } from './compute-record.ts';

export const workspacePath =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices/workspaces/{workspace}';
export const computePath = `${workspacePath}/computes/{compute}`;

type Found<T> = { readonly found: T } | { readonly missing: WireAnswer };

const provider = 'Microsoft.MachineLearningServices/workspaces';

export function findSubscription(request: ArmRequest, parts: AzureParts): Found<string> {
  const id = (request.params['subscription'] ?? '').toLowerCase();
  return parts.world.subscriptions.has(id)
    ? { found: id }
    : {
        missing: errorAnswer(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`),
      };
}

export function findWorkspace(request: ArmRequest, parts: AzureParts): Found<WorkspaceRecord> {
  const subscription = findSubscription(request, parts);
  if ('missing' in subscription) return subscription;
  const { group = '', workspace: name = '' } = request.params;
  const key =
    `/subscriptions/${subscription.found}/resourcegroups/${group}/providers/microsoft.machinelearningservices/workspaces/${name}`.toLowerCase();
  const workspace = parts.world.workspaces.get(key);
  return workspace === undefined
    ? {
        missing: errorAnswer(
          404,
          'ResourceNotFound',
          `The Resource '${provider}/${name}' under resource group '${group}' was not found.`,
        ),
      }
    : { found: workspace };
}

export function findCompute(
  request: ArmRequest,
  parts: AzureParts,
): Found<{ readonly workspace: WorkspaceRecord; readonly record: ComputeRecord }> {
  const workspace = findWorkspace(request, parts);
  if ('missing' in workspace) return workspace;
  const name = request.params['compute'] ?? '';
  const record = parts.world.compute(workspace.found, name, request.now);
  return record === undefined
    ? {
        missing: errorAnswer(
          404,
          'ResourceNotFound',
          `The Resource '${provider}/computes/${workspace.found.name}/${name}' was not found.`,
        ),
      }
    : { found: { workspace: workspace.found, record } };
}
