import type { AzureMachineLearningWorkspaces } from '@azure/arm-machinelearning';
import type { TokenCredential } from '@azure/core-auth';
import type { SubscriptionId } from '../../core/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AzureClientOptions, AzureTransport } from './transport.ts';

/** Newer than the SDK's own, so that the platform's idle setting and the newest states are part of the answer. */
export const armApiVersion = '2025-12-01';

export type ArmClients = {
  readonly clock: Clock;
  client(subscriptionId: SubscriptionId): Promise<AzureMachineLearningWorkspaces>;
};

/** SDK clients by subscription, under one identity; the SDK is loaded with the first. */
export function createArmClients(
  transport: AzureTransport,
  credential: TokenCredential,
  options: AzureClientOptions = transport.clientOptions,
  // The SDK puts its own into every request, so that another one takes another client.
  apiVersion = armApiVersion,
): ArmClients {
  const clients = new Map<SubscriptionId, Promise<AzureMachineLearningWorkspaces>>();
  const open = async (subscriptionId: SubscriptionId): Promise<AzureMachineLearningWorkspaces> => {
    const sdk = await import('@azure/arm-machinelearning');
    return new sdk.AzureMachineLearningWorkspaces(credential, subscriptionId, {
      ...options,
      apiVersion,
    });
  };
  return {
    clock: transport.clock,
    client(subscriptionId) {
      const client = clients.get(subscriptionId) ?? open(subscriptionId);
      clients.set(subscriptionId, client);
      return client;
    },
  };
}
