import { describe, expect, it } from 'vitest';
import {
  azureBench,
  collect,
  instance,
  minuteMs,
  startAt,
  sub1,
  worldOf,
  ws1Id,
} from '../../support/azure-world.ts';
import { objectIdOf, tenantId } from '../../../src/local/azure/index.ts';

const version = 'api-version=2024-10-01';
const preview = 'api-version=2024-10-01-preview';
const computeId = (name: string): string => `${ws1Id}/computes/${name}`;
const putBody = (vmSize = 'STANDARD_DS3_V2') => ({
  location: 'westeurope',
  tags: { request: 'r1' },
  properties: {
    computeType: 'ComputeInstance',
    properties: {
      vmSize,
      idleTimeBeforeShutdown: 'PT60M',
      personalComputeInstanceSettings: { assignedUser: { objectId: objectIdOf('ada'), tenantId } },
    },
  },
});
const databricks = (resourceId: string) => ({
  properties: { computeType: 'Databricks', resourceId, properties: { databricksAccessToken: 'dapi-secret' } },
});
const inner = (azure: { show(name: string): unknown }, name: string): Record<string, unknown> =>
  (azure.show(name) as { properties: { properties: Record<string, unknown> } }).properties.properties;

describe('creating an instance', () => {
  it('answers 201 with a status address, is Creating for five minutes and then Running', async () => {
    const { call, azure, clock } = azureBench(worldOf([]));
    const created = await call('PUT', `${computeId('ci-new')}?${version}`, putBody());
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      properties: { provisioningState: 'Creating' },
      tags: { request: 'r1' },
    });
    const status = created.headers['azure-asyncoperation'] ?? '';
    expect((await call('GET', status)).body).toMatchObject({ status: 'InProgress' });
    clock.advanceTo(startAt + 5 * minuteMs);
    expect((await call('GET', status)).body).toMatchObject({ status: 'Succeeded' });
    expect(azure.stateOf('ci-new')).toBe('Running');
    expect(inner(azure, 'ci-new')).toMatchObject({
      idleTimeBeforeShutdown: 'PT60M',
      personalComputeInstanceSettings: { assignedUser: { objectId: objectIdOf('ada') } },
      createdBy: { userName: 'lamplighter' },
    });
    expect(azure.writes).toMatchObject([{ operation: 'create', compute: 'ci-new', byApp: true }]);
  });

  it('overwrites what bears the name, and the log says so', async () => {
    const { call, azure } = azureBench(worldOf([instance('ci-ada', { tags: { precious: 'yes' } })]));
    expect((await call('PUT', `${computeId('ci-ada')}?${version}`, putBody())).status).toBe(200);
    expect(azure.writes).toMatchObject([{ operation: 'create', compute: 'ci-ada', overwrote: true }]);
    expect(azure.show('ci-ada')).toMatchObject({ tags: { request: 'r1' } });
  });

  it('refuses a name that the region has, in any workspace and casing', async () => {
    const world = worldOf([instance('CI-Ada', { workspace: 'ws2' })], {
      workspaces: [
        { name: 'ws1', subscription: 'sub1', resourceGroup: 'rg1', location: 'westeurope' },
        { name: 'ws2', subscription: 'sub2', resourceGroup: 'rg2', location: 'westeurope' },
      ],
    });
    const { call, azure } = azureBench(world);
    expect((await call('PUT', `${computeId('ci-ada')}?${version}`, putBody())).status).toBe(409);
    const check = async (name: string): Promise<unknown> =>
      (await call('POST', `${ws1Id}/checkComputeNameAvailability?${version}`, { name })).body;
    expect(await check('ci-ada')).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' });
    expect(await check('ci-0')).toMatchObject({ nameAvailable: false, reason: 'Invalid' });
    expect(await check('ci-0a')).toEqual({ nameAvailable: true });
    expect(azure.callCount('nameCheck')).toBe(3);
  });

  it('refuses what the quota has no room for; stopped instances keep theirs', async () => {
    const quotas = { sub1: { westeurope: { regional: 100, families: { standardNCSv3Family: 12 } } } };
    const held = instance('ci-gpu', { vmSize: 'Standard_NC6s_v3', state: 'Stopped' });
    const { call, arm, azure } = azureBench(worldOf([held], { quotas }));
    const usage = async (): Promise<readonly [number | undefined, number | undefined]> => {
      const rows = await collect(arm.usages.list('westeurope'));
      const row = rows.find(({ name }) => name?.value === 'Standard NCSv3 Family Cluster Dedicated vCPUs');
      return [row?.currentValue, row?.limit];
    };
    expect(await usage()).toEqual([6, 12]);
    expect((await call('PUT', `${computeId('ci-one')}?${version}`, putBody('Standard_NC6s_v3'))).status).toBe(
      201,
    );
    expect(await usage()).toEqual([12, 12]);
    const refused = await call('PUT', `${computeId('ci-two')}?${version}`, putBody('Standard_NC6s_v3'));
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'QuotaExceeded' } } });
    expect(azure.exists('ci-two')).toBe(false);
  });

  it('ends in CreateFailed without capacity, and can then be deleted', async () => {
    const { call, azure, clock, computes } = azureBench(worldOf([]));
    azure.planCreation(() => ({ fails: { create: ['ServerError', 'NoCapacity'] } }));
    expect((await call('PUT', `${computeId('ci-new')}?${version}`, putBody())).status).toBe(500);
    expect(azure.exists('ci-new')).toBe(false);
    expect((await call('PUT', `${computeId('ci-new')}?${version}`, putBody())).status).toBe(201);
    clock.advanceTo(startAt + 5 * minuteMs);
    expect(azure.show('ci-new')).toMatchObject({
      properties: {
        provisioningState: 'Failed',
        provisioningErrors: [{ error: { code: 'AllocationFailed' } }],
        properties: { state: 'CreateFailed', lastOperation: { operationStatus: 'CreateFailed' } },
      },
    });
    await computes.beginDelete('rg1', 'ws1', 'ci-new', 'Delete');
    clock.advanceTo(startAt + 6 * minuteMs);
    expect(azure.exists('ci-new')).toBe(false);
  });

  it('drops what the old SDK drops before it is sent, and nothing else', async () => {
    const { computes, azure } = azureBench(worldOf([]));
    const parameters = {
      location: 'westeurope',
      properties: {
        computeType: 'ComputeInstance' as const,
        properties: { vmSize: 'STANDARD_DS3_V2', idleTimeBeforeShutdown: 'PT60M' },
      },
    };
    await computes.beginCreateOrUpdate('rg1', 'ws1', 'ci-sdk', parameters);
    expect(azure.stateOf('ci-sdk')).toBe('Creating');
    expect(inner(azure, 'ci-sdk')).not.toHaveProperty('idleTimeBeforeShutdown');
  });
});

describe('the idle setting', () => {
  it('is an action of preview versions only', async () => {
    const { call, azure } = azureBench(worldOf([instance('ci-ada')]));
    const body = { idleTimeBeforeShutdown: 'PT2H' };
    const path = `${computeId('ci-ada')}/updateIdleShutdownSetting`;
    expect((await call('POST', `${path}?${version}`, body)).status).toBe(404);
    expect((await call('POST', `${path}?${preview}`, body)).status).toBe(200);
    expect(inner(azure, 'ci-ada')['idleTimeBeforeShutdown']).toBe('PT2H');
  });

  it.each(['PT14M', 'P4D', 'soon'])('refuses %s', async (value) => {
    const { call } = azureBench(worldOf([instance('ci-ada')]));
    const path = `${computeId('ci-ada')}/updateIdleShutdownSetting?${preview}`;
    expect((await call('POST', path, { idleTimeBeforeShutdown: value })).status).toBe(400);
  });
});

describe('attached targets and clusters', () => {
  const target = '/subscriptions/SUB1/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/dbw';

  it('are attached and detached within a minute, and never give their secrets back', async () => {
    const { call, azure, clock, computes } = azureBench(worldOf([]));
    const put = await call('PUT', `${computeId('dbx')}?${version}`, databricks(target));
    expect(put.status).toBe(201);
    expect(JSON.stringify(put.body)).not.toContain('dapi-secret');
    expect(azure.callCount('attach')).toBe(1);
    clock.advanceTo(startAt + minuteMs);
    expect(azure.show('dbx')).toMatchObject({
      properties: {
        isAttachedCompute: true,
        provisioningState: 'Succeeded',
        resourceId: target.replace('SUB1', sub1),
      },
    });
    await computes.beginDelete('rg1', 'ws1', 'dbx', 'Detach');
    expect(azure.exists('dbx')).toBe(true);
    clock.advanceTo(startAt + 2 * minuteMs);
    expect(azure.exists('dbx')).toBe(false);
    expect(azure.writes.map(({ operation }) => operation)).toEqual(['attach', 'detach']);
  });

  it('cannot be stopped', async () => {
    const { call } = azureBench(
      worldOf([{ name: 'dbx', workspace: 'ws1', kind: 'Databricks', resourceId: target }]),
    );
    expect((await call('POST', `${computeId('dbx')}/stop?${version}`)).status).toBe(400);
  });

  it('show what they point at as far as the app may read it', async () => {
    const id = '/subscriptions/sub1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm1';
    const { call } = azureBench(
      worldOf([], { resources: [{ id, os: 'Linux', image: 'Ubuntu', publicIp: true }] }),
    );
    const path = id.replace('sub1', sub1);
    expect((await call('GET', `${path}?api-version=2024-07-01`)).body).toMatchObject({
      properties: { storageProfile: { osDisk: { osType: 'Linux' } } },
    });
    expect(await call('GET', `${path}x?api-version=2024-07-01`)).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed' } },
    });
  });

  it('lose idle nodes once a lower minimum has been in force for the idle time', async () => {
    const { computes, azure, clock } = azureBench(
      worldOf([
        {
          name: 'pool',
          workspace: 'ws1',
          kind: 'AmlCompute',
          vmSize: 'Standard_DS3_v2',
          cluster: { minNodes: 2, maxNodes: 4, scaleDownAfterMs: 10 * minuteMs },
        },
      ]),
    );
    const nodes = (): unknown => inner(azure, 'pool')['currentNodeCount'];
    expect(nodes()).toBe(2);
    await computes.beginUpdate('rg1', 'ws1', 'pool', {
      properties: { scaleSettings: { minNodeCount: 0, maxNodeCount: 4 } },
    });
    clock.advanceTo(startAt + 9 * minuteMs);
    expect(nodes()).toBe(2);
    clock.advanceTo(startAt + 10 * minuteMs);
    expect(nodes()).toBe(0);
    expect(await collect(computes.listNodes('rg1', 'ws1', 'pool'))).toEqual([]);
  });
});

describe('sizes', () => {
  it('list prices, GPUs and families, and more that a world adds', async () => {
    const sizes = [{ name: 'Standard_Odd_v9', vCPUs: 3, family: 'standardOddFamily', pricePerHour: null }];
    const { arm } = azureBench(worldOf([], { sizes }));
    const { value = [] } = await arm.virtualMachineSizes.list('westeurope');
    const byName = new Map(value.map((size) => [size.name, size]));
    expect(byName.get('Standard_NC24s_v3')).toMatchObject({
      gpus: 4,
      vCPUs: 24,
      family: 'standardNCSv3Family',
    });
    const linux = byName
      .get('Standard_DS3_v2')
      ?.estimatedVMPrices?.values.find(({ osType, vmTier }) => osType === 'Linux' && vmTier === 'Standard');
    expect(linux?.retailPrice).toBe(0.29);
    expect(byName.get('Standard_Odd_v9')).toMatchObject({
      vCPUs: 3,
      gpus: 0,
      estimatedVMPrices: { values: [] },
    });
  });
});
