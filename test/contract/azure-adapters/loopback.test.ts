import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAzurePorts } from '../../../src/adapters/azure/azure-ports.ts';
import { createManagedIdentities } from '../../../src/adapters/azure/credentials.ts';
import { createAzureTransport } from '../../../src/adapters/azure/transport.ts';
import { parseComputeName, workspaceKey } from '../../../src/core/ids.ts';
import {
  createSimulatedAzure,
  defaultIdentitySecret,
  listen,
  type LoopbackServer,
  type SimulatedAzure,
} from '../../../src/local/azure/index.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';
import { simulatedSubscription, simulatedWorkspace } from '../../support/simulated-adapters.ts';

const startAt = Date.now();
const ws = simulatedWorkspace('ws-one');
const clientIds = {
  reader: '00000000-0000-4000-8000-00000000000a',
  stopper: '00000000-0000-4000-8000-00000000000b',
  provisioner: null,
};

describe('the real SDKs with real managed identities in front of the simulated Azure on loopback', () => {
  const before = { endpoint: process.env['IDENTITY_ENDPOINT'], header: process.env['IDENTITY_HEADER'] };
  let azure: SimulatedAzure;
  let server: LoopbackServer;

  beforeAll(async () => {
    const clock = new VirtualClock(startAt);
    azure = createSimulatedAzure(
      {
        startAt,
        workspaces: [{ name: 'ws-one', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' }],
        computes: [
          { name: 'ci-ada', workspace: 'ws-one', kind: 'ComputeInstance', vmSize: 'Standard_DS3_v2' },
        ],
      },
      { clock, random: () => 0.5 },
    );
    server = await listen(azure);
    process.env['IDENTITY_ENDPOINT'] = `${server.origin}/msi/token`;
    process.env['IDENTITY_HEADER'] = defaultIdentitySecret;
  });
  afterAll(async () => {
    if (before.endpoint === undefined) delete process.env['IDENTITY_ENDPOINT'];
    else process.env['IDENTITY_ENDPOINT'] = before.endpoint;
    if (before.header === undefined) delete process.env['IDENTITY_HEADER'];
    else process.env['IDENTITY_HEADER'] = before.header;
    await server.close();
  });

  const ports = (reader = clientIds.reader) =>
    createAzurePorts(
      createAzureTransport({
        clock: { now: () => startAt },
        subscriptions: [simulatedSubscription],
        storageOrigins: [],
        loopbackOrigin: server.origin,
      }),
      createManagedIdentities({ ...clientIds, reader }),
    );

  it('read, measure and stop, each under its own identity', async () => {
    const { workspaces, computes, jobs, metrics, sizes } = ports();
    expect(await workspaces.list(simulatedSubscription)).toMatchObject({
      ok: true,
      value: [{ workspace: 'ws-one' }],
    });
    expect(await computes.list(ws)).toMatchObject({ ok: true, value: [{ state: 'Running' }] });
    expect(await jobs.listUnfinished(ws)).toEqual({ ok: true, value: [] });
    expect((await sizes.list(simulatedSubscription, 'westeurope')).ok).toBe(true);
    const query = { workspaces: [ws], fromAt: startAt - 3_600_000, toAt: startAt, computesAtMost: 1 };
    const found = await metrics.query('westeurope', simulatedSubscription, query);
    expect(found.get(workspaceKey(ws))?.ok).toBe(true);
    expect(await computes.stop({ ...ws, compute: parseComputeName('ci-ada') })).toEqual({
      ok: true,
      value: 'accepted',
    });
    expect(azure.writes).toMatchObject([
      { operation: 'stop', compute: 'ci-ada', byApp: true, principal: clientIds.stopper },
    ]);
    expect(azure.unknownRequests).toEqual([]);
  });

  it.each([400, 403, 429, 500])(
    'say it as a failure when the identity endpoint answers %i',
    async (status) => {
      azure.onRequest(({ url }) =>
        url.includes('/msi/token')
          ? {
              kind: 'answer',
              status,
              headers: { 'content-type': 'application/json' },
              body: '{"message":"No."}',
            }
          : null,
      );
      const result = await ports(`00000000-0000-4000-8000-000000000${status}`).computes.list(ws);
      azure.onRequest(null);
      expect(result).toMatchObject({ ok: false, kind: 'failed' });
    },
  );
});
