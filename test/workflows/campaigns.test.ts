import { describe, expect, it } from 'vitest';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
import {
  hour,
  idOf,
  minute,
  type ProvisionWorld,
  provisionWorld,
  type ProvisionWorldOptions,
  startAt,
  type Who,
} from '../support/provision-world.ts';
import { adas, deletions } from '../support/recreate-world.ts';

const machine = (name: string, user: string, more: Partial<ComputeSpec> = {}): ComputeSpec =>
  adas({ name, user, createdBy: user, ...more });
const fresh = {
  properties: {
    properties: {
      osImageMetadata: { currentImageVersion: '26.02.20', isLatestOsImageVersion: false },
    },
  },
};

type Row = {
  readonly compute: string;
  readonly state: string;
  readonly sentence: string;
  readonly requestId: string | null;
};

async function worldWith(
  computes: readonly ComputeSpec[],
  more: ProvisionWorldOptions = {},
): Promise<ProvisionWorld> {
  return provisionWorld({ policy: 'version: 1\n', sweeps: true, computes, ...more });
}
const begin = (world: ProvisionWorld, body: object = {}, as: Who = 'root', key?: string) =>
  world.ask('POST', '/api/campaigns', {
    as,
    body: {
      match: { compute: '*' },
      deadline: new Date(startAt + 6 * hour).toISOString(),
      remindBefore: '2h',
      why: 'the old images have a hole',
      ...body,
    },
    ...(key === undefined ? {} : { key }),
  });
const say = (world: ProvisionWorld, id: string, word: 'consent' | 'refuse', as: Who, body: object) =>
  world.ask('POST', `/api/campaigns/${id}/${word}`, { as, body });
async function rows(world: ProvisionWorld, id: string, as: Who = 'root'): Promise<readonly Row[]> {
  const shown = await world.ask('GET', `/api/campaigns/${id}`, { as });
  return shown.json['computes'] as readonly Row[];
}
const stateOf = async (world: ProvisionWorld, id: string, name: string): Promise<string | undefined> =>
  (await rows(world, id)).find(({ compute }) => compute === name)?.state;
const told = (world: ProvisionWorld, who: Who) =>
  world.messages.filter(({ to, kind }) => kind === 'request' && to?.objectId === idOf(who));

describe('a campaign for new OS images', () => {
  it('asks each owner once, reminds before the deadline, and deletes nothing without consent', async () => {
    const world = await worldWith([
      machine('ci-ada', 'ada'),
      machine('ci-bob', 'bob'),
      machine('ci-eve', 'eve', fresh),
    ]);
    const begun = await begin(world);
    expect([begun.status, begun.json['counts']]).toEqual([201, { asked: 2 }]);
    const id = String(begun.json['campaignId']);
    expect(begun.headers.get('location')).toBe(`/api/campaigns/${id}`);
    await world.runFor(hour);
    expect(told(world, 'ada')).toHaveLength(1);
    expect(told(world, 'ada')[0]?.sentence).toContain('OS disk');
    expect(told(world, 'ada')[0]?.sentence).toContain(id);
    expect(told(world, 'eve')).toEqual([]);
    await world.runTo(startAt + 5 * hour);
    expect(told(world, 'bob').map(({ title }) => title)).toHaveLength(2);
    await world.runTo(startAt + 7 * hour);
    expect(await stateOf(world, id, 'ci-ada')).toBe('no-answer');
    expect(deletions(world)).toBe(0);
    const alerts = world.messages.filter(({ kind, title }) => kind === 'alert' && title.includes('campaign'));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.sentence).toContain('ws1/ci-ada (no-answer)');
    expect((await world.ask('GET', `/api/campaigns/${id}`, { as: 'root' })).json).toMatchObject({
      status: 'ended',
    });
  });

  it('makes an instance anew at the agreed time once it is quiet, as it was, with a newer image', async () => {
    const busyUntil = startAt + 3 * hour;
    const world = await worldWith([
      machine('ci-ada', 'ada', {
        metrics: [
          { fromAt: startAt - 24 * hour, toAt: busyUntil, cpu: 70, network: 0 },
          { fromAt: busyUntil, toAt: startAt + 100 * hour, cpu: 0.4, network: 0 },
        ],
      }),
      machine('ci-bob', 'bob'),
    ]);
    const id = String((await begin(world)).json['campaignId']);
    await world.runFor(10 * minute);
    const consented = await say(world, id, 'consent', 'ada', {
      compute: 'ci-ada',
      confirm: 'ci-ada',
      at: new Date(startAt + 2 * hour).toISOString(),
    });
    expect([consented.status, consented.json['state']]).toEqual([200, 'agreed']);
    expect(
      (await say(world, id, 'refuse', 'bob', { compute: 'ci-bob', why: 'a long run' })).json,
    ).toMatchObject({
      state: 'declined',
    });
    await world.runTo(startAt + 3 * hour);
    expect(deletions(world)).toBe(0);
    expect((await rows(world, id, 'ada'))[0]?.sentence).toContain('in use');
    await world.runTo(startAt + 5.5 * hour);
    const [ada] = await rows(world, id, 'ada');
    expect(ada).toMatchObject({ compute: 'ci-ada', state: 'done' });
    expect(ada?.sentence).toContain('26.03.01 instead of 25.08.03');
    expect(world.azure.show('ci-ada')).toMatchObject({ tags: { project: 'vision' } });
    const request = await world.ask('GET', `/api/requests/${ada?.requestId ?? ''}`, { as: 'ada' });
    expect(request.json).toMatchObject({
      status: 'completed',
      recreation: { kind: 'recreate', campaignId: id },
    });
    await world.runTo(startAt + 7 * hour);
    expect(deletions(world)).toBe(1);
    expect(await stateOf(world, id, 'ci-bob')).toBe('declined');
  });

  it('does nothing to what is never quiet until the deadline, and says so', async () => {
    const world = await worldWith([
      machine('ci-ada', 'ada', {
        metrics: [{ fromAt: startAt - 24 * hour, toAt: startAt + 100 * hour, cpu: 70, network: 0 }],
      }),
    ]);
    const id = String((await begin(world)).json['campaignId']);
    await say(world, id, 'consent', 'ada', { compute: 'ci-ada', confirm: 'ci-ada' });
    await world.runTo(startAt + 7 * hour);
    expect([await stateOf(world, id, 'ci-ada'), deletions(world)]).toEqual(['not-quiet', 0]);
    expect(told(world, 'ada').at(-1)?.sentence).toContain('never quiet');
  });

  it('holds while work is halted and while an instance is protected or snoozed', async () => {
    const world = await worldWith([machine('ci-ada', 'ada')]);
    const id = String((await begin(world)).json['campaignId']);
    await world.runFor(10 * minute);
    await world.ask('POST', '/api/halt', { as: 'root', body: {} });
    await say(world, id, 'consent', 'ada', { compute: 'ci-ada', confirm: 'ci-ada' });
    await world.runFor(hour);
    expect(await stateOf(world, id, 'ci-ada')).toBe('agreed');
    await world.setPolicy('version: 1\nprotected: [ { compute: ci-ada } ]\n');
    await world.ask('POST', '/api/resume', { as: 'root' });
    await world.runFor(hour);
    expect(deletions(world)).toBe(0);
    expect((await rows(world, id))[0]?.sentence).toContain('protects it');
    await world.setPolicy('version: 1\n');
    await world.runFor(hour);
    expect(await stateOf(world, id, 'ci-ada')).toBe('done');
  });

  it('makes no more of them anew at once than may be stopped at once', async () => {
    const names = Array.from({ length: 4 }, (_, index) => `ci-ada-i${index}a`);
    const world = await worldWith(
      names.map((name) => machine(name, 'ada')),
      { policy: 'version: 1\nlimits: { maxStops: 2 }\n' },
    );
    const id = String((await begin(world)).json['campaignId']);
    for (const name of names) await say(world, id, 'consent', 'ada', { compute: name, confirm: name });
    for (let step = 0; step < 30; step += 1) {
      await world.runFor(2 * minute);
      const running = (await rows(world, id)).filter(({ state }) => state === 'running');
      expect(running.length).toBeLessThanOrEqual(2);
    }
    expect((await rows(world, id)).map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
  });

  it('goes on where a process died: between the word that it begins and the request', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (const nth of [1, 2]) {
        const world = await worldWith([machine('ci-ada', 'ada')], {
          death: { port: 'provisioning', member: nth === 1 ? 'delete' : 'create', moment },
        });
        const id = String((await begin(world)).json['campaignId']);
        await say(world, id, 'consent', 'ada', { compute: 'ci-ada', confirm: 'ci-ada' });
        await world.runFor(90 * minute);
        expect([world.deaths(), await stateOf(world, id, 'ci-ada'), deletions(world)]).toEqual([
          1,
          'done',
          1,
        ]);
      }
    }
  });

  it('goes on with the others when one cannot be asked for now, and begins nothing once it is ended', async () => {
    const world = await worldWith([machine('ci-ada', 'ada'), machine('ci-bob', 'bob')], {
      failure: { port: 'quotas', member: 'read', moment: 'before', nth: 1 },
    });
    const id = String((await begin(world)).json['campaignId']);
    for (const who of ['ada', 'bob'] as const) {
      await say(world, id, 'consent', who, { compute: `ci-${who}`, confirm: `ci-${who}` });
    }
    const isBegun = async () => (await rows(world, id)).some(({ state }) => state === 'running');
    for (let minutes = 0; !(await isBegun()); minutes += 1) {
      expect(minutes).toBeLessThan(20);
      await world.runFor(minute);
    }
    expect((await world.ask('POST', `/api/campaigns/${id}/end`, { as: 'root' })).status).toBe(200);
    await world.runFor(hour);
    const states = (await rows(world, id)).map(({ state }) => state);
    // In the order of their turns: the first could not be asked for.
    expect(states).toEqual(['called-off', 'done']);
    expect(deletions(world)).toBe(1);
  });
});

describe('the doors of a campaign', () => {
  it('are the admin’s to open, and each owner’s to answer', async () => {
    const world = await worldWith([machine('ci-ada', 'ada'), machine('ci-bob', 'bob')]);
    expect((await begin(world, {}, 'ada')).status).toBe(403);
    const wrong = await begin(world, {
      match: { team: 'vision', workspce: 'x' },
      deadline: 'soon',
      imageOlderThan: '-1d',
      why: '',
    });
    expect([wrong.status, (wrong.json['faults'] as { field: string }[]).map(({ field }) => field)]).toEqual([
      400,
      ['match.workspce', 'imageOlderThan', 'deadline', 'why'],
    ]);
    expect((await begin(world, { match: {} })).status).toBe(400);
    expect((await begin(world, { deadline: '2026-03-02T08:10:00Z' })).json['code']).toBe('request.invalid');
    expect((await begin(world, { imageOlderThan: '3000d' })).json).toMatchObject({
      status: 400,
      code: 'campaign.nobody',
    });
    const first = await begin(world, {}, 'root', 'one-campaign');
    const again = await begin(world, {}, 'root', 'one-campaign');
    expect([again.status, again.json['campaignId']]).toEqual([201, first.json['campaignId']]);
    const id = String(first.json['campaignId']);

    expect((await rows(world, id, 'bob')).map(({ compute }) => compute)).toEqual(['ci-bob']);
    expect((await world.ask('GET', `/api/campaigns/${id}`, { as: 'eve' })).status).toBe(404);
    expect((await world.ask('GET', '/api/campaigns', { as: 'eve' })).json['campaigns']).toEqual([]);
    const others = await say(world, id, 'consent', 'bob', { compute: 'ci-ada', confirm: 'ci-ada' });
    expect(others.status).toBe(400);
    const unsure = await say(world, id, 'consent', 'bob', { compute: 'ci-bob' });
    expect([unsure.status, unsure.json['code']]).toEqual([400, 'instance.unconfirmed']);
    const vague = await say(world, id, 'consent', 'bob', {
      compute: 'ci-bob',
      confirm: 'ci-bob',
      at: 'later',
    });
    expect([vague.status, vague.json['detail']]).toEqual([
      400,
      expect.stringContaining('at: expected "now" or'),
    ]);
    const late = await say(world, id, 'consent', 'bob', {
      compute: 'ci-bob',
      confirm: 'ci-bob',
      at: '2027-01-01T00:00:00Z',
    });
    expect([late.status, late.json['code']]).toEqual([400, 'request.invalid']);
    expect((await say(world, id, 'refuse', 'bob', { compute: 'ws1/ci-bob' })).status).toBe(200);
    expect(
      (await say(world, id, 'consent', 'bob', { compute: 'ci-bob', confirm: 'ci-bob', at: 'now' })).json,
    ).toMatchObject({
      state: 'agreed',
    });
    expect((await world.ask('POST', `/api/campaigns/${id}/end`, { as: 'bob' })).status).toBe(403);
    expect((await world.ask('POST', `/api/campaigns/${id}/end`, { as: 'root' })).status).toBe(200);
    await world.runFor(hour);
    expect((await rows(world, id)).map(({ state }) => state)).toEqual(['called-off', 'called-off']);
    expect(deletions(world)).toBe(0);
    const over = await say(world, id, 'consent', 'ada', { compute: 'ci-ada', confirm: 'ci-ada' });
    expect([over.status, over.json['code']]).toEqual([409, 'campaign.conflict']);
  });

  it('tell at once what an instance would lose, and take the consent with that', async () => {
    const world = await worldWith([machine('ci-ada', 'ada', { ssh: true })]);
    const id = String((await begin(world)).json['campaignId']);
    const refused = await say(world, id, 'consent', 'ada', { compute: 'ci-ada', confirm: 'ci-ada' });
    expect([refused.status, refused.json['code']]).toEqual([400, 'refuse.recreate.loss']);
    expect(refused.json['detail']).toContain('public key');
    const agreed = await say(world, id, 'consent', 'ada', {
      compute: 'ci-ada',
      confirm: 'ci-ada',
      accept: ['ssh'],
    });
    expect(agreed.status).toBe(200);
    await world.runFor(hour);
    expect(await stateOf(world, id, 'ci-ada')).toBe('done');
  });

  it('are open from the message too: a link consents or refuses once, for whoever was asked', async () => {
    const world = await worldWith([machine('ci-ada', 'ada')]);
    const id = String((await begin(world)).json['campaignId']);
    await world.runFor(10 * minute);
    const links = told(world, 'ada')[0]?.links ?? [];
    const linkOf = (label: string): string => {
      const path = links.find((one) => one.label.startsWith(label))?.path ?? '';
      return new URL(path, 'http://page').searchParams.get('act') ?? '';
    };
    const consent = linkOf('Make it anew');
    const shown = await world.ask('GET', `/api/links?link=${encodeURIComponent(consent)}`, { as: 'ada' });
    expect(shown.json).toMatchObject({ title: 'Make ci-ada anew?', danger: true });
    expect(shown.json['sentence']).toContain('OS disk');
    expect((await world.ask('POST', '/api/links', { as: 'bob', body: { link: consent } })).status).toBe(403);
    expect(await stateOf(world, id, 'ci-ada')).toBe('asked');
    const declined = await world.ask('POST', '/api/links', {
      as: 'ada',
      body: { link: linkOf('Leave it'), comment: 'not now' },
    });
    expect([declined.status, await stateOf(world, id, 'ci-ada')]).toEqual([200, 'declined']);
    expect((await world.ask('POST', '/api/links', { as: 'ada', body: { link: consent } })).status).toBe(200);
    await world.runFor(hour);
    expect(await stateOf(world, id, 'ci-ada')).toBe('done');
    const again = await world.ask('POST', '/api/links', { as: 'ada', body: { link: consent } });
    expect([again.status, deletions(world)]).toEqual([again.status, 1]);
    expect(again.status).toBeGreaterThanOrEqual(400);
  });
});
