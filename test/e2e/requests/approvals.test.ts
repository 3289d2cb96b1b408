import { beforeEach, describe, expect, it } from 'vitest';
import { readRequest, replaceRequest } from '../../../src/ledger/requests.ts';
import { expectWholeOrNothing } from '../../support/provision-outcome.ts';
import {
  hour,
  idOf,
  minute,
  type ProvisionWorld,
  provisionWorld,
  startAt,
  type Who,
} from '../../support/provision-world.ts';

const rule = (more = ''): string =>
  `version: 1\nquotas: [ { per: user, moneyPerMonth: 4000 } ]\napprovals: [ { match: { gpu: true }, above: { pricePerHour: 1.5 }, remindAfter: 4h, expiresAfter: 24h${more} } ]\n`;
const gpu = { vmSize: 'Standard_NC6s_v3', name: 'ci-gpu' };

let world: ProvisionWorld;
let id: string;

const vote = (as: Who, word: 'approve' | 'reject', body: object = {}) =>
  world.ask('POST', `/api/requests/${id}/${word}`, { as, body });
const statusNow = async (): Promise<string> => (await world.requestOf(id)).status;

async function begin(policy: string, as: Who = 'ada', body: object = gpu): Promise<void> {
  world = await provisionWorld({ policy });
  const asked = await world.request(as, body);
  expect(asked.json).toMatchObject({ status: 'awaiting-approval' });
  id = String(asked.json['requestId']);
  await world.runFor(minute);
}

describe('a request that needs one approval', () => {
  beforeEach(() => begin(rule()));

  it('waits, asks the approvers, and is carried out at once when one says yes', async () => {
    expect(world.messages).toMatchObject([{ kind: 'request', to: null }]);
    expect(world.azure.callCount('create')).toBe(0);
    expect((await vote('cleo', 'approve', { comment: 'fine' })).json).toMatchObject({
      status: 'provisioning',
    });
    const approvedAt = world.clock.now();
    await world.runFor(20 * minute);
    expect(await expectWholeOrNothing(world, id)).toBe('completed');
    expect((await world.requestOf(id)).runningAt).toBeLessThan(approvedAt + 5 * minute + 10_000);
  });

  it.each([
    ['whoever asked', 'ada', 403, 'approval.own-request'],
    ['a stranger', 'bob', 404, 'request.not-found'],
  ] as const)('is not decided by %s', async (_, who, status, code) => {
    for (const word of ['approve', 'reject'] as const) {
      const reply = await vote(who, word);
      expect([reply.status, reply.json['code'], typeof reply.json['try']]).toEqual([status, code, 'string']);
    }
    expect(await statusNow()).toBe('awaiting-approval');
    expect((await world.requestOf(id)).votes).toEqual([]);
  });

  it('is decided once: a second word changes nothing', async () => {
    await vote('cleo', 'approve');
    for (const [who, word] of [
      ['cleo', 'approve'],
      ['cleo', 'reject'],
      ['dan', 'reject'],
    ] as const) {
      const reply = await vote(who, word);
      expect([reply.status, reply.headers.get('content-type')]).toEqual([409, 'application/problem+json']);
    }
    await world.runFor(20 * minute);
    expect(await expectWholeOrNothing(world, id)).toBe('completed');
  });

  it('ends rejected with the reason, and gives its quota back', async () => {
    expect((await vote('dan', 'reject', { comment: 'use a small one' })).json).toMatchObject({
      status: 'rejected',
    });
    await world.runFor(10 * minute);
    expect(await expectWholeOrNothing(world, id)).toBe('rejected');
    expect(world.messages.at(-1)?.sentence).toContain('use a small one');
  });

  it('reminds after four hours, escalates halfway to the end and says so to whoever asked', async () => {
    await world.runTo(startAt + 13 * hour);
    expect(world.messages.map(({ title }) => title)).toEqual([
      'A request waits for approval',
      'A request still waits for approval',
    ]);
    await world.runTo(startAt + 15 * hour);
    expect(world.messages.slice(2).map(({ title, to }) => [title, to?.name ?? null])).toEqual([
      ['Nobody has decided about a request', null],
      ['Your request still waits', 'ada'],
    ]);
    expect(world.messages[2]?.sentence).toContain('Nobody has decided for 14 h');
    expect(world.messages[3]?.sentence).toContain('expires at 2026-03-03 08:00 UTC');
    expect((await vote('root', 'approve')).status).toBe(200);
    await world.runFor(20 * minute);
    expect(await expectWholeOrNothing(world, id)).toBe('completed');
  });

  it('escalates once nobody could be told for long, without catching up on what was missed', async () => {
    world.notifierUp = false;
    await world.runTo(startAt + 15 * hour);
    const sentBefore = world.messages.length;
    world.notifierUp = true;
    await world.runFor(hour);
    expect(world.messages.slice(sentBefore).map(({ title }) => title)).toEqual([
      'Nobody has decided about a request',
      'Your request still waits',
    ]);
  });

  it('reminds after four hours, expires after a day, and is too late then', async () => {
    await world.runTo(startAt + 5 * hour);
    expect(world.messages.map(({ title }) => title)).toEqual([
      'A request waits for approval',
      'A request still waits for approval',
    ]);
    await world.runTo(startAt + 25 * hour);
    expect(await expectWholeOrNothing(world, id)).toBe('expired');
    const last = world.messages.at(-1);
    expect([last?.to?.name, last?.title]).toEqual(['ada', 'Request expired']);
    expect(last?.sentence).toContain('Nobody decided within 24 h');
    expect((await vote('cleo', 'approve')).json).toMatchObject({ status: 409, code: 'request.conflict' });
    expect(world.azure.callCount('create')).toBe(0);
  });

  it('can be cancelled while it waits, by whoever asked', async () => {
    expect((await world.ask('POST', `/api/requests/${id}/cancel`, { as: 'ada' })).status).toBe(200);
    await world.runFor(10 * minute);
    expect(await expectWholeOrNothing(world, id)).toBe('cancelled');
    expect((await vote('cleo', 'approve')).status).toBe(409);
  });

  it('is weighed again at the moment of approval', async () => {
    await world.setPolicy(
      `${rule()}sizes: { deny: [Standard_M*] }\n`.replace('moneyPerMonth: 4000', 'instances: 0'),
    );
    const reply = await vote('cleo', 'approve');
    expect([reply.status, reply.json['code']]).toEqual([422, 'refuse.quota.user']);
    await world.runFor(10 * minute);
    expect(await expectWholeOrNothing(world, id)).toBe('refused');
  });

  it('is carried out though the process died before the word woke its workflow', async () => {
    const stored = await readRequest(world.ledger, id);
    if (stored === null) throw new Error('It is not there.');
    await replaceRequest(world.ledger, stored, { status: 'provisioning' });
    await world.runFor(20 * minute);
    expect(await expectWholeOrNothing(world, id)).toBe('completed');
  });

  it('shows itself to whoever it concerns, and to nobody else', async () => {
    const seen = async (as: Who): Promise<unknown> =>
      ((await world.ask('GET', '/api/requests', { as })).json['requests'] as unknown[]).length;
    expect([await seen('ada'), await seen('bob'), await seen('cleo'), await seen('root')]).toEqual([
      1, 0, 1, 1,
    ]);
    expect((await world.ask('GET', '/api/requests?mine=true', { as: 'cleo' })).json['requests']).toEqual([]);
    expect((await world.ask('GET', `/api/requests/${id}`, { as: 'bob' })).status).toBe(404);
  });
});

describe('a request that needs two approvals', () => {
  beforeEach(() => begin(rule(', approvers: 2')));

  it('is carried out when two different people said yes', async () => {
    expect((await vote('cleo', 'approve')).json).toMatchObject({ status: 'awaiting-approval' });
    expect((await vote('cleo', 'approve')).json).toMatchObject({ status: 409, code: 'approval.conflict' });
    expect((await vote('root', 'approve')).json).toMatchObject({ status: 'provisioning' });
    await world.runFor(20 * minute);
    expect(await expectWholeOrNothing(world, id)).toBe('completed');
  });

  it('is carried out once though both say yes at the same moment', async () => {
    const replies = await Promise.all([vote('cleo', 'approve'), vote('dan', 'approve')]);
    // One may have to say it again, having been overtaken.
    for (const [index, who] of (['cleo', 'dan'] as const).entries()) {
      if ((replies[index]?.status ?? 0) >= 500) await vote(who, 'approve');
    }
    await world.runFor(20 * minute);
    expect(await expectWholeOrNothing(world, id)).toBe('completed');
  });
});

describe('two approvals of which only one comes', () => {
  beforeEach(() => begin(rule(', approvers: 2')));

  it('ask for the other after the first, and say in the end that it did not come', async () => {
    await vote('cleo', 'approve');
    await world.runFor(minute);
    expect(world.messages.at(-1)?.title).toBe('A request needs another approval');
    expect(world.messages.at(-1)?.sentence).toContain('1 more must agree');
    await world.runTo(startAt + 25 * hour);
    expect(await statusNow()).toBe('expired');
    expect(world.messages.at(-1)?.sentence).toContain('Only 1 of 2 approvals came within 24 h');
    expect((await vote('dan', 'approve')).json).toMatchObject({ status: 409, code: 'request.conflict' });
  });
});

describe('an approver', () => {
  it('who gets the machine cannot decide about it', async () => {
    await begin(rule(), 'root', {
      ...gpu,
      for: idOf('cleo'),
    });
    expect((await vote('cleo', 'approve')).json['code']).toBe('approval.own-request');
    expect((await vote('root', 'approve')).json['code']).toBe('approval.own-request');
    expect((await vote('dan', 'approve')).status).toBe(200);
  });
});

describe('what else needs approval', () => {
  it('is a soft quota that is exceeded', async () => {
    await begin('version: 1\nquotas: [ { per: user, cores: 2, enforcement: soft } ]\n', 'ada', {
      vmSize: 'Standard_DS3_v2',
    });
    expect((await world.requestOf(id)).sentence).toContain('limit is 2');
  });

  it('is SSH where the policy says so', async () => {
    const sshPublicKey = `ssh-ed25519 ${'A'.repeat(68)} ada@laptop`;
    await begin('version: 1\nnetwork: { ssh: approval }\n', 'ada', { ssh: true, sshPublicKey });
    await vote('cleo', 'approve');
    await world.runFor(20 * minute);
    const [name = ''] = world.madeFor(id);
    expect(world.azure.show(name)).toMatchObject({
      properties: {
        properties: { sshSettings: { sshPublicAccess: 'Enabled', adminPublicKey: sshPublicKey } },
      },
    });
  });
});
