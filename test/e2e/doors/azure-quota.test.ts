import { describe, expect, it } from 'vitest';
import { listAzureQuotaChanges } from '../../../src/ledger/azure-quotas.ts';
import { writeHalt } from '../../../src/ledger/flags.ts';
import { writeSeenWorkspaces } from '../../../src/ledger/workspaces.ts';
import { appUnderTest, startAt, testSettings } from '../../support/app-under-test.ts';
import {
  simulatedAdapters,
  simulatedSubscription,
  simulatedWorkspace,
} from '../../support/simulated-adapters.ts';

const ws = simulatedWorkspace('ws1');
const family = 'standardDSv2Family';

async function open(deniedActions: readonly string[] = []) {
  const { azure, ...adapters } = simulatedAdapters({
    startAt,
    deniedActions: [...deniedActions],
    users: [{ name: 'ada' }],
    workspaces: [{ name: 'ws1', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' }],
    computes: [
      { name: 'ci-on', workspace: 'ws1', kind: 'ComputeInstance', vmSize: 'Standard_DS3_v2', user: 'ada' },
      {
        name: 'pool',
        workspace: 'ws1',
        kind: 'AmlCompute',
        vmSize: 'Standard_DS3_v2',
        cluster: {
          minNodes: 2,
          maxNodes: 4,
          scaleDownAfterMs: 0,
          nodes: [{ fromAt: 0, toAt: startAt * 2, idle: 0, running: 0 }],
        },
      },
    ],
    quotas: { main: { westeurope: { regional: 100, families: { [family]: 24, standardNCSv3Family: 12 } } } },
    endpoints: [
      {
        workspace: 'ws1',
        name: 'scoring',
        deployments: [{ name: 'blue', vmSize: 'Standard_NC6s_v3', instances: 2 }],
      },
    ],
  });
  const app = await appUnderTest(
    adapters,
    testSettings({ LAMPLIGHTER_SUBSCRIPTIONS: simulatedSubscription }),
  );
  await writeSeenWorkspaces(app.ledger, [{ ref: ws, location: 'westeurope', seenAt: startAt, computes: 2 }]);
  const set = (body: object, as: 'ada' | 'admin' = 'admin') =>
    app.ask('PUT', '/api/quota/azure', { as, body });
  return { app, azure, set };
}
const good = { workspace: 'WS1', family, cores: 12, why: 'a project' };

describe('PUT /api/quota/azure', () => {
  it('sets Azure’s own limit, and GET /api/quota shows it, with who did', async () => {
    const { app, set } = await open();
    const reply = await set(good);
    expect(reply.json).toMatchObject({ family, cores: 12, before: null, status: 'Success' });
    expect((await set({ ...good, cores: 16 })).json).toMatchObject({ before: 12, cores: 16 });
    const shown = await app.ask('GET', '/api/quota', { as: 'admin' });
    expect(shown.json).toMatchObject({
      azure: [{ workspaceLimits: [{ family: family.toLowerCase(), limit: 16, used: 4, setBy: 'admin' }] }],
    });
    const changes = await listAzureQuotaChanges(app.ledger);
    expect(changes.map(({ cores, status, why }) => [cores, status, why])).toContainEqual([
      16,
      'Success',
      'a project',
    ]);
  });

  it('takes a family however Azure spells it', async () => {
    const { set } = await open();
    const reply = await set({ ...good, family: 'Standard DSv2 Family Cluster Dedicated vCPUs' });
    expect(reply.json).toMatchObject({ family });
  });

  it.each([
    ['a family that does not exist', { ...good, family: 'standardDSv3Famly' }, 400, 'standardDSv3Family'],
    ['less than is in use', { ...good, cores: 3 }, 400, 'holds 4 cores'],
    ['more than the subscription has', { ...good, cores: 25 }, 400, 'may hold 24 cores'],
    ['less than clusters keep, by Azure’s word', { ...good, cores: 6 }, 409, 'clusters keep at least'],
    ['a workspace nobody knows', { ...good, workspace: 'nope' }, 400, 'no workspace of this name'],
    ['a negative limit', { ...good, cores: -1 }, 400, 'cores'],
    ['half a core', { ...good, cores: 1.5 }, 400, 'cores'],
    ['a member too many', { ...good, gpus: 1 }, 400, 'gpus'],
  ])('refuses %s', async (_, body, status, text) => {
    const { app, set } = await open();
    const reply = await set(body);
    expect(reply.status).toBe(status);
    expect(reply.text).toContain(text);
    const shown = await app.ask('GET', '/api/quota', { as: 'admin' });
    expect(shown.json).toMatchObject({ azure: [{ workspaceLimits: [] }] });
  });

  it('is for admins, and not while work is halted', async () => {
    const { app, set } = await open();
    expect((await set(good, 'ada')).status).toBe(403);
    await writeHalt(app.ledger, { halted: true, at: startAt, by: 'admin', why: null });
    expect((await set(good)).json).toMatchObject({ status: 409, code: 'quota.halted' });
    expect(await listAzureQuotaChanges(app.ledger)).toEqual([]);
  });

  it('names the right that is missing, and the switch that gives it', async () => {
    const action = 'Microsoft.MachineLearningServices/locations/updateQuotas/action';
    const { app, set } = await open([action]);
    const reply = await set(good);
    expect(reply.json).toMatchObject({ status: 503, code: 'quota.not-allowed' });
    expect(reply.text).toContain('allowSettingQuotas');
    expect(await listAzureQuotaChanges(app.ledger)).toMatchObject([{ status: 'azure.forbidden' }]);
  });
});

const scoring = {
  endpoint: 'scoring',
  deployment: 'blue',
  vmSize: 'Standard_NC6s_v3',
  instances: 2,
  family: 'standardNCSv3Family',
  cores: 12,
};

describe('online endpoints, which take cores of the same pool', () => {
  it('are shown beside Azure’s limits, and part of its numbers', async () => {
    const { app } = await open();
    const shown = await app.ask('GET', '/api/quota', { as: 'admin' });
    expect(shown.json).toMatchObject({
      azure: [{ regional: { used: 16 }, endpoints: { deployments: [scoring], unread: [] } }],
    });
  });

  it('are named by what-if where a limit of Azure’s is in the way: to admins by name, to others as a sum', async () => {
    const { app } = await open();
    const check = (vmSize: string, as: 'ada' | 'admin') =>
      app.ask('POST', '/api/quota/check', { as, body: { workspace: 'ws1', vmSize } });
    const refused = { codes: ['refuse.azure.family'], endpointCores: 12 };
    expect((await check('Standard_NC6s_v3', 'admin')).json).toMatchObject({
      ...refused,
      endpoints: { deployments: [scoring] },
    });
    expect((await check('Standard_NC6s_v3', 'ada')).json).toMatchObject({ ...refused, endpoints: null });
    expect((await check('Standard_DS3_v2', 'admin')).json).toMatchObject({ endpoints: null });
  });

  it.each([
    ['onlineEndpoints/read', ['ws1']],
    ['onlineEndpoints/deployments/read', ['ws1/scoring']],
  ])('are unknown, not none, where %s is denied', async (action, unread) => {
    const { app } = await open([`Microsoft.MachineLearningServices/workspaces/${action}`]);
    const shown = await app.ask('GET', '/api/quota', { as: 'admin' });
    expect(shown.json).toMatchObject({ azure: [{ endpoints: { deployments: [], unread } }] });
    const body = { workspace: 'ws1', vmSize: 'Standard_NC6s_v3' };
    const checked = await app.ask('POST', '/api/quota/check', { as: 'admin', body });
    expect(checked.json).toMatchObject({ endpointCores: null, endpoints: { unread } });
  });

  it('are asked for no more than once in ten minutes', async () => {
    const { app, azure } = await open();
    await app.ask('GET', '/api/quota', { as: 'admin' });
    await app.ask('GET', '/api/quota', { as: 'admin' });
    expect(azure.calls.get('endpoints')).toBe(2);
  });
});
