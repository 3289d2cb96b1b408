import { type AzurePorts, createAzurePorts } from '../../src/adapters/azure/azure-ports.ts';
import { createAzureTransport } from '../../src/adapters/azure/transport.ts';
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

export const simulatedSubscription = parseSubscriptionId(subscriptionIdOf('main'));

export const simulatedWorkspace = (name: string): WorkspaceRef => ({
  subscriptionId: simulatedSubscription,
  resourceGroup: parseResourceGroupName('rg'),
  workspace: parseWorkspaceName(name),
});

export type SimulatedAdapters = AzurePorts & { readonly azure: SimulatedAzure; readonly clock: VirtualClock };

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
  return {
    azure,
    clock,
    ...createAzurePorts(transport, { reader: credential, stopper: credential, provisioner: credential }),
  };
}
