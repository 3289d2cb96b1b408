import { beforeEach, describe, expect, it } from 'vitest';
import { giveRoomBack } from '../../../src/fleet/waiting/change-place.ts';
import { listReservations, readReservation } from '../../../src/ledger/reservations.ts';
import { readPlace, writePlace } from '../../../src/ledger/waiting-list.ts';
import type { Reply } from '../../support/app-under-test.ts';
import { expectWholeOrNothing } from '../../support/provision-outcome.ts';
import {
  hour,
  idOf,
  minute,
  type ProvisionWorld,
  provisionWorld,
  type Who,
} from '../../support/provision-world.ts';

const day = 24 * hour;
const instance = (name: string, user: Who, more: object = {}) => ({
  name,
  workspace: 'ws1',
  kind: 'ComputeInstance' as const,
  vmSize: 'Standard_DS3_v2',
  user,
  ...more,
});
const fourCores = 'version: 1\nquotas: [ { per: all, cores: 4 } ]\n';

let world: ProvisionWorld;
type Shown = Record<string, unknown> & { placeId: string; state: string; requestId: string | null };

const placeIn = (reply: Reply): Shown => reply.json['waitingPlace'] as Shown;
const places = async (as: Who, query = ''): Promise<Shown[]> =>
  (await world.ask('GET', `/api/waiting-list${query}`, { as })).json['places'] as Shown[];
async function placeOf(as: Who): Promise<Shown> {
  const [first] = await places(as, '?mine=true');
  if (first === undefined) throw new Error(`${as} has no place.`);
  return first;
}
const remove = (name: string): void => {
  world.azure.act({ do: 'delete', compute: name });
};

/** One machine fills all there is. */
async function full(policy = fourCores): Promise<void> {
  world = await provisionWorld({ policy, computes: [instance('ci-old', 'root')] });
}

describe('a refusal for want of room', () => {
  it('names the limit, its numbers, what would make room, sizes and workspaces that have some, and the list', async () => {
    world = await provisionWorld({
      policy: 'version: 1\nquotas: [ { per: workspace, match: { workspace: ws1 }, cores: 6 } ]\n',
      computes: [instance('ci-mine', 'ada', { state: 'Stopped' })],
      world: {
        workspaces: [
          { name: 'ws1', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' },
          { name: 'ws2', subscription: 'main', resourceGroup: 'rg', location: 'northeurope' },
          { name: 'ws3', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' },
        ],
      },
    });
    const reply = await world.request('ada');
    expect([reply.status, reply.json['code']]).toEqual([422, 'refuse.quota.workspace']);
    expect(reply.json['detail']).toMatch(/holds 4 cores.*4 cores more would make 8; the limit is 6/);
    const said = String(reply.json['try']);
    expect(said).toContain('delete ci-mine in ws1');
    expect(said).toMatch(/There is room for Standard_D\w+/);
    expect(said).toContain('There is room for Standard_DS3_v2 in ws3 (westeurope), ws2 (northeurope)');
    expect(said).toContain(`POST /api/requests/${String(reply.json['requestId'])}/wait`);
    expect((await places('ada')).length).toBe(0);
  });

  it('by Azure names one’s own stopped machines too', async () => {
    world = await provisionWorld({
      policy: 'version: 1\n',
      computes: [instance('ci-mine', 'ada', { state: 'Stopped' }), instance('ci-bob', 'bob')],
      world: { quotas: { main: { westeurope: { regional: 8 } } } },
    });
    const reply = await world.request('ada');
    expect(reply.json['code']).toBe('refuse.azure.regional');
    expect(reply.json['try']).toContain('delete ci-mine in ws1');
    expect(reply.json['try']).not.toContain('ci-bob');
  });
});

describe('room that is held', () => {
  it('stays the request’s that was made of it, though the place is given up at the same moment', async () => {
    await full();
    await world.request('ada', { waitingList: true });
    remove('ci-old');
    await world.runFor(10 * minute);
    const { placeId } = await placeOf('ada');
    const stored = await readPlace(world.ledger, placeId);
    if (stored === null) throw new Error('There is no place.');
    const requestId = stored.place.offer?.requestId ?? '';
    const confirmed = await world.ask('POST', `/api/waiting-list/${placeId}/confirm`, { as: 'ada' });
    expect([confirmed.status, confirmed.json['requestId']]).toEqual([202, requestId]);
    // Who had read the place before it was taken would give its room back now.
    const flow = { ports: world, scope: { subscriptions: [], workspaces: [] } } as never;
    await giveRoomBack(flow, stored.place);
    expect(await readReservation(world.ledger, requestId, world.clock.now())).not.toBeNull();
  });
});

describe('a place on the waiting list', () => {
  beforeEach(() => full());

  it('comes with the refusal where it is asked for, or afterwards, and leaves the request refused', async () => {
    const reply = await world.request('ada', { waitingList: true });
    expect([reply.status, reply.json['code']]).toEqual([422, 'refuse.quota.all']);
    expect(placeIn(reply)).toMatchObject({
      state: 'waiting',
      ahead: 0,
      autoStart: false,
      waitsFor: [{ code: 'refuse.quota.all' }],
    });
    await world.runFor(1000);
    const later = await world.request('bob');
    const id = String(later.json['requestId']);
    expect((await world.ask('POST', `/api/requests/${id}/wait`, { as: 'eve' })).status).toBe(404);
    const waits = await world.ask('POST', `/api/requests/${id}/wait`, { as: 'bob' });
    expect([waits.status, waits.json['state'], waits.json['ahead']]).toEqual([200, 'waiting', 1]);
    expect((await world.requestOf(reply)).status).toBe('refused');
    expect((await world.requestOf(later)).status).toBe('refused');
    expect([
      (await places('ada')).length,
      (await places('eve')).length,
      (await places('cleo')).length,
    ]).toEqual([1, 0, 2]);
  });

  it('is one per person and size, however often it is asked for', async () => {
    const first = placeIn(await world.request('ada', { waitingList: true }));
    await world.runFor(minute);
    await world.request('bob', { waitingList: true });
    await world.runFor(minute);
    const again = placeIn(await world.request('ada', { waitingList: true, autoStart: true }));
    expect(again).toMatchObject({
      placeId: first.placeId,
      since: first['since'],
      ahead: 0,
      autoStart: true,
    });
    expect((await places('root')).map(({ placeId }) => placeId)).toHaveLength(2);
  });

  it('is offered to the first when room is there, held, and goes to the next when nobody confirms', async () => {
    await world.request('ada', { waitingList: true });
    await world.runFor(minute);
    await world.request('bob', { waitingList: true });
    remove('ci-old');
    await world.runFor(10 * minute);
    expect([(await placeOf('ada')).state, (await placeOf('bob')).state]).toEqual(['offered', 'waiting']);
    const told = world.messages.filter(({ title }) => title.startsWith('There is room'));
    expect(told).toMatchObject([{ to: { objectId: idOf('ada') } }]);
    // What is held is not there for others.
    expect((await world.request('eve')).json['code']).toBe('refuse.quota.all');
    await world.runFor(4 * hour + 10 * minute);
    expect([(await placeOf('ada')).state, (await placeOf('bob')).state]).toEqual(['lapsed', 'offered']);
    expect(world.messages.at(-1)?.to?.objectId).toBe(idOf('bob'));
    expect(await listReservations(world.ledger, world.clock.now())).toHaveLength(1);
  });

  it('becomes a request by one word, and by the same word again the same request', async () => {
    await world.request('ada', { waitingList: true, name: 'ci-ada' });
    const { placeId } = await placeOf('ada');
    const confirm = (as: Who) => world.ask('POST', `/api/waiting-list/${placeId}/confirm`, { as });
    expect((await confirm('ada')).json).toMatchObject({ status: 409, code: 'place.conflict' });
    remove('ci-old');
    await world.runFor(10 * minute);
    expect((await confirm('bob')).status).toBe(404);
    const replies = await Promise.all([confirm('ada'), confirm('ada'), confirm('ada')]);
    expect(replies.map(({ status }) => status)).toEqual([202, 202, 202]);
    const ids = new Set(replies.map(({ json }) => String(json['requestId'])));
    expect(ids.size).toBe(1);
    await world.runFor(20 * minute);
    const [id = ''] = ids;
    expect(await expectWholeOrNothing(world, id)).toBe('completed');
    expect(world.madeFor(id)).toEqual(['ci-ada']);
    expect(await placeOf('ada')).toMatchObject({ state: 'taken', requestId: id });
    expect((await confirm('ada')).json['requestId']).toBe(id);
  });

  it('is taken or left by the links of the message, by its person alone and once', async () => {
    await world.request('ada', { waitingList: true });
    remove('ci-old');
    await world.runFor(10 * minute);
    const message = world.messages.find(({ title }) => title.startsWith('There is room'));
    const [take = '', leave = ''] = (message?.links ?? []).map(({ path }) => path.split('act=')[1]);
    const use = (as: Who, link: string) => world.ask('POST', '/api/links', { as, body: { link } });
    const shown = await world.ask('GET', `/api/links?link=${take}`, { as: 'ada' });
    expect([shown.status, shown.json['action']]).toEqual([200, 'take']);
    expect((await use('bob', take)).status).toBeGreaterThanOrEqual(400);
    expect((await placeOf('ada')).state).toBe('offered');
    expect((await use('ada', take)).json['sentence']).toContain('is being made');
    expect((await placeOf('ada')).state).toBe('taken');
    expect((await use('ada', leave)).json).toMatchObject({ status: 409 });
    await world.runFor(20 * minute);
    expect(world.azure.computes()).toHaveLength(1);
  });

  it('that asks by itself is carried out without a word', async () => {
    await world.request('ada', { waitingList: true, autoStart: true });
    remove('ci-old');
    await world.runFor(20 * minute);
    const place = await placeOf('ada');
    expect(place.state).toBe('taken');
    expect(await expectWholeOrNothing(world, place.requestId ?? '')).toBe('completed');
    expect(world.azure.callCount('create')).toBe(1);
  });

  it('can be left, and what was held goes to the next at once', async () => {
    await world.request('ada', { waitingList: true });
    await world.runFor(minute);
    await world.request('bob', { waitingList: true });
    remove('ci-old');
    await world.runFor(10 * minute);
    const path = `/api/waiting-list/${(await placeOf('ada')).placeId}`;
    expect((await world.ask('DELETE', path, { as: 'bob' })).status).toBe(404);
    expect((await world.ask('DELETE', path, { as: 'ada' })).json).toMatchObject({ state: 'left' });
    expect((await world.ask('DELETE', path, { as: 'ada' })).json).toMatchObject({ state: 'left' });
    expect((await placeOf('bob')).state).toBe('offered');
  });

  it('ends when its person gets such a machine otherwise, and what is held for them is theirs', async () => {
    await world.request('ada', { waitingList: true });
    remove('ci-old');
    await world.runFor(10 * minute);
    expect((await placeOf('ada')).state).toBe('offered');
    const other = await world.request('ada', { vmSize: 'Standard_D4s_v3' });
    expect([other.status, other.text]).toEqual([202, expect.any(String)]);
    expect((await placeOf('ada')).state).toBe('left');
    await world.runFor(20 * minute);
    expect(await listReservations(world.ledger, world.clock.now())).toEqual([]);
    expect(world.azure.computes()).toHaveLength(1);
  });

  it('expires after two weeks, and says so', async () => {
    const asked = placeIn(await world.request('ada', { waitingList: true }));
    expect(Date.parse(String(asked['until'])) - Date.parse(String(asked['since']))).toBe(14 * day);
    const stored = await readPlace(world.ledger, asked.placeId);
    if (stored === null) throw new Error('It is not there.');
    await writePlace(world.ledger, stored, { ...stored.place, until: world.clock.now() + hour });
    await world.runFor(50 * minute);
    expect((await placeOf('ada')).state).toBe('waiting');
    await world.runFor(20 * minute);
    expect((await placeOf('ada')).state).toBe('expired');
    expect(world.messages.at(-1)?.sentence).toContain('No room');
  });

  it('is held for its person no shorter because they could not be told', async () => {
    await world.request('ada', { waitingList: true });
    world.notifierUp = false;
    remove('ci-old');
    await world.runFor(3 * hour);
    world.notifierUp = true;
    await world.runFor(3 * hour);
    expect((await placeOf('ada')).state).toBe('offered');
    expect((await world.request('eve')).json['code']).toBe('refuse.quota.all');
  });
});

describe('room that comes free', () => {
  it('by a request that was cancelled is given on at once, and never twice', async () => {
    world = await provisionWorld({ policy: `${fourCores}approvals: [ { match: { user: ada } } ]\n` });
    const waits = await world.request('ada');
    expect(waits.json['status']).toBe('awaiting-approval');
    for (const who of ['bob', 'eve', 'root'] as const) {
      await world.request(who, { waitingList: true, autoStart: true });
      await world.runFor(1000);
    }
    await world.ask('POST', `/api/requests/${String(waits.json['requestId'])}/cancel`, { as: 'ada' });
    await world.runFor(minute);
    expect((await placeOf('bob')).state).toBe('taken');
    await world.runFor(hour);
    expect([(await placeOf('eve')).state, (await placeOf('root')).state]).toEqual(['waiting', 'waiting']);
    expect(world.azure.computes()).toHaveLength(1);
  });

  it('still has to be approved where the rules say so', async () => {
    await full(`${fourCores}approvals: [ { match: { user: ada } } ]\n`);
    await world.request('ada', { waitingList: true, autoStart: true });
    remove('ci-old');
    await world.runFor(10 * minute);
    const { requestId } = await placeOf('ada');
    expect((await world.requestOf(requestId ?? '')).status).toBe('awaiting-approval');
    await world.ask('POST', `/api/requests/${requestId ?? ''}/approve`, { as: 'cleo', body: {} });
    await world.runFor(10 * minute);
    expect(await expectWholeOrNothing(world, requestId ?? '')).toBe('completed');
  });

  it('is weighed against the rules of that moment', async () => {
    await full();
    await world.request('ada', { waitingList: true });
    await world.request('bob', { waitingList: true, autoStart: true });
    await world.setPolicy(`${fourCores}sizes: { deny: [Standard_DS3_v2] }\n`);
    remove('ci-old');
    await world.runFor(10 * minute);
    expect([(await placeOf('ada')).state, (await placeOf('bob')).state]).toEqual(['refused', 'refused']);
    expect(world.azure.callCount('create')).toBe(0);
    expect(await listReservations(world.ledger, world.clock.now())).toEqual([]);
  });

  it('for sixteen places is given to as many as it is enough for', { timeout: 60_000 }, async () => {
    world = await provisionWorld({
      policy: 'version: 1\nquotas: [ { per: all, cores: 10 } ]\n',
      computes: [instance('ci-old', 'root', { vmSize: 'Standard_D8s_v3' })],
    });
    const sizes = ['Standard_DS3_v2', 'Standard_D4s_v3', 'Standard_F4s_v2', 'Standard_E4s_v3'];
    for (const who of ['ada', 'bob', 'eve', 'root'] as const) {
      for (const vmSize of sizes) await world.request(who, { vmSize, waitingList: true, autoStart: true });
    }
    expect(await places('root')).toHaveLength(16);
    remove('ci-old');
    await world.runFor(2 * hour);
    expect(world.azure.computes()).toHaveLength(2);
    expect((await places('root')).filter(({ state }) => state === 'taken')).toHaveLength(2);
  });
});

describe('what waiting does not help against', () => {
  it.each([
    ['a size that is denied', 'version: 1\nsizes: { deny: [Standard_D*] }\n', 'refuse.size.denied'],
    [
      'more than the limit could ever hold',
      'version: 1\nquotas: [ { per: all, cores: 2 } ]\n',
      'ever be enough',
    ],
  ])('is %s', async (_, policy, why) => {
    world = await provisionWorld({ policy });
    const reply = await world.request('ada', { waitingList: true });
    expect([reply.status, reply.json['waitingPlace']]).toEqual([422, null]);
    expect(reply.json['whyNoPlace']).toContain(why);
    expect(reply.json['try']).not.toContain('/wait');
    const asked = await world.ask('POST', `/api/requests/${String(reply.json['requestId'])}/wait`, {
      as: 'ada',
    });
    expect([asked.status, asked.json['code']]).toEqual([409, 'place.conflict']);
  });

  it('is a request that was not refused, one that is not there, and a sixth place', async () => {
    world = await provisionWorld({
      policy: 'version: 1\nquotas: [ { per: all, cores: 8 }, { per: all, instances: 1 } ]\n',
    });
    const granted = await world.request('bob');
    const wait = (id: unknown) => world.ask('POST', `/api/requests/${String(id)}/wait`, { as: 'bob' });
    expect((await wait(granted.json['requestId'])).json['code']).toBe('request.conflict');
    expect((await wait('..%2f..')).status).toBe(404);
    expect((await world.ask('POST', '/api/waiting-list/w0/confirm', { as: 'bob' })).status).toBe(404);
    const sizes = ['DS1_v2', 'DS2_v2', 'DS3_v2', 'D2s_v3', 'D4s_v3', 'D8s_v3'];
    const replies = [];
    for (const size of sizes) {
      replies.push(await world.request('ada', { vmSize: `Standard_${size}`, waitingList: true }));
    }
    expect(replies.map((reply) => reply.json['waitingPlace'] !== null)).toEqual([
      ...Array.from({ length: 5 }, () => true),
      false,
    ]);
  });

  it('and autoStart alone is a fault of form', async () => {
    world = await provisionWorld();
    const reply = await world.request('ada', { autoStart: true });
    expect([reply.status, reply.json['faults']]).toMatchObject([400, [{ field: 'autoStart' }]]);
  });
});
