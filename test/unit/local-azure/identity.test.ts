import { ManagedIdentityCredential } from '@azure/identity';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  azureBench,
  clientsFor,
  collect,
  instance,
  startAt,
  sub1,
  worldOf,
  ws1Id,
} from '../../support/azure-world.ts';
import {
  createSimulatedAzure,
  defaultIdentitySecret,
  groupIdOf,
  listen,
  objectIdOf,
  originalHostHeader,
  tenantId,
  type LoopbackServer,
} from '../../../src/local/azure/index.ts';
import { AzureMachineLearningWorkspaces } from '@azure/arm-machinelearning';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';

const servers: LoopbackServer[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) await server.close();
});

/** Sends every request to the loopback server, the host it was meant for in a header. */
function loopbackClient(origin: string): HttpClient {
  const inner = createDefaultHttpClient();
  return {
    sendRequest(request) {
      const { host, pathname, search } = new URL(request.url);
      request.headers.set(originalHostHeader, host);
      request.url = `${origin}${pathname}${search}`;
      request.allowInsecureConnection = true;
      return inner.sendRequest(request);
    },
  };
}

describe('the simulated Azure over loopback', () => {
  it('serves the real SDK and the real managed identity as it does in process', async () => {
    const clock = new VirtualClock(startAt);
    const azure = createSimulatedAzure(worldOf([instance('ci-ada')]), { clock, random: () => 0.5 });
    const server = await listen(azure);
    servers.push(server);
    vi.stubEnv('IDENTITY_ENDPOINT', `${server.origin}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', defaultIdentitySecret);
    const httpClient = loopbackClient(server.origin);
    const credential = new ManagedIdentityCredential({ retryOptions: { maxRetries: 0 } });
    const arm = new AzureMachineLearningWorkspaces(credential, sub1, {
      httpClient,
      retryOptions: { maxRetries: 0 },
    });
    const overLoopback = await collect(arm.computeOperations.list('rg1', 'ws1'));
    const { computes } = azureBench(worldOf([instance('ci-ada')]));
    expect(overLoopback).toEqual(await collect(computes.list('rg1', 'ws1')));
    await arm.computeOperations.beginStop('rg1', 'ws1', 'ci-ada');
    expect(azure.writes).toMatchObject([{ operation: 'stop', principal: 'lamplighter', byApp: true }]);
  });

  it('breaks the connection where the answer is lost', async () => {
    const clock = new VirtualClock(startAt);
    const world = worldOf([instance('ci-ada', { fails: { stop: ['TimeoutAfter'] } })]);
    const azure = createSimulatedAzure(world, { clock, random: () => 0.5 });
    const server = await listen(azure);
    servers.push(server);
    const { computes } = clientsFor(azure, loopbackClient(server.origin));
    await expect(computes.beginStop('rg1', 'ws1', 'ci-ada')).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(azure.stateOf('ci-ada')).toBe('Stopping');
  });

  it('says which port is busy', async () => {
    const azure = createSimulatedAzure(worldOf([]), { clock: new VirtualClock(startAt), random: () => 0.5 });
    const server = await listen(azure);
    servers.push(server);
    const port = Number(new URL(server.origin).port);
    await expect(listen(azure, port)).rejects.toMatchObject({ code: 'port.busy' });
  });
});

describe('identities', () => {
  it.each([
    `https://management.azure.com${ws1Id}/computes?api-version=2024-10-01`,
    `https://westeurope.metrics.monitor.azure.com/subscriptions/${sub1}/metrics:getBatch?api-version=2024-02-01`,
    'https://graph.microsoft.com/v1.0/users/x',
  ])('need a known token at %s', async (url) => {
    const { azure } = azureBench(worldOf([]));
    for (const authorization of [undefined, 'Bearer forged', 'Basic abc']) {
      const headers = authorization === undefined ? {} : { authorization };
      expect(await azure.handle({ method: 'GET', url, headers, body: null })).toMatchObject({ status: 401 });
    }
  });

  it('of people are RS256 tokens that the published keys verify, for years of virtual time', async () => {
    const { azure, call } = azureBench(worldOf([]));
    const token = await azure.userToken('ada', { roles: ['Lamplighter.User'], audience: 'api://x' });
    const { body } = await call('GET', `https://login.microsoftonline.com/${tenantId}/discovery/v2.0/keys`);
    const { body: configuration } = await call(
      'GET',
      `https://login.microsoftonline.com/${tenantId}/v2.0/.well-known/openid-configuration`,
    );
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(body as JSONWebKeySet), {
      issuer: (configuration as { issuer: string }).issuer,
      audience: 'api://x',
      currentDate: new Date(startAt + 5 * 365 * 86_400_000),
    });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({ oid: objectIdOf('ada'), tid: tenantId, roles: ['Lamplighter.User'] });
    expect(JSON.stringify(body)).not.toContain('"d"');
  });

  it('of the platform give no token without the secret header', async () => {
    const { azure } = azureBench(worldOf([]));
    const url = 'https://127.0.0.1/msi/token?resource=https://management.azure.com&api-version=2019-08-01';
    expect(await azure.handle({ method: 'GET', url, headers: {}, body: null })).toMatchObject({
      status: 401,
    });
  });

  it('of a client are granted for a proof, at the token endpoint', async () => {
    const { azure } = azureBench(worldOf([]));
    const ask = (form: Record<string, string>) =>
      azure.handle({
        method: 'POST',
        url: `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      });
    const good = {
      grant_type: 'client_credentials',
      client_id: 'c',
      scope: 'https://graph.microsoft.com/.default',
    };
    expect(await ask(good)).toMatchObject({ status: 400 });
    expect(await ask({ ...good, client_secret: 's' })).toMatchObject({ status: 200 });
  });
});

describe('the directory', () => {
  const users = [
    { name: 'ada', displayName: 'Ada L', teams: ['vision'], manager: 'eve' },
    { name: 'bob', teams: ['vision', 'text'], enabled: false },
    { name: 'eve' },
  ];
  const graph = 'https://graph.microsoft.com/v1.0';

  it('knows members, people and whom they report to', async () => {
    const { call } = azureBench(worldOf([], { users }));
    const members = await call('GET', `${graph}/groups/${groupIdOf('vision')}/transitiveMembers?$top=1`);
    expect(members.body).toMatchObject({ value: [{ id: objectIdOf('ada') }] });
    const next = (members.body as Record<string, string>)['@odata.nextLink'] ?? '';
    expect((await call('GET', next)).body).toMatchObject({ value: [{ id: objectIdOf('bob') }] });
    expect((await call('GET', `${graph}/users/${objectIdOf('bob')}`)).body).toMatchObject({
      accountEnabled: false,
    });
    expect((await call('GET', `${graph}/users/${objectIdOf('ada')}/manager`)).body).toMatchObject({
      id: objectIdOf('eve'),
    });
    expect((await call('GET', `${graph}/users/${objectIdOf('eve')}/manager`)).status).toBe(404);
    expect((await call('GET', `${graph}/groups/${groupIdOf('none')}/transitiveMembers`)).status).toBe(404);
  });
});
