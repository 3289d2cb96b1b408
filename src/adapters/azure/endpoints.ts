import type { WorkspaceRef } from '../../core/ids.ts';
import type { EndpointDeployment, Endpoints, ManagedEndpoint } from '../../ports/azure.ts';
import type { ArmClients } from './arm-clients.ts';
import { azureResult } from './azure-failure.ts';
import { rawPages } from './raw-answer.ts';
import { numberField, recordField, recordOf, textField, type WireRecord } from './wire.ts';

const limits = { maxRows: 5000, maxPages: 500 };

const nameOf = (row: WireRecord): string =>
  textField(row, 'name') ?? textField(row, 'id')?.split('/').at(-1) ?? '';

/** `sku.capacity` is how many machines serve it, and `instanceType` which. */
function parseDeployment(value: unknown): EndpointDeployment {
  const row = recordOf(value);
  return {
    name: nameOf(row),
    vmSize: textField(recordField(row, 'properties'), 'instanceType'),
    instances: numberField(recordField(row, 'sku'), 'capacity'),
  };
}

export function createEndpoints(reader: ArmClients): Endpoints {
  const deploymentsOf = (workspace: WorkspaceRef, endpoint: string) =>
    azureResult(reader.clock, async () => {
      const { onlineDeployments } = await reader.client(workspace.subscriptionId);
      const rows = await rawPages(
        (options) =>
          onlineDeployments.list(workspace.resourceGroup, workspace.workspace, endpoint, options).byPage(),
        limits,
      );
      return rows.map(parseDeployment);
    });
  return {
    async listManaged(workspace) {
      const listed = await azureResult(reader.clock, async () => {
        const { onlineEndpoints } = await reader.client(workspace.subscriptionId);
        return rawPages(
          (options) => onlineEndpoints.list(workspace.resourceGroup, workspace.workspace, options).byPage(),
          limits,
        );
      });
      if (!listed.ok) return listed;
      const managed: ManagedEndpoint[] = [];
      for (const row of listed.value.map(recordOf)) {
        // One that names a compute runs on that, and takes no cores of Azure's pool.
        if (textField(recordField(row, 'properties'), 'compute') !== null) continue;
        const name = nameOf(row);
        const deployments = await deploymentsOf(workspace, name);
        if (!deployments.ok && deployments.kind === 'throttled') return deployments;
        managed.push({ name, deployments: deployments.ok ? deployments.value : null });
      }
      return { ok: true, value: managed };
    },
  };
}
