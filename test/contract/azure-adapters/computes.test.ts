import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArmClients } from '../../../src/adapters/azure/arm-clients.ts';
import { createComputes } from '../../../src/adapters/azure/computes.ts';
import { computeArmId, parseComputeRef, type WorkspaceRef } from '../../../src/core/ids.ts';
import type { Compute } from '../../../src/core/computes.ts';
import type { Computes } from '../../../src/ports/azure.ts';
import {
  type FakeAnswer,
  type FakeAzure,
  fakeAzure,
  recordedAnswer,
  staticCredential,
  subscription,
  transportTo,
} from '../../support/fake-azure.ts';

const ref = parseComputeRef({
  subscription,
  resourceGroup: 'testrg123',
  workspace: 'workspaces123',
  compute: 'compute123',
});
const workspace: WorkspaceRef = ref;

function open(answer: (url: string) => FakeAnswer): { computes: Computes; azure: FakeAzure } {
  const azure = fakeAzure(({ url }) => answer(url));
  const clients = createArmClients(transportTo(azure), staticCredential);
  return { computes: createComputes({ reader: clients, stopper: clients }), azure };
}

async function got(body: unknown): Promise<Compute> {
  const result = await open(() => ({ body })).computes.get(ref);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

const instance = (inner: unknown, rest: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'compute123',
  properties: { computeType: 'ComputeInstance', properties: inner },
  ...rest,
});

describe('reading computes', () => {
  it.each(['compute-get-ComputeInstance', 'compute-get-ComputeInstance-2025-12-01'])(
    'reads the recorded instance %s',
    async (file) => {
      const result = await open(() => recordedAnswer(file, 200)).computes.get(ref);
      if (!result.ok) throw new Error(result.message);
      const { raw, ...compute } = result.value;
      expect(compute).toEqual({
        ref,
        kind: 'ComputeInstance',
        location: 'eastus2',
        tags: {},
        vmSize: 'STANDARD_NC6',
        state: 'Running',
        provisioningState: 'Succeeded',
        owner: { objectId: '00000000-0000-0000-0000-000000000000', name: 'foobar@microsoft.com' },
        createdAt: Date.parse('2021-04-01T22:00:00Z'),
        lastOperation: null,
        sshEnabled: true,
        hasCustomServices: true,
        identityPrincipalIds: [],
        identity: null,
        hasSetupScripts: false,
        errors: [],
      });
      expect(raw).toMatchObject({
        computeType: 'ComputeInstance',
        properties: { subnet: { id: 'test-subnet-resource-id' } },
      });
      expect(JSON.stringify(raw)).not.toContain('environmentVariables');
      expect(JSON.parse(JSON.stringify(result.value))).toEqual(result.value);
    },
  );

  it('reads a recorded cluster, which has no state', async () => {
    const result = await open(() => recordedAnswer('compute-get-AmlCompute', 200)).computes.get(ref);
    expect(result).toMatchObject({
      ok: true,
      value: { kind: 'AmlCompute', state: null, location: 'eastus2' },
    });
  });

  it('reads all pages of a list, of thin rows too', async () => {
    const { body } = recordedAnswer('compute-list', 200) as { body: { value: unknown[] } };
    const next = `https://management.azure.com${computeArmId(ref).replace('/compute123', '')}?$skip=1&api-version=2025-12-01`;
    const { computes, azure } = open((url) =>
      url.includes('$skip')
        ? { body: { value: body.value.slice(1) } }
        : { body: { value: [instance({ state: 'Running' }), ...body.value], nextLink: next } },
    );
    const result = await computes.list(workspace);
    expect(result.ok && result.value.map(({ ref, kind, state }) => [ref.compute, kind, state])).toEqual([
      ['compute123', 'AKS', null],
      ['compute1234', 'AKS', null],
    ]);
    expect(azure.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it.each([
    ['leads to another host', 'https://evil.example/x', 'scope.refused'],
    [
      'leads to another subscription',
      'https://management.azure.com/subscriptions/00000000-0000-0000-0000-000000000009/x',
      'scope.refused',
    ],
    ['is no link, as in the recorded example', 'nextLink', 'scope.refused'],
    [
      'climbs out by dots',
      `https://management.azure.com/subscriptions/${subscription}/../x`,
      'scope.refused',
    ],
    ['leads to itself', `https://management.azure.com/subscriptions/${subscription}/x`, 'answer.malformed'],
  ])('fails as a whole when a paging link %s, and sends no token there', async (_, nextLink, code) => {
    const { computes, azure } = open(() => ({ body: { value: [], nextLink } }));
    expect(await computes.list(workspace)).toMatchObject({ ok: false, kind: 'failed', code });
    for (const { url } of azure.requests)
      expect(url).toContain(`https://management.azure.com/subscriptions/${subscription}/`);
  });

  it('fails rather than pass a part of an endless list for the whole', async () => {
    let page = 0;
    const { computes, azure } = open(() => ({
      body: {
        value: [],
        nextLink: `https://management.azure.com/subscriptions/${subscription}/x?p=${(page += 1)}`,
      },
    }));
    expect(await computes.list(workspace)).toMatchObject({
      ok: false,
      kind: 'failed',
      code: 'answer.malformed',
    });
    expect(azure.requests.length).toBeLessThanOrEqual(500);
  });

  it.each([
    ['a page of HTML', { text: '<html>', headers: { 'content-type': 'text/html' } }],
    ['broken JSON', { text: '{"value":[' }],
    ['nothing', { text: '' }],
    ['no list', { body: {} }],
    ['a list that is none', { body: { value: {} } }],
    ['null', { body: null }],
    ['a row without a name', { body: { value: [{ properties: { computeType: 'ComputeInstance' } }] } }],
    ['a row with a hostile name', { body: { value: [instance({}, { name: '..' })] } }],
    [
      'a row of another workspace',
      {
        body: {
          value: [
            instance(
              {},
              { id: computeArmId({ ...ref, compute: ref.compute }).replace('testrg123', 'other') },
            ),
          ],
        },
      },
    ],
  ])('fails when status 200 comes with %s', async (_, answer) => {
    expect(await open(() => answer).computes.list(workspace)).toMatchObject({
      ok: false,
      kind: 'failed',
      code: expect.stringMatching(/^(answer\.malformed|name\.invalid)$/) as string,
    });
  });

  it('is not blinded to instances by an attached target with a name of older rules', async () => {
    const odd = { name: '1_old.target', properties: { computeType: 'VirtualMachine' } };
    const result = await open(() => ({
      body: { value: [odd, instance({ state: 'Running' })] },
    })).computes.list(workspace);
    expect(result.ok && result.value.map(({ ref }) => ref.compute)).toEqual(['compute123']);
  });

  it('refuses an answer about another compute', async () => {
    const other = computeArmId(ref).replace(/compute123$/, 'compute124');
    const result = await open(() => ({ body: instance({}, { id: other }) })).computes.get(ref);
    expect(result).toMatchObject({ ok: false, code: 'answer.malformed' });
    const cased = computeArmId(ref).replace('resourceGroups', 'resourcegroups').toUpperCase();
    expect((await open(() => ({ body: instance({}, { id: cased }) })).computes.get(ref)).ok).toBe(true);
  });

  it('takes the assigned user for the owner, else the creator', async () => {
    const ada = '11111111-1111-1111-1111-11111111111a';
    const bot = '22222222-2222-2222-2222-222222222222';
    const createdBy = { userId: bot, userName: 'bot' };
    const assigned = (objectId: unknown): unknown => ({
      personalComputeInstanceSettings: { assignedUser: { objectId } },
      createdBy,
    });
    expect((await got(instance(assigned(ada.toUpperCase())))).owner).toEqual({ objectId: ada, name: null });
    expect((await got(instance(assigned(bot)))).owner).toEqual({ objectId: bot, name: 'bot' });
    expect((await got(instance(assigned(null)))).owner).toEqual({ objectId: bot, name: 'bot' });
    expect((await got(instance(assigned('nobody')))).owner).toEqual({ objectId: bot, name: 'bot' });
    expect((await got(instance({ createdBy: null }))).owner).toBeNull();
  });

  it('takes no application for the owner: it has no account that could be gone', async () => {
    const ada = '11111111-1111-1111-1111-11111111111a';
    const createdBy = { userId: '22222222-2222-2222-2222-222222222222', userName: 'pipeline' };
    const assigned = { personalComputeInstanceSettings: { assignedUser: { objectId: ada } }, createdBy };
    for (const createdByType of ['Application', 'ManagedIdentity', 'Key']) {
      const made = { systemData: { createdByType } };
      expect((await got(instance({ createdBy }, made))).owner).toBeNull();
      expect((await got(instance(assigned, made))).owner).toEqual({ objectId: ada, name: null });
    }
    const byPerson = { systemData: { createdByType: 'User' } };
    expect((await got(instance({ createdBy }, byPerson))).owner?.name).toBe('pipeline');
  });

  it.each([
    ['PT30M', 30],
    ['PT1H30M', 90],
    ['P3D', 4320],
    [null, null],
    ['', undefined],
    ['soon', undefined],
    [30, undefined],
    [undefined, undefined],
  ])('reads the platform’s idle shutdown %j as %j minutes', async (idleTimeBeforeShutdown, minutes) => {
    const compute = await got(instance({ idleTimeBeforeShutdown }));
    expect(compute.idleShutdownMinutes).toBe(minutes);
    expect('idleShutdownMinutes' in compute).toBe(minutes !== undefined);
  });

  it('invents nothing that Azure did not say', async () => {
    const compute = await got(instance({}));
    expect(compute).toMatchObject({
      vmSize: null,
      state: null,
      owner: null,
      sshEnabled: null,
      lastOperation: null,
    });
    expect(JSON.stringify(compute.raw)).not.toMatch(/applicationSharingPolicy|AuthorizationType/);
  });

  it('reads words in any casing, and keeps words never seen', async () => {
    const odd = {
      PROPERTIES: {
        ComputeType: 'computeinstance',
        Properties: {
          State: 'RUNNING',
          VMSize: 'x',
          LastOperation: {
            operationName: 'Thaw',
            operationTime: '2026-11-20T10:00:00Z',
            operationTrigger: 'Weather',
          },
        },
      },
    };
    expect(await got(odd)).toMatchObject({
      kind: 'ComputeInstance',
      state: 'Running',
      vmSize: 'x',
      lastOperation: {
        name: 'Thaw',
        at: Date.parse('2026-11-20T10:00:00Z'),
        status: 'Unknown',
        trigger: 'Weather',
      },
    });
    expect((await got(instance({ state: 'Hibernated' }))).state).toBe('Hibernated');
    expect((await got({ properties: { computeType: 'Quantum' } })).kind).toBe('Quantum');
  });

  it('gathers what Azure says is wrong, and whose identity the machine has', async () => {
    const compute = await got(
      instance(
        { errors: [{ error: { code: 'DiskFull', message: 'No space.' } }, { message: 'Odd.' }, null] },
        { identity: { principalId: 'p1', userAssignedIdentities: { a: { principalId: 'p2' }, b: null } } },
      ),
    );
    expect(compute.errors).toEqual(['DiskFull: No space.', 'Odd.']);
    expect(compute.identityPrincipalIds).toEqual(['p1', 'p2']);
  });

  it('never throws, whatever JSON a list is made of', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (body, row) => {
        for (const odd of [
          body,
          { value: body },
          { value: [row] },
          { value: [instance({}), row], nextLink: body },
        ]) {
          const result = await open(() => ({ text: JSON.stringify(odd) })).computes.list(workspace);
          expect(result.ok ? Array.isArray(result.value) : result.kind).toEqual(result.ok ? true : 'failed');
        }
      }),
      { numRuns: 100 },
    );
  });

  it('never throws, whatever JSON is in a row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), async (row, properties, inner) => {
        const bodies = [
          row,
          instance(inner),
          { ...instance({}), properties },
          { ...instance(inner), identity: row, tags: properties },
        ];
        for (const body of bodies) {
          const { computes } = open(() => ({ text: JSON.stringify(body) }));
          const result = await computes.get(ref);
          expect(result.ok ? result.value.ref : result.kind).toEqual(result.ok ? ref : 'failed');
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('stopping and starting', () => {
  it.each([
    ['the recorded stop, without a header', recordedAnswer('compute-stop', 202)],
    ['the recorded start, with a status to poll', recordedAnswer('compute-start', 202)],
    ['a 200 with words', { status: 200, text: 'ok' }],
    [
      'a status URL',
      {
        status: 202,
        headers: { 'azure-asyncoperation': `https://management.azure.com/subscriptions/${subscription}/x` },
      },
    ],
  ])('is one request, accepted by %s', async (_, answer) => {
    for (const action of ['stop', 'start'] as const) {
      const { computes, azure } = open(() => answer);
      expect(await computes[action](ref)).toEqual({ ok: true, value: 'accepted' });
      expect(azure.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
        `POST https://management.azure.com${computeArmId(ref)}/${action}?api-version=2025-12-01`,
      ]);
    }
  });

  it('carries Azure’s own words when it is refused', async () => {
    const error = { code: 'ComputeInstanceDiskFull', message: 'There is no space left on the disk.' };
    const { computes } = open(() => ({ status: 400, body: { error } }));
    expect(await computes.stop(ref)).toEqual({ ok: false, kind: 'failed', status: 400, ...error });
  });

  it('uses the identity that may stop for stops, and the reading one for reads', async () => {
    const azure = fakeAzure(({ method }) => (method === 'GET' ? { body: instance({}) } : { status: 202 }));
    const clientsOf = (token: string): ReturnType<typeof createArmClients> =>
      createArmClients(transportTo(azure), {
        getToken: async () => ({ token, expiresOnTimestamp: 253_402_300_799_000 }),
      });
    const computes = createComputes({ reader: clientsOf('reader'), stopper: clientsOf('stopper') });
    await computes.get(ref);
    await computes.stop(ref);
    expect(azure.requests.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer reader',
      'Bearer stopper',
    ]);
  });
});
