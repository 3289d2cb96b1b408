import { createArmClients } from '../../src/adapters/azure/arm-clients.ts';
import { createComputes } from '../../src/adapters/azure/computes.ts';
import { createDirectory } from '../../src/adapters/azure/directory.ts';
import { createJobs } from '../../src/adapters/azure/jobs.ts';
import { createMetrics } from '../../src/adapters/azure/metrics.ts';
import { createSizes } from '../../src/adapters/azure/sizes.ts';
import { createAzureTransport } from '../../src/adapters/azure/transport.ts';
import { createWorkspaces } from '../../src/adapters/azure/workspaces.ts';
import {
  parseResourceGroupName,
  parseSubscriptionId,
  parseWorkspaceName,
  type WorkspaceRef,
} from '../../src/core/ids.ts';
import {
  createInProcessClient,
  createSimulatedAzure,
  type SimulatedAzure,
  type SimulatedAzureOptions,
  subscriptionIdOf,
  type WorldSpec,
} from '../../src/local/azure/index.ts';
import { VirtualClock } from '../../src/local/virtual-clock.ts';
import type { Computes, Directory, Jobs, Metrics, Sizes, Workspaces } from '../../src/ports/azure.ts';

export const simulatedSubscription = parseSubscriptionId(subscriptionIdOf('main'));

export const simulatedWorkspace = (name: string): WorkspaceRef => ({
  subscriptionId: simulatedSubscription,
  resourceGroup: parseResourceGroupName('rg'),
  workspace: parseWorkspaceName(name),
});

export type SimulatedAdapters = {
  readonly azure: SimulatedAzure;
  readonly clock: VirtualClock;
  readonly workspaces: Workspaces;
  readonly computes: Computes;
  readonly jobs: Jobs;
  readonly metrics: Metrics;
  readonly sizes: Sizes;
  readonly directory: Directory;
};

/** The adapters over their SDKs, in front of a simulated Azure in the same process. */
export function simulatedAdapters(
  spec: WorldSpec,
  options: Partial<SimulatedAzureOptions> = {},
): SimulatedAdapters {
  const clock = new VirtualClock(spec.startAt);
  const azure = createSimulatedAzure(spec, { clock, random: () => 0.5, ...options });
  const transport = createAzureTransport({
    clock,
    subscriptions: [simulatedSubscription],
    storageOrigins: [],
    loopbackOrigin: null,
    httpClient: createInProcessClient(azure),
  });
  const credential = {
    getToken: async () => ({ token: azure.staticToken(), expiresOnTimestamp: 253_402_300_799_000 }),
  };
  const clients = createArmClients(transport, credential);
  return {
    azure,
    clock,
    workspaces: createWorkspaces(clients),
    computes: createComputes({ reader: clients, stopper: clients }),
    jobs: createJobs({ reader: clients }),
    metrics: createMetrics(transport, credential),
    sizes: createSizes(clients),
    directory: createDirectory(transport, credential),
  };
}
