import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listRequests } from '../../../src/ledger/requests.ts';
import { listReservations } from '../../../src/ledger/reservations.ts';
import { hour, idOf, minute, type ProvisionWorld, provisionWorld } from '../../support/provision-world.ts';

const instance = (name: string, more: object = {}) => ({
  name,
  workspace: 'ws1',
  kind: 'ComputeInstance' as const,
  vmSize: 'Standard_DS3_v2',
  ...more,
});
const refusalsOf = (reply: { json: Record<string, unknown> }): readonly string[] =>
  (reply.json['refusals'] as { code: string }[]).map(({ code }) => code);

async function expectNothingDone(world: ProvisionWorld): Promise<void> {
  await world.runFor(10 * minute);
  expect(world.azure.writes.filter((write) => write.byApp)).toEqual([]);
  expect(await listReservations(world.ledger, world.clock.now())).toEqual([]);
}

describe('a request that breaks rules', () => {
  it('is refused with all of them at once, in the contract’s order, each with what to do', async () => {
    const world = await provisionWorld({
      policy:
        'version: 1\nsizes: { deny: [Standard_NC*] }\nquotas: [ { per: user, instances: 0 } ]\nnetwork: { ssh: deny, publicIp: deny, subnet: required }\n',
      world: { quotas: { main: { westeurope: { regional: 2 } } } },
    });
    const reply = await world.request('ada', {
      for: idOf('bob'),
      name: '-x',
      vmSize: 'Standard_NC6s_v3',
      ssh: true,
      sshPublicKey: `ssh-ed25519 ${'A'.repeat(68)}`,
      publicIp: true,
    });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
    expect(refusalsOf(reply)).toEqual([
      'refuse.forbidden',
      'refuse.name.invalid',
      'refuse.size.denied',
      'refuse.quota.user',
      'refuse.azure.regional',
      'refuse.network.ssh',
      'refuse.network.public-ip',
      'refuse.network.subnet',
    ]);
    expect((reply.json['faults'] as { field: string }[]).map(({ field }) => field)).toContain('subnet');
    expect(await world.requestOf(reply)).toMatchObject({ status: 'refused', reason: 'refuse.forbidden' });
    await expectNothingDone(world);
  });

  it('by its settings is told the bounds', async () => {
    const world = await provisionWorld({
      policy: 'version: 1\nrequests: { idleShutdown: { atLeast: 30m, atMost: 4h }, schedules: stopOnly }\n',
    });
    const reply = await world.request('ada', {
      idleShutdown: '1d',
      schedules: [{ action: 'Start', cron: '0 8 * * 1-5' }],
    });
    expect([reply.status, refusalsOf(reply)]).toEqual([422, ['refuse.idle-shutdown', 'refuse.schedules']]);
    expect(reply.text).toContain('at least 30m and at most 4h');
    await expectNothingDone(world);
    const fits = { idleShutdown: '2h', schedules: [{ action: 'Stop', cron: '0 19 * * 1-5' }] };
    expect((await world.request('ada', fits)).status).toBe(202);
  });

  it('of a size that is not there is told the nearest that are', async () => {
    const world = await provisionWorld();
    const reply = await world.request('ada', { vmSize: 'Standard_DS3_v9' });
    expect([reply.status, reply.json['code']]).toEqual([422, 'refuse.size.unknown']);
    expect(reply.json['try']).toContain('Standard_D');
    await expectNothingDone(world);
  });

  it('is told the numbers of the limit, and its own stopped machines that would make room', async () => {
    const world = await provisionWorld({
      policy: 'version: 1\nquotas: [ { per: user, cores: 4 } ]\n',
      computes: [instance('ci-old', { user: 'ada', state: 'Stopped' })],
    });
    const reply = await world.request('ada');
    expect([reply.status, reply.json['code']]).toEqual([422, 'refuse.quota.user']);
    expect(reply.json['detail']).toContain('4');
    expect(reply.json['try']).toContain('ci-old');
    expect((await world.request('bob')).status).toBe(202);
  });

  it('for a name that is in use in the region, or promised, is refused', async () => {
    const world = await provisionWorld({
      computes: [instance('ci-there', { workspace: 'ws2', user: 'bob' })],
      world: {
        workspaces: ['ws1', 'ws2'].map((name) => ({
          name,
          subscription: 'main',
          resourceGroup: 'rg',
          location: 'westeurope',
        })),
      },
    });
    expect((await world.request('ada', { name: 'CI-There' })).json['code']).toBe('refuse.name.taken');
    expect((await world.request('ada', { name: 'ci-new' })).status).toBe(202);
    expect((await world.request('bob', { name: 'CI-New' })).json['code']).toBe('refuse.name.taken');
  });

  it('is no request at all while Azure cannot be read, and can be sent again with the same key', async () => {
    const world = await provisionWorld();
    world.azure.outage({ of: 'arm', fromAt: world.clock.now(), toAt: world.clock.now() + minute });
    const reply = await world.request('ada', {}, 'the-same-key');
    expect([reply.status, reply.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
    expect(await listRequests(world.ledger)).toEqual([]);
    await world.runFor(2 * minute);
    expect((await world.request('ada', {}, 'the-same-key')).status).toBe(202);
  });
});

describe('a request of the wrong form', () => {
  it('is told every field that is wrong, and changes nothing', async () => {
    const world = await provisionWorld();
    const wrong = {
      workspace: 5,
      vmSize: '../x',
      for: 'ada',
      ssh: 'yes',
      sshPublicKey: '-----BEGIN OPENSSH PRIVATE KEY-----',
      publicIp: 1,
      subnet: '/subscriptions/../x',
      tags: { 'a<b': 'c' },
      idleShutdown: '5m',
      schedules: [{ action: 'Sleep', cron: 'soon' }],
      surprise: true,
    };
    const reply = await world.ask('POST', '/api/requests', { as: 'ada', body: wrong });
    expect(reply.status).toBe(400);
    const fields = (reply.json['faults'] as { field: string }[]).map(({ field }) => field.split('.')[0]);
    expect(new Set(fields)).toEqual(new Set(Object.keys(wrong)));
    expect(reply.text).not.toContain('OPENSSH PRIVATE');
    expect(await listRequests(world.ledger)).toEqual([]);
    await expectNothingDone(world);
  });

  it('names the field and what to do, whichever it is and in whichever way it is wrong', async () => {
    const world = await provisionWorld();
    const hostile = [
      '',
      '..',
      'ci-аda',
      '\u0000',
      '😀'.repeat(2500),
      '<b>',
      'a\nb',
      -1,
      1e9,
      null,
      [[]],
      { a: 1 },
    ];
    const right: Readonly<Record<string, readonly unknown[]>> = { subnet: [null] };
    const texts = ['workspace', 'vmSize', 'name', 'for', 'sshPublicKey', 'subnet', 'idleShutdown'];
    const others = ['ssh', 'publicIp', 'tags', 'schedules', 'waitingList', 'autoStart', 'agent'];
    for (const field of [...texts, ...others]) {
      world.clock.advanceTo(world.clock.now() + minute);
      for (const value of hostile) {
        if (right[field]?.includes(value) === true) continue;
        const reply = await world.request('root', { [field]: value });
        const faults = [...((reply.json['faults'] ?? []) as { field: string }[])];
        const said = {
          field,
          value,
          status: reply.status,
          named: faults.map((one) => one.field.split('.')[0]),
        };
        expect(said).toMatchObject({
          status: expect.toSatisfy((code: number) => code === 400 || code === 422),
        });
        expect(said.named).toContain(field);
        expect(String(reply.json['try']).length).toBeGreaterThan(5);
        expect(reply.text.length).toBeLessThan(2500);
      }
    }
    await expectNothingDone(world);
  });

  it.each([
    [{ action: 'Stop', cron: '99 99 * * *' }, 'schedules.0.cron', 'minute'],
    [{ action: 'Stop', cron: '0 19 * * *', timeZone: 'Europe/Berlin' }, 'schedules.0.timeZone', 'Windows'],
  ])('says that the schedule %j is none', async (schedule, field, why) => {
    const world = await provisionWorld();
    const reply = await world.request('ada', { schedules: [schedule] });
    expect([reply.status, reply.json['faults']]).toEqual([
      400,
      [{ field, detail: expect.stringContaining(why) }],
    ]);
  });

  it('names an unknown workspace and person', async () => {
    const world = await provisionWorld();
    const reply = await world.request('root', {
      workspace: 'nowhere',
      name: 'gpu-0',
      for: idOf('ada').replace(/^.{8}/, '00000000'),
    });
    expect([reply.status, (reply.json['faults'] as { field: string }[]).map(({ field }) => field)]).toEqual([
      400,
      ['workspace', 'for', 'name'],
    ]);
  });

  it('under a hostile name never reaches Azure', { timeout: 60_000 }, async () => {
    const world = await provisionWorld();
    const hostile = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        ' ',
        '../../x',
        'a/b',
        'a%2fb',
        'ci-ada\u0000',
        'ci-аda',
        'x'.repeat(10_000),
        'a-0',
        '0abc',
        'a\nb-c',
        '%2e%2e',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => /[^-A-Za-z0-9]/.test(text)),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const reply = await world.request('ada', { name });
        // The door lets nobody in too often.
        if (reply.status === 429) return world.clock.advanceTo(world.clock.now() + minute);
        expect(reply.headers.get('content-type')).toBe('application/problem+json');
        expect([400, 422]).toContain(reply.status);
        expect(reply.text).toContain('name');
      }),
      { numRuns: 60 },
    );
    expect(world.azure.callCount('nameCheck')).toBe(0);
    await expectNothingDone(world);
  });
});

describe('the same request', () => {
  it('sent fifty times at once, and again afterwards, makes one machine', { timeout: 60_000 }, async () => {
    const world = await provisionWorld();
    const send = () => world.request('ada', {}, 'the-same-key');
    const replies = await Promise.all(Array.from({ length: 50 }, send));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202, 409]));
    await world.runFor(hour);
    const later = await send();
    expect(later.status).toBe(202);
    expect(world.azure.callCount('create')).toBe(1);
    expect(world.madeFor(String(later.json['requestId']))).toHaveLength(1);
    // The answers that the door remembers are forgotten after a day; the ledger of requests is not.
    await world.runFor(30 * hour);
    const muchLater = await send();
    expect(muchLater.json).toMatchObject({ requestId: later.json['requestId'], status: 'completed' });
    expect((await world.request('ada', { name: 'ci-other' }, 'the-same-key')).status).toBe(422);
    await world.runFor(hour);
    expect(world.azure.callCount('create')).toBe(1);
  });
});

describe('a hundred requests at once', () => {
  it('never pass a limit of ten cores, Azure’s or ours', { timeout: 120_000 }, async () => {
    for (const [policy, quotas] of [
      ['version: 1\n', { main: { westeurope: { regional: 10 } } }],
      ['version: 1\nquotas: [ { per: all, cores: 10 } ]\n', {}],
    ] as const) {
      const world = await provisionWorld({ policy, world: { quotas } });
      const replies = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          world.request((['ada', 'bob', 'eve', 'root'] as const)[index % 4] ?? 'ada'),
        ),
      );
      const granted = replies.filter(({ status }) => status === 202);
      expect(granted).toHaveLength(2);
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202, 422]));
      await world.runFor(hour);
      const cores = world.azure.computes().length * 4;
      expect(cores).toBe(8);
      expect((await world.request('cleo')).status).toBe(422);
    }
  });
});
