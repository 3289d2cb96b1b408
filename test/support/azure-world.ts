import { AzureMachineLearningWorkspaces } from '@azure/arm-machinelearning';
import {
  MetricsClient,
  type MetricsQueryResourcesOptions,
  type MetricsQueryResult,
} from '@azure/monitor-query';
import type { HttpClient } from '@azure/core-rest-pipeline';
import {
  createInProcessClient,
  createSimulatedAzure,
  subscriptionIdOf,
  type ComputeSpec,
  type SimulatedAzure,
  type SimulatedAzureOptions,
  type WorldSpec,
} from '../../src/local/azure/index.ts';
import { VirtualClock } from '../../src/local/virtual-clock.ts';

export const startAt = Date.parse('2026-03-02T08:00:00Z');
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const sub1 = subscriptionIdOf('sub1');
export const ws1Id = `/subscriptions/${sub1}/resourceGroups/rg1/providers/Microsoft.MachineLearningServices/workspaces/ws1`;

/** A running instance of workspace ws1, up for three hours. */
export const instance = (name: string, more: Partial<ComputeSpec> = {}): ComputeSpec => ({
  name,
  workspace: 'ws1',
  kind: 'ComputeInstance',
  vmSize: 'Standard_DS3_v2',
  sinceAt: startAt - 3 * hourMs,
  user: 'ada',
  ...more,
});

export const worldOf = (computes: readonly ComputeSpec[], more: Partial<WorldSpec> = {}): WorldSpec => ({
  startAt,
  workspaces: [{ name: 'ws1', subscription: 'sub1', resourceGroup: 'rg1', location: 'westeurope' }],
  computes,
  ...more,
});

export type AzureBench = {
  readonly azure: SimulatedAzure;
  readonly clock: VirtualClock;
  readonly arm: AzureMachineLearningWorkspaces;
  readonly computes: AzureMachineLearningWorkspaces['computeOperations'];
  readonly metrics: (
    options: MetricsQueryResourcesOptions,
    names: readonly string[],
    ids?: readonly string[],
  ) => Promise<readonly MetricsQueryResult[]>;
  /** A request of one's own, with the app's token. */
  readonly call: (
    method: string,
    pathOrUrl: string,
    body?: unknown,
  ) => Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  }>;
};

export const credentialFor = (azure: SimulatedAzure) => ({
  getToken: async () => ({ token: azure.staticToken(), expiresOnTimestamp: 253_402_300_799_000 }),
});

/** The unmodified SDK clients in front of a simulated Azure. */
export function azureBench(spec: WorldSpec, options: Partial<SimulatedAzureOptions> = {}): AzureBench {
  const clock = new VirtualClock(spec.startAt);
  const azure = createSimulatedAzure(spec, { clock, random: () => 0.5, ...options });
  return { ...clientsFor(azure, createInProcessClient(azure)), azure, clock };
}

export function clientsFor(
  azure: SimulatedAzure,
  httpClient: HttpClient,
): Omit<AzureBench, 'azure' | 'clock'> {
  const credential = credentialFor(azure);
  const common = { httpClient, retryOptions: { maxRetries: 0 } };
  const arm = new AzureMachineLearningWorkspaces(credential, sub1, common);
  const monitor = new MetricsClient('https://westeurope.metrics.monitor.azure.com', credential, common);
  return {
    arm,
    computes: arm.computeOperations,
    metrics: (query, names, ids = [ws1Id]) =>
      monitor.queryResources([...ids], [...names], 'Microsoft.MachineLearningServices/workspaces', query),
    call: async (method, pathOrUrl, body) => {
      const answer = await azure.handle({
        method,
        url: pathOrUrl.startsWith('https:') ? pathOrUrl : `https://management.azure.com${pathOrUrl}`,
        headers: { authorization: `Bearer ${azure.staticToken()}` },
        body: body === undefined ? null : JSON.stringify(body),
      });
      if (answer.kind === 'lost') throw new Error('connection lost');
      return {
        status: answer.status,
        headers: answer.headers,
        body: answer.body === null || answer.body === '' ? null : (JSON.parse(answer.body) as unknown),
      };
    },
  };
}

export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
