import { describe, expect, it } from 'vitest';
import type { ComputeSpec } from '../../../src/local/azure/index.ts';
import { ended } from '../../support/provision-outcome.ts';
import { hour, minute, type ProvisionWorld, startAt } from '../../support/provision-world.ts';
import {
  adas,
  bigger,
  deletions,
  expectAsBefore,
  pathOf,
  recreateWorld,
  resize,
  shown,
} from '../../support/recreate-world.ts';

type Refusal = {
  readonly code: string;
  readonly field: string;
  readonly detail: string;
  readonly try: string;
};
const refusalsOf = (reply: { readonly json: Readonly<Record<string, unknown>> }): readonly Refusal[] =>
  (reply.json['refusals'] as readonly Refusal[] | undefined) ?? [];
const codesOf = (reply: { readonly json: Readonly<Record<string, unknown>> }): readonly string[] =>
  refusalsOf(reply).map(({ code }) => code);
const machine = (name: string, user: string, vmSize: string): ComputeSpec => adas({ name, user, vmSize });

const wanted = (world: ProvisionWorld, vmSize: string) => world.request('bob', { vmSize, name: 'ci-bob' });

describe('resizing an instance over HTTP', () => {
  it('is for its owner and for admins, and says what goes before it is confirmed', async () => {
    const world = await recreateWorld();
    expect((await resize(world, {}, 'bob')).status).toBe(404);
    expect((await world.ask('POST', `${pathOf('ci-ada')}/resize`, { body: {} })).status).toBe(401);
    const unsure = await resize(world, { confirm: 'ci-bob' });
    expect([unsure.status, unsure.json['code']]).toEqual([400, 'instance.unconfirmed']);
    expect(unsure.json['detail']).toContain('workspace share stay');
    expect(unsure.json['detail']).toContain('OS disk goes');
    const wrong = await resize(world, {
      vmSize: '../x',
      accept: ['everything'],
      sshPublicKey: 'PRIVATE',
      also: 1,
    });
    expect([wrong.status, wrong.json['code']]).toEqual([400, 'request.invalid']);
    expect((wrong.json['faults'] as { field: string }[]).map(({ field }) => field)).toEqual([
      'vmSize',
      'accept.0',
      'sshPublicKey',
      'also',
    ]);
    const keyless = await world.ask('POST', `${pathOf('ci-ada')}/resize`, {
      as: 'ada',
      body: { vmSize: bigger, confirm: 'ci-ada' },
      headers: { 'idempotency-key': '' },
    });
    expect(keyless.status).toBe(400);
    await world.runFor(10 * minute);
    expect(deletions(world)).toBe(0);
    expect((await resize(world, {}, 'root')).status).toBe(202);
  });

  it('answers the same to the same key, also when the instance is gone, and 422 to another wish', async () => {
    const world = await recreateWorld();
    const first = await resize(world, {}, 'ada', 'one-and-the-same');
    await world.runFor(90_000);
    expect(world.azure.exists('ci-ada') && world.azure.stateOf('ci-ada') === 'Running').toBe(false);
    const again = await resize(world, {}, 'ada', 'one-and-the-same');
    expect([again.status, again.json['requestId']]).toEqual([202, first.json['requestId']]);
    const other = await resize(world, { vmSize: 'Standard_D2s_v3' }, 'ada', 'one-and-the-same');
    expect(other.status).toBe(422);
    const second = await resize(world, {}, 'ada');
    expect([404, 422]).toContain(second.status);
    await world.runFor(20 * minute);
    expect(await ended(world, String(first.json['requestId']))).toBe('completed');
  });

  it('is refused with everything that is against it at once, and names sizes that are allowed and have room', async () => {
    const world = await recreateWorld({
      policy:
        'version: 1\nsizes: { deny: [Standard_M*, Standard_DS5_v2] }\nnetwork: { subnet: required }\nquotas: [ { per: user, cores: 8 } ]\n',
      ada: {
        subnet: null,
        ssh: true,
        jobs: [{ name: 'train', status: 'Running', fromAt: startAt - hour }],
        identity: { type: 'SystemAssigned' },
      },
    });
    const reply = await resize(world, { vmSize: 'Standard_DS5_v2' });
    expect(reply.status).toBe(422);
    expect(codesOf(reply)).toEqual([
      'refuse.size.denied',
      'refuse.quota.user',
      'refuse.network.subnet',
      'refuse.recreate.loss',
      'refuse.recreate.loss',
      'refuse.recreate.in-use',
    ]);
    expect(refusalsOf(reply)[0]?.try).toContain(bigger);
    expect(refusalsOf(reply)[0]?.try).not.toContain('Standard_DS5_v2');
    expect(refusalsOf(reply).at(-1)?.detail).toContain('train');
    await world.runFor(10 * minute);
    expect(deletions(world)).toBe(0);
  });

  it('is refused while it is in use, and while nobody can tell unless its owner says so', async () => {
    const busy = await recreateWorld({
      ada: { metrics: [{ fromAt: startAt - hour, toAt: startAt + hour, cpu: 70, network: 0 }] },
    });
    const used = await resize(busy, { acceptUnknownUse: true });
    expect(codesOf(used)).toEqual(['refuse.recreate.in-use']);
    const dark = await recreateWorld({ ada: { metrics: [] } });
    expect(codesOf(await resize(dark))).toEqual(['refuse.recreate.use-unknown']);
    const asked = await resize(dark, { acceptUnknownUse: true });
    expect(asked.status).toBe(202);
    await dark.runFor(20 * minute);
    expect(await ended(dark, String(asked.json['requestId']))).toBe('completed');
  });

  it('carries a stopped instance over, and says that it runs now', async () => {
    const world = await recreateWorld({ ada: { state: 'Stopped', metrics: [] } });
    const asked = await resize(world);
    await world.runFor(20 * minute);
    expect(await ended(world, String(asked.json['requestId']))).toBe('completed');
    expect(world.messages.at(-1)?.sentence).toContain('It was stopped before and runs now');
  });

  it('loses only what was agreed to', async () => {
    const world = await recreateWorld({
      ada: {
        ssh: true,
        identity: { type: 'SystemAssigned', principalId: 'p1' },
        properties: {
          ...adas().properties,
          setupScripts: { scripts: { creationScript: { scriptSource: 'inline', scriptData: 'c2VjcmV0' } } },
        },
      },
    });
    const refused = await resize(world);
    expect(refusalsOf(refused).map(({ detail }) => detail)).toEqual([
      expect.stringContaining('public key'),
      expect.stringContaining('setup scripts'),
      expect.stringContaining('system-assigned identity'),
    ]);
    const sshPublicKey = `ssh-ed25519 ${'A'.repeat(68)} ada@laptop`;
    const asked = await resize(world, { accept: ['setup-scripts', 'system-identity'], sshPublicKey });
    expect([asked.status, asked.text]).toEqual([202, expect.any(String)]);
    await world.runFor(20 * minute);
    const id = String(asked.json['requestId']);
    expect(await ended(world, id)).toBe('completed');
    expect(shown(world).properties.properties['sshSettings']).toMatchObject({ sshPublicAccess: 'Enabled' });
    expect(JSON.stringify(await world.requestOf(id))).not.toContain('c2VjcmV0');
    expect(world.messages.at(-1)?.sentence).toContain('known_hosts');
  });

  it('asks for approval where the policy asks for it for the bigger machine, and not for the smaller', async () => {
    const policy = 'version: 1\napprovals: [ { match: {}, above: { cores: 2 } } ]\n';
    const world = await recreateWorld({ policy });
    const other = await recreateWorld({ policy });
    expect((await resize(other, { vmSize: 'Standard_DS2_v2' })).json).toMatchObject({
      status: 'provisioning',
    });
    const asked = await resize(world);
    expect(asked.json).toMatchObject({ status: 'awaiting-approval' });
    const id = String(asked.json['requestId']);
    await world.runFor(hour);
    expect(deletions(world)).toBe(0);
    expect((await world.ask('POST', `/api/requests/${id}/approve`, { as: 'ada', body: {} })).status).toBe(
      403,
    );
    expect((await world.ask('POST', `/api/requests/${id}/approve`, { as: 'cleo', body: {} })).status).toBe(
      200,
    );
    await world.runFor(20 * minute);
    expect(await ended(world, id)).toBe('completed');
    expectAsBefore(world, bigger);
  });
});

describe('making an instance anew in its size', () => {
  it('gives it the newest image, whatever limit is full or broken meanwhile', async () => {
    const world = await recreateWorld({ policy: 'version: 1\nquotas: [ { per: user, cores: 2 } ]\n' });
    const asked = await world.ask('POST', `${pathOf('ci-ada')}/recreate`, {
      as: 'ada',
      body: { confirm: 'ci-ada' },
    });
    expect([asked.status, asked.text]).toEqual([202, expect.any(String)]);
    await world.runFor(20 * minute);
    expect(await ended(world, String(asked.json['requestId']))).toBe('completed');
    expectAsBefore(world, 'Standard_DS3_v2');
  });
});

describe('the room of an instance that is made anew', () => {
  const family = 'standardDSv2Family';
  const quotas = (limit: number) => ({
    world: { quotas: { main: { westeurope: { regional: 100, families: { [family]: limit } } } } },
  });

  it('counts as free for itself: two of four cores of the family more are enough for eight', async () => {
    const world = await recreateWorld(quotas(8));
    expect((await resize(world)).status).toBe(202);
    const small = await recreateWorld(quotas(7));
    expect(codesOf(await resize(small))).toEqual(['refuse.azure.family']);
  });

  it('is nobody else’s from the request to the end, in no step between', async () => {
    const world = await recreateWorld(quotas(8));
    const id = String((await resize(world)).json['requestId']);
    for (let step = 0; step < 16; step += 1) {
      await world.runFor(30_000);
      expect(codesOf(await wanted(world, 'Standard_DS1_v2'))).toContain('refuse.azure.family');
    }
    await world.runFor(15 * minute);
    expect(await ended(world, id)).toBe('completed');
    expectAsBefore(world, bigger);
  });

  it('is kept for the way back until the new one runs in another family', async () => {
    const world = await recreateWorld(quotas(4));
    const asked = await resize(world, { vmSize: 'Standard_D4s_v3' });
    expect(asked.status).toBe(202);
    for (let step = 0; step < 10; step += 1) {
      await world.runFor(30_000);
      expect(codesOf(await wanted(world, 'Standard_DS1_v2'))).toContain('refuse.azure.family');
    }
    await world.runFor(15 * minute);
    expect(await ended(world, String(asked.json['requestId']))).toBe('completed');
    expect((await wanted(world, 'Standard_DS1_v2')).status).toBe(202);
  });

  it('counts once towards the policy’s limits, its growth included', async () => {
    const world = await recreateWorld({
      policy: 'version: 1\nquotas: [ { per: workspace, cores: 12, instances: 2 } ]\n',
      computes: [machine('ci-eve', 'eve', 'Standard_DS2_v2')],
    });
    await world.ask('POST', '/api/halt', { as: 'root', body: {} });
    expect((await resize(world)).status).toBe(202);
    // Eve holds 2, ada 4 and is promised 8: two are left, and no instance.
    const bobs = await wanted(world, 'Standard_DS1_v2');
    expect(codesOf(bobs)).toEqual(['refuse.quota.workspace']);
    expect(refusalsOf(bobs)[0]?.detail).toContain('instances');
    const eves = await world.ask('POST', `${pathOf('ci-eve')}/resize`, {
      as: 'eve',
      body: { vmSize: 'Standard_DS3_v2', confirm: 'ci-eve' },
    });
    expect(eves.status).toBe(202);
    const more = await resize(world, { vmSize: 'Standard_DS5_v2' });
    expect(codesOf(more)).toContain('refuse.quota.workspace');
  });
});
