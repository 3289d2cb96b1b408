import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseUsages, parseWorkspaceLimits } from '../../../src/adapters/azure/parse-usages.ts';
import { computeKey, parseComputeName, workspaceKey } from '../../../src/core/ids.ts';
import type { WorldSpec } from '../../../src/local/azure/index.ts';
import {
  simulatedAdapters,
  simulatedSubscription as subscription,
  simulatedWorkspace,
} from '../../support/simulated-adapters.ts';

const startAt = Date.parse('2026-03-02T08:00:00Z');
const hour = 3_600_000;
const ws = simulatedWorkspace('ws-one');
const ref = (name: string) => ({ ...ws, compute: parseComputeName(name) });

const world = (more: Partial<WorldSpec> = {}): WorldSpec => ({
  startAt,
  users: [{ name: 'ada' }],
  workspaces: [{ name: 'ws-one', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' }],
  computes: [
    { name: 'ci-on', workspace: 'ws-one', kind: 'ComputeInstance', vmSize: 'STANDARD_DS3_V2', user: 'ada' },
    {
      name: 'ci-off',
      workspace: 'ws-one',
      kind: 'ComputeInstance',
      vmSize: 'Standard_NC6s_v3',
      state: 'Stopped',
      user: 'ada',
    },
    {
      name: 'pool',
      workspace: 'ws-one',
      kind: 'AmlCompute',
      vmSize: 'Standard_DS3_v2',
      cluster: { minNodes: 2, maxNodes: 4, scaleDownAfterMs: 2 * hour },
    },
  ],
  quotas: { main: { westeurope: { regional: 100, families: { standardNCSv3Family: 24 } } } },
  ...more,
});

const rowsOf = (file: string): unknown[] => {
  const sample = JSON.parse(readFileSync(`test/golden/arm/${file}`, 'utf8')) as {
    responses: { 200: { body: { value: unknown[] } } };
  };
  return sample.responses[200].body.value;
};

describe('a region’s usages', () => {
  it('are read from Azure’s own sample, however its types are spelt', () => {
    const usages = parseUsages(rowsOf('usage-list.json'));
    expect(usages.regional).toEqual({ used: 14, limit: 24 });
    expect(usages.computes).toEqual({ used: 7, limit: 100 });
    expect(usages.families.get('standarddsv2family')).toEqual({ used: 2, limit: 24 });
    expect(usages.families.get('standardncv3family')).toEqual({ used: 0, limit: 0 });
    expect([...usages.families.keys()].filter((key) => key.includes('lowpriority'))).toEqual([]);
    const names = [...usages.shown].map((key) => key.split('/').at(-1));
    expect(names).toContain('demo_cluster1_nc');
    const used = [...usages.workspaceUse.values()].map((families) => families.get('standardncfamily'));
    expect(used).toContain(6);
  });

  it('give the limits set on workspaces, from the sample of quotas', () => {
    const limits = parseWorkspaceLimits(rowsOf('quota-list.json'));
    const named = [...limits].map(([key, families]) => [
      key.split('/').at(-1),
      families.get('standarddfamily'),
    ]);
    expect(named.slice(0, 3)).toEqual([
      ['demo_workspace1', 12],
      ['demo_workspace2', 12],
      ['demo_workspace3', 24],
    ]);
  });

  it('leave out what they do not understand, so that it is unknown and not zero', () => {
    const base = { id: '/subscriptions/x/usages', name: { value: 'Total Cluster Dedicated Regional vCPUs' } };
    const family = { name: { value: 'Standard DSv2 Family Cluster Dedicated vCPUs' }, limit: 24 };
    const usages = parseUsages([
      null,
      7,
      {},
      { ...base, limit: 24 },
      { ...base, currentValue: '3', limit: 24 },
      { ...family, id: '/subscriptions/x/usages/y', currentValue: null },
      {
        ...family,
        id: '/subscriptions/x/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws/usages/y',
        type: 'whatever',
      },
    ]);
    expect(usages.regional).toBeNull();
    expect(usages.computes).toBeNull();
    expect(usages.families.size).toBe(0);
    expect([...usages.workspaceUse.values()].map((families) => [...families])).toEqual([
      [['standarddsv2family', null]],
    ]);
  });

  it('count stopped instances and a cluster’s nodes, and show whose they are', async () => {
    const { quotas, sizes } = simulatedAdapters(world());
    const read = await quotas.read(subscription, 'westeurope');
    if (!read.ok) throw new Error(read.message);
    expect(read.value.regional).toEqual({ used: 4 + 6 + 8, limit: 100 });
    expect(read.value.families.get('standardncsv3family')).toEqual({ used: 6, limit: 24 });
    expect(read.value.computes?.used).toBe(3);
    expect(read.value.shown).toContain(computeKey(ref('ci-off')));
    expect(read.value.workspaceUse.get(workspaceKey(ws))?.get('standardncsv3family')).toBe(6);
    // Every family of a size finds its row.
    const listed = await sizes.list(subscription, 'westeurope');
    if (!listed.ok) throw new Error(listed.message);
    const families = [...listed.value.values()].map(({ family }) => family.toLowerCase());
    expect(families.filter((family) => !read.value.families.has(family))).toEqual([]);
  });

  it('say so when they cannot be read', async () => {
    const { quotas } = simulatedAdapters(world());
    const unknown = await quotas.read('99999999-0000-4000-8000-000000000009' as never, 'westeurope');
    expect(unknown.ok).toBe(false);
    expect(await quotas.read(subscription, '../x')).toMatchObject({ ok: false, code: 'answer.malformed' });
  });

  it('take limits for workspaces, row by row in Azure’s words', async () => {
    const { quotas } = simulatedAdapters(world());
    const family = 'standardNCSv3Family';
    expect(
      await quotas.setForWorkspaces(subscription, 'westeurope', [
        { workspace: ws, family, cores: 12 },
        { workspace: ws, family, cores: 48 },
        { workspace: ws, family: 'standardNoneFamily', cores: 1 },
        { workspace: ws, family: 'standardDSv2Family', cores: 4 },
      ]),
    ).toEqual({
      ok: true,
      value: [
        { status: 'Success' },
        { status: 'InvalidQuotaExceedsSubscriptionLimit' },
        { status: 'InvalidVMFamilyName' },
        { status: 'InvalidQuotaBelowClusterMinimum' },
      ],
    });
    const read = await quotas.read(subscription, 'westeurope');
    if (!read.ok) throw new Error(read.message);
    expect(read.value.workspaceLimits?.get(workspaceKey(ws))?.get(family.toLowerCase())).toBe(12);
  });
});

describe('a compute’s settings', () => {
  it('change a cluster’s minimum and leave the rest', async () => {
    const { computes, computeSettings } = simulatedAdapters(world());
    expect(await computeSettings.setScale(ref('pool'), { minNodes: 0 })).toEqual({
      ok: true,
      value: 'accepted',
    });
    expect(await computes.get(ref('pool'))).toMatchObject({
      ok: true,
      value: {
        raw: {
          properties: {
            scaleSettings: { minNodeCount: 0, maxNodeCount: 4, nodeIdleTimeBeforeScaleDown: 'PT7200S' },
          },
        },
      },
    });
  });

  it('set the platform’s idle shutdown', async () => {
    const { computes, computeSettings } = simulatedAdapters(world());
    expect(await computeSettings.setIdleShutdown(ref('ci-on'), 1800)).toMatchObject({ ok: true });
    expect(await computes.get(ref('ci-on'))).toMatchObject({
      ok: true,
      value: { idleShutdownMinutes: 1800 },
    });
    expect(await computeSettings.setIdleShutdown(ref('ci-on'), 5)).toMatchObject({ ok: false, status: 400 });
    expect(await computeSettings.setScale(ref('gone'), { minNodes: 0 })).toMatchObject({ kind: 'missing' });
  });
});

describe('online endpoints', () => {
  const endpoints = [
    {
      workspace: 'ws-one',
      name: 'scoring',
      deployments: [
        { name: 'blue', vmSize: 'Standard_NC6s_v3', instances: 2 },
        { name: 'green', vmSize: 'Standard_DS3_v2', instances: 1 },
      ],
    },
  ];

  it('are listed with their deployments, but for those that run on attached targets', async () => {
    const aks = {
      name: 'aks',
      workspace: 'ws-one',
      kind: 'Kubernetes' as const,
      resourceId:
        '/subscriptions/main/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/k8s',
      inUse: true,
    };
    const spec = world({ endpoints });
    const adapters = simulatedAdapters({ ...spec, computes: [...spec.computes, aks] });
    expect(await adapters.endpoints.listManaged(ws)).toEqual({
      ok: true,
      value: [
        {
          name: 'scoring',
          deployments: [
            { name: 'blue', vmSize: 'Standard_NC6s_v3', instances: 2 },
            { name: 'green', vmSize: 'Standard_DS3_v2', instances: 1 },
          ],
        },
      ],
    });
    const read = await adapters.quotas.read(subscription, 'westeurope');
    expect(read).toMatchObject({ ok: true, value: { regional: { used: 18 + 12 + 4 } } });
  });

  it('keep what is readable where the deployments of one are not', async () => {
    const deniedActions = ['Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/read'];
    const adapters = simulatedAdapters(world({ endpoints, deniedActions }));
    expect(await adapters.endpoints.listManaged(ws)).toEqual({
      ok: true,
      value: [{ name: 'scoring', deployments: null }],
    });
  });

  it('say so when they cannot be listed', async () => {
    const deniedActions = ['Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read'];
    const adapters = simulatedAdapters(world({ endpoints, deniedActions }));
    expect(await adapters.endpoints.listManaged(ws)).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(await adapters.endpoints.listManaged(simulatedWorkspace('gone'))).toMatchObject({
      kind: 'missing',
    });
  });
});
