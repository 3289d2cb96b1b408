import { expect } from 'vitest';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
import { simulatedSubscription } from './simulated-adapters.ts';
import {
  hour,
  type ProvisionWorld,
  provisionWorld,
  type ProvisionWorldOptions,
  startAt,
  type Who,
} from './provision-world.ts';
import type { Reply } from './app-under-test.ts';

export const pathOf = (name: string): string => `/api/computes/${simulatedSubscription}/rg/ws1/${name}`;

/** Ada's instance: quiet for a day, with everything that has to be there again. */
export const adas = (more: Partial<ComputeSpec> = {}): ComputeSpec => ({
  name: 'ci-ada',
  workspace: 'ws1',
  kind: 'ComputeInstance',
  vmSize: 'Standard_DS3_v2',
  user: 'ada',
  createdAt: startAt - 200 * 24 * hour,
  sinceAt: startAt - 24 * hour,
  tags: { project: 'vision', Owner: 'ada' },
  publicIp: false,
  subnet:
    '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/s',
  properties: {
    description: 'for the vision project',
    properties: {
      idleTimeBeforeShutdown: 'PT2H',
      enableSSO: true,
      osImageMetadata: {
        currentImageVersion: '25.08.03',
        latestImageVersion: '26.03.01',
        isLatestOsImageVersion: false,
      },
      schedules: {
        computeStartStop: [
          {
            id: 'a1',
            provisioningStatus: 'Completed',
            status: 'Enabled',
            action: 'Stop',
            triggerType: 'Cron',
            cron: { expression: '0 19 * * 1-5', timeZone: 'UTC' },
          },
        ],
      },
    },
  },
  metrics: [{ fromAt: startAt - 24 * hour, toAt: startAt + 1000 * hour, cpu: 0.4, network: 0 }],
  ...more,
});

export const recreateWorld = (
  options: ProvisionWorldOptions & { readonly ada?: Partial<ComputeSpec> } = {},
): Promise<ProvisionWorld> =>
  provisionWorld({ ...options, computes: [adas(options.ada), ...(options.computes ?? [])] });

export const bigger = 'Standard_DS4_v2';

export const resize = (
  world: ProvisionWorld,
  body: object = {},
  as: Who = 'ada',
  key?: string,
): Promise<Reply> =>
  world.ask('POST', `${pathOf('ci-ada')}/resize`, {
    as,
    body: { vmSize: bigger, confirm: 'ci-ada', ...body },
    ...(key === undefined ? {} : { key }),
  });

type Shown = {
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: { readonly properties: Readonly<Record<string, unknown>> } & Readonly<
    Record<string, unknown>
  >;
};
export const shown = (world: ProvisionWorld): Shown => world.azure.show('ci-ada') as unknown as Shown;

/** It is there with its name, owner, tags, schedules, network and settings; and in that size. */
export function expectAsBefore(world: ProvisionWorld, vmSize: string): void {
  const { tags, properties } = shown(world);
  expect(tags).toMatchObject({ project: 'vision', Owner: 'ada' });
  expect(properties['description']).toBe('for the vision project');
  const inner = properties.properties;
  expect(String(inner['vmSize']).toLowerCase()).toBe(vmSize.toLowerCase());
  expect(inner).toMatchObject({
    state: 'Running',
    idleTimeBeforeShutdown: 'PT2H',
    enableNodePublicIp: false,
    subnet: { id: expect.stringContaining('/virtualNetworks/v/subnets/s') as string },
    schedules: {
      computeStartStop: [{ action: 'Stop', cron: { expression: '0 19 * * 1-5', timeZone: 'UTC' } }],
    },
    osImageMetadata: { isLatestOsImageVersion: true },
  });
}

export const deletions = (world: ProvisionWorld): number =>
  world.azure.writes.filter(({ operation }) => operation === 'delete').length;
export const creations = (world: ProvisionWorld): number =>
  world.azure.writes.filter(({ operation }) => operation === 'create').length;
