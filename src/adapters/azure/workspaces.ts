import type { Workspace } from '../../core/computes.ts';
import {
  parseResourceGroupName,
  parseSubscriptionId,
  parseWorkspaceName,
  type SubscriptionId,
  workspaceKey,
} from '../../core/ids.ts';
import type { Workspaces } from '../../ports/azure.ts';
import type { ArmClients } from './arm-clients.ts';
import { azureResult } from './azure-failure.ts';
import { rawPages } from './raw-answer.ts';
import { malformed, recordOf, regionOf, tagsOf, textField } from './wire.ts';

const limits = { maxRows: 10_000, maxPages: 1000 };
const idPattern =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.machinelearningservices\/workspaces\/([^/]+)\/?$/i;

function parseWorkspace(subscriptionId: SubscriptionId, value: unknown): Workspace {
  const row = recordOf(value);
  const [, subscription, resourceGroup, workspace] = idPattern.exec(textField(row, 'id') ?? '') ?? [];
  const location = regionOf(textField(row, 'location'));
  if (subscription === undefined || location === '') throw malformed('a workspace has no id or no location');
  if (parseSubscriptionId(subscription) !== subscriptionId) {
    throw malformed('a workspace is of a subscription that was not asked for');
  }
  return {
    subscriptionId,
    resourceGroup: parseResourceGroupName(resourceGroup),
    workspace: parseWorkspaceName(workspace),
    location,
    tags: tagsOf(row),
  };
}

export function createWorkspaces(reader: ArmClients): Workspaces {
  return {
    list: (subscriptionId) =>
      azureResult(reader.clock, async () => {
        const client = await reader.client(subscriptionId);
        const rows = await rawPages(
          (options) => client.workspaces.listBySubscription(options).byPage(),
          limits,
        );
        const workspaces = rows.map((row) => parseWorkspace(subscriptionId, row));
        return [...new Map(workspaces.map((one) => [workspaceKey(one), one])).values()];
      }),
  };
}
