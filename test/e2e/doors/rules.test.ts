import { describe, expect, it } from 'vitest';
import { computeKey, parseObjectId } from '../../../src/core/ids.ts';
import type { FindingRecord } from '../../../src/core/findings/types.ts';
import { groupPartition, writeFindings } from '../../../src/ledger/findings.ts';
import { partitionOf } from '../../../src/ledger/partitions.ts';
import { listReservations } from '../../../src/ledger/reservations.ts';
import {
  type AppUnderTest,
  appUnderTest,
  person,
  startAt,
  testSettings,
} from '../../support/app-under-test.ts';
import { holding } from '../../support/quota-facts.ts';
import {
  simulatedAdapters,
  simulatedSubscription,
  simulatedWorkspace,
} from '../../support/simulated-adapters.ts';
import { writeSeenWorkspaces } from '../../../src/ledger/workspaces.ts';
import { policyHashOf } from '../../../src/core/policy/parse.ts';
import { storePolicyText, writeCurrentPolicy } from '../../../src/ledger/policies.ts';

const ws = simulatedWorkspace('ws1');
const hour = 3_600_000;

const machine = (name: string, state: 'Running' | 'Stopped') => ({
  name,
  workspace: 'ws1',
  kind: 'ComputeInstance' as const,
  vmSize: 'Standard_DS3_v2',
  state,
  sinceAt: startAt - hour,
  properties: {
    properties: {
      personalComputeInstanceSettings: { assignedUser: { objectId: person.ada, tenantId: 't' } },
    },
  },
});

async function open(policy: string): Promise<AppUnderTest> {
  const { azure: _azure, ...adapters } = simulatedAdapters({
    startAt,
    users: [{ name: 'ada' }],
    workspaces: [{ name: 'ws1', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' }],
    computes: [machine('ci-on', 'Running'), machine('ci-off', 'Stopped')],
    quotas: { main: { westeurope: { regional: 100, families: { standardNCSv3Family: 0 } } } },
  });
  const app = await appUnderTest(
    adapters,
    testSettings({ LAMPLIGHTER_SUBSCRIPTIONS: simulatedSubscription }),
  );
  const hash = policyHashOf(policy);
  await storePolicyText(app.ledger, hash, policy, startAt);
  await writeCurrentPolicy(app.ledger, { hash, sinceAt: startAt, approvedBy: null });
  await writeSeenWorkspaces(app.ledger, [{ ref: ws, location: 'westeurope', seenAt: startAt, computes: 2 }]);
  return app;
}

const finding = (owner: keyof typeof person, compute: string): FindingRecord => {
  const ref = { ...holding(owner, compute, 4).ref, ...ws };
  return {
    code: 'network.ssh',
    about: { kind: 'compute', ref },
    owner: { objectId: parseObjectId(person[owner]), name: owner },
    sentence: 'SSH is open on it.',
    fix: 'Make a new one.',
    usdPerMonth: null,
    remedy: null,
    findingId: `f-${computeKey(ref).slice(-3)}`,
    raisedAt: startAt,
    seenAt: startAt,
    toldAt: startAt,
    tellings: 1,
    accepted: null,
    fixedAt: null,
    fixedToldAt: null,
    notice: null,
  };
};

async function withFindings(): Promise<AppUnderTest> {
  const app = await open('version: 1\n');
  const records = [finding('ada', 'ci-a'), finding('bob', 'ci-b')];
  await writeFindings(
    app.ledger,
    partitionOf(ws),
    records.map((record) => ({ record, over: false })),
    [],
  );
  return app;
}
const names = (json: Record<string, unknown>) =>
  (json['findings'] as { compute: { compute: string } }[]).map(({ compute }) => compute.compute);

describe('POST /api/quota/check', () => {
  it('says what a request would meet, and reserves nothing', async () => {
    const app = await open('version: 1\nquotas: [ { per: user, cores: 16 } ]\n');
    const check = (vmSize: string, as: 'ada' | 'bob' = 'ada') =>
      app.ask('POST', '/api/quota/check', { as, body: { workspace: 'WS1', vmSize } });
    expect((await check('Standard_DS3_v2')).json).toMatchObject({ outcome: 'granted', codes: [] });
    const refused = await check('Standard_DS5_v2');
    expect(refused.json).toMatchObject({
      outcome: 'refused',
      codes: ['refuse.quota.user'],
      ownStopped: [{ compute: 'ci-off' }],
    });
    expect(refused.json['sizesWithRoom']).toContain('Standard_DS4_v2');
    expect((await check('Standard_DS5_v2', 'bob')).json).toMatchObject({ outcome: 'granted' });
    expect((await check('Standard_NC6s_v3')).json).toMatchObject({ codes: ['refuse.azure.family'] });
    expect((await check('Standard_Nonsense')).json).toMatchObject({ codes: ['refuse.size.unknown'] });
    expect(await listReservations(app.ledger, startAt)).toEqual([]);
  });

  it('says who would have to agree, by the rules that decide about a request', async () => {
    const app = await open(
      'version: 1\nquotas: [ { per: user, instances: 1, enforcement: soft } ]\napprovals: [ { match: { series: D* }, above: { cores: 4 }, approvers: 2 } ]\n',
    );
    const check = async (vmSize: string, as: 'ada' | 'bob') =>
      (await app.ask('POST', '/api/quota/check', { as, body: { workspace: 'ws1', vmSize } })).json;
    expect(await check('Standard_DS3_v2', 'bob')).toMatchObject({ outcome: 'granted', approval: null });
    expect(await check('Standard_DS4_v2', 'bob')).toMatchObject({
      outcome: 'approval',
      approval: { approvers: 2, because: [expect.stringContaining('the policy asks for it')] },
    });
    expect(await check('Standard_DS3_v2', 'ada')).toMatchObject({
      outcome: 'approval',
      approval: { approvers: 1, because: [expect.stringContaining('the limit is 1')] },
    });
  });

  it.each([
    ['another person', { workspace: 'ws1', vmSize: 'Standard_DS3_v2', for: person.bob }, 403, 'for'],
    ['a workspace nobody knows', { workspace: 'nope', vmSize: 'Standard_DS3_v2' }, 400, 'workspace'],
    ['no size', { workspace: 'ws1' }, 400, 'vmSize'],
    ['a member too many', { workspace: 'ws1', vmSize: 'x', cores: 4 }, 400, 'cores'],
  ])('refuses %s', async (_, body, status, field) => {
    const app = await open('version: 1\n');
    const reply = await app.ask('POST', '/api/quota/check', { as: 'ada', body });
    expect(reply.status).toBe(status);
    expect(`${reply.text} for`).toContain(field);
  });
});

describe('GET /api/quota', () => {
  it('shows Azure’s limits to admins only', async () => {
    const app = await open('version: 1\nquotas: [ { per: user, cores: 16 } ]\n');
    expect((await app.ask('GET', '/api/quota', { as: 'ada' })).json).toMatchObject({ azure: [] });
    expect((await app.ask('GET', '/api/quota', { as: 'admin' })).json).toMatchObject({
      azure: [{ readable: true, regional: { used: 8, limit: 100 }, computes: { used: 2 } }],
    });
  });
});

describe('findings', () => {
  it('are shown to those whom they concern, and all to admins', async () => {
    const app = await withFindings();
    expect(names((await app.ask('GET', '/api/findings', { as: 'ada' })).json)).toEqual(['ci-a']);
    expect(names((await app.ask('GET', '/api/findings', { as: 'admin' })).json)).toHaveLength(2);
    expect((await app.ask('GET', '/api/findings?status=odd', { as: 'ada' })).status).toBe(400);
  });

  it('are accepted by admins, until a date', async () => {
    const app = await withFindings();
    const accept = (as: 'ada' | 'admin', body: object) =>
      app.ask('POST', '/api/findings/accept', { as, body });
    const good = { findingId: 'f-i-a', until: '2026-03-09', why: 'a customer' };
    expect((await accept('ada', good)).status).toBe(403);
    expect((await accept('admin', { ...good, findingId: 'nope' })).status).toBe(404);
    expect((await accept('admin', { ...good, until: '2026-02-30' })).status).toBe(400);
    expect((await accept('admin', { ...good, until: '2026-03-01' })).status).toBe(400);
    expect((await accept('admin', good)).json).toMatchObject({
      status: 'accepted',
      accepted: { until: '2026-03-10T00:00:00.000Z', why: 'a customer' },
    });
    const listed = await app.ask('GET', '/api/findings?status=accepted', { as: 'ada' });
    expect(names(listed.json)).toEqual(['ci-a']);
  });

  it('are filtered by rule, compute, group and status, and read page by page', async () => {
    const app = await withFindings();
    const more = { ...finding('ada', 'ci-a'), code: 'size.denied', findingId: 'f-size' } as const;
    const group = {
      ...finding('bob', 'ci-b'),
      code: 'quota.user',
      findingId: 'f-group',
      about: { kind: 'group', group: { per: 'user', key: person.bob, name: 'bob' } },
    } as const;
    await writeFindings(app.ledger, partitionOf(ws), [{ record: more, over: false }], []);
    await writeFindings(app.ledger, groupPartition, [{ record: group, over: false }], []);
    const ids = async (query: string, as: 'ada' | 'bob' | 'admin' = 'admin') => {
      const { json } = await app.ask('GET', `/api/findings?${query}`, { as });
      return (json['findings'] as { findingId: string }[]).map(({ findingId }) => findingId);
    };
    expect(await ids('code=size.denied')).toEqual(['f-size']);
    expect(await ids('compute=CI-A')).toEqual(['f-i-a', 'f-size']);
    expect(await ids('compute=ws1/ci-b')).toEqual(['f-i-b']);
    expect(await ids('compute=ws2/ci-b')).toEqual([]);
    expect(await ids('group=user')).toEqual(['f-group']);
    expect(await ids('group=user:BOB')).toEqual(['f-group']);
    expect(await ids('group=team')).toEqual([]);
    expect(await ids('group=user', 'bob')).toEqual(['f-group']);
    expect(await ids('group=user', 'ada')).toEqual([]);
    expect(await ids('workspace=ws1&status=open')).toEqual(['f-i-a', 'f-i-b', 'f-size']);
    expect(await ids('status=fixed')).toEqual([]);

    const pages: string[][] = [];
    let next: unknown = null;
    do {
      const after = typeof next === 'string' ? `&after=${next}` : '';
      const { json } = await app.ask('GET', `/api/findings?limit=3${after}`, { as: 'admin' });
      pages.push((json['findings'] as { findingId: string }[]).map(({ findingId }) => findingId));
      next = json['next'];
    } while (next !== null);
    expect(pages).toEqual([['f-group', 'f-i-a', 'f-i-b'], ['f-size']]);
    for (const query of ['after=x', 'group=Team vision', 'limit=0', 'code=nothing', 'odd=1']) {
      expect((await app.ask('GET', `/api/findings?${query}`, { as: 'admin' })).status).toBe(400);
    }
  });
});
