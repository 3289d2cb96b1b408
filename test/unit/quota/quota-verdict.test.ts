import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeKey, workspaceKey } from '../../../src/core/ids.ts';
import { limitText } from '../../../src/core/quota/limit-text.ts';
import { roomToMake } from '../../../src/core/quota/making-room.ts';
import { quotaVerdict } from '../../../src/core/quota/quota-verdict.ts';
import { sizesWithRoom } from '../../../src/core/quota/sizes-with-room.ts';
import type { Holding, QuotaInput, Reserved } from '../../../src/core/quota/types.ts';
import {
  asked,
  holding,
  memberOf,
  noQuotaInput,
  quotaOf,
  regionWith,
  workspaceNamed,
} from '../../support/quota-facts.ts';

const input = (more: Partial<QuotaInput>): QuotaInput => ({ ...noQuotaInput, ...more });
const reserved = (user: string, compute: string, cores: number): Reserved => {
  const member = memberOf(user, compute, {});
  return {
    ...member,
    requestId: `request-${compute}`,
    compute: computeKey(holding(user, compute, cores).ref),
    cores,
    gpus: 0,
  };
};

const toHoldings = (rows: readonly { user: string; cores: number; state: string; team: string[] }[]) =>
  rows.map(
    (row, index): Holding =>
      holding(row.user, `ci-${'x'.repeat(index + 1)}`, row.cores, { state: row.state, teams: row.team }),
  );

describe('a quota', () => {
  it('counts stopped instances: they keep what they hold', () => {
    const verdict = quotaVerdict(
      input({
        quotas: [quotaOf('user', { cores: 16 })],
        asked: asked('ada', 8),
        holdings: [
          holding('ada', 'ci-a', 8),
          holding('ada', 'ci-b', 4, { state: 'Stopped' }),
          holding('bob', 'ci-c', 64),
        ],
      }),
    );
    expect(verdict).toMatchObject({
      outcome: 'refused',
      codes: ['refuse.quota.user'],
      refusals: [{ unit: 'cores', limit: 16, used: 12, reserved: 0, asked: 8, group: { name: 'ada' } }],
    });
    expect(verdict.refusals.map(limitText)).toEqual([
      'ada holds 12 cores, stopped ones included; 8 cores more would make 20; the limit is 16.',
    ]);
  });

  it('counts somebody in two teams in both', () => {
    const both = { teams: ['vision', 'text'] };
    const facts = {
      quotas: [quotaOf('team', { instances: 2 })],
      holdings: [holding('ada', 'ci-a', 4, both), holding('bob', 'ci-b', 4, { teams: ['text'] })],
    };
    const verdict = quotaVerdict(input({ ...facts, asked: asked('eve', 4, both) }));
    expect(verdict.limits.filter((one) => one.source === 'policy')).toMatchObject([
      { group: { name: 'vision' }, used: 1, state: 'within' },
      { group: { name: 'text' }, used: 2, state: 'exceeded' },
    ]);
  });

  it('counts reservations, but none twice, and not the request’s own', () => {
    const facts = {
      quotas: [quotaOf('user', { cores: 16 })],
      holdings: [holding('ada', 'ci-a', 4)],
      reserved: [reserved('ada', 'ci-a', 4), reserved('ada', 'ci-b', 4)],
    };
    const verdict = quotaVerdict(input({ ...facts, asked: asked('ada', 8) }));
    expect(verdict.limits[0]).toMatchObject({ used: 4, reserved: 4, asked: 8, state: 'within' });
    const own = { ...asked('ada', 8), requestId: 'request-ci-b' };
    expect(quotaVerdict(input({ ...facts, asked: own })).limits[0]).toMatchObject({ reserved: 0 });
  });

  it('holds for those whom its match names only, over workspaces and subscriptions', () => {
    const quotas = [quotaOf('all', { gpus: 2, match: { gpu: true } })];
    const nc = { vmSize: 'Standard_NC6s_v3', family: 'standardNCSv3Family', gpus: 1 };
    const holdings = [
      holding('ada', 'ci-a', 6, nc),
      holding('bob', 'ci-b', 6, { ...nc, workspace: workspaceNamed('ws2', 'sub2') }),
    ];
    const azure = regionWith({ families: { standardNCSv3Family: { used: 0, limit: 100 } } });
    expect(quotaVerdict(input({ quotas, holdings, asked: asked('eve', 4), azure })).outcome).toBe('granted');
    expect(quotaVerdict(input({ quotas, holdings, asked: asked('eve', 6, nc), azure })).codes).toEqual([
      'refuse.quota.all',
    ]);
  });

  it('asks for approval where it is soft, and refuses where it is hard', () => {
    const holdings = [holding('ada', 'ci-a', 16)];
    const at = (enforcement: 'hard' | 'soft') =>
      quotaVerdict(
        input({ quotas: [quotaOf('user', { cores: 16, enforcement })], holdings, asked: asked('ada', 4) }),
      );
    expect(at('soft')).toMatchObject({ outcome: 'approval', codes: [], approvals: [{ limit: 16 }] });
    expect(at('hard')).toMatchObject({ outcome: 'refused', approvals: [] });
  });

  it('names what breaks in the contract’s order, each code once', () => {
    const verdict = quotaVerdict(
      input({
        quotas: [
          quotaOf('all', { cores: 1 }),
          quotaOf('region', { cores: 1 }),
          quotaOf('user', { cores: 1, instances: 0, moneyPerMonth: 0 }),
          quotaOf('workspace', { cores: 1 }),
        ],
        asked: asked('ada', 4),
        spent: [{ ...memberOf('ada', 'ci-a', {}), usd: 1, unpricedHours: 0 }],
        azure: regionWith({ regional: 2, families: { standardDSv2Family: { used: 22, limit: 24 } } }),
      }),
    );
    expect(verdict.codes).toEqual([
      'refuse.quota.user',
      'refuse.quota.workspace',
      'refuse.quota.region',
      'refuse.quota.all',
      'refuse.azure.family',
      'refuse.azure.regional',
      'refuse.budget',
    ]);
    expect(verdict.refusals).toHaveLength(8);
  });
});

describe('what is not known', () => {
  it('is never zero: without Azure’s usages nothing is granted', () => {
    const verdict = quotaVerdict(input({ asked: asked('ada', 4), azure: null }));
    expect(verdict.outcome).toBe('unknown');
    expect(verdict.unknown.map(({ code }) => code)).toEqual([
      'refuse.azure.family',
      'refuse.azure.family',
      'refuse.azure.regional',
      'refuse.azure.computes',
    ]);
  });

  it.each([
    ['a family that Azure does not list', { family: 'standardNewFamily' }, {}],
    ['limits of workspaces that cannot be read', {}, { workspaceLimits: null }],
  ])('keeps a request waiting: %s', (_, facts, region) => {
    const verdict = quotaVerdict(input({ asked: asked('ada', 4, facts), azure: regionWith(region) }));
    expect(verdict.outcome).toBe('unknown');
    expect(verdict.unknown).toHaveLength(1);
  });

  it('is told from what is broken for sure', () => {
    const unread = [{ workspace: workspaceNamed('ws9'), location: 'westeurope' }];
    const at = (cores: number, match = {}) =>
      quotaVerdict(
        input({
          quotas: [quotaOf('user', { cores: 16, match })],
          holdings: [holding('ada', 'ci-a', cores), holding('ada', 'ci-odd', null)],
          unread,
          asked: asked('ada', 4),
        }),
      );
    expect(at(16).outcome).toBe('refused');
    expect(at(4).outcome).toBe('unknown');
    expect(at(4, { workspace: ['ws1'] }).limits[0]).toMatchObject({ used: 4, usedAtMost: null });
    // What cannot be in the workspace that was not read does not depend on it.
    const perWorkspace = quotaVerdict(
      input({ quotas: [quotaOf('workspace', { instances: 5 })], unread, asked: asked('ada', 4) }),
    );
    expect(perWorkspace.outcome).toBe('granted');
  });

  it('leaves a soft limit to a person, and a price that is missing in nobody’s way', () => {
    const soft = quotaVerdict(
      input({
        quotas: [quotaOf('team', { cores: 16, enforcement: 'soft' })],
        asked: asked('ada', 4, { teams: null }),
      }),
    );
    expect(soft.outcome).toBe('approval');
    const unpriced = quotaVerdict(
      input({
        quotas: [quotaOf('user', { moneyPerMonth: 100 })],
        spent: [{ ...memberOf('ada', 'ci-a', {}), usd: 20, unpricedHours: 3 }],
        asked: asked('ada', 4),
      }),
    );
    expect(unpriced.outcome).toBe('granted');
    expect(unpriced.limits.at(-1)).toMatchObject({ state: 'unknown', used: 20 });
  });
});

describe('a budget', () => {
  const spent = [{ ...memberOf('ada', 'ci-a', {}), usd: 100, unpricedHours: 0 }];
  it.each([
    ['block', 'refused'],
    ['stop', 'refused'],
    ['report', 'granted'],
  ] as const)('with onExceeded %s leaves a request %s at its limit', (onExceeded, outcome) => {
    const quotas = [quotaOf('user', { moneyPerMonth: 100, onExceeded })];
    expect(quotaVerdict(input({ quotas, spent, asked: asked('ada', 4) })).outcome).toBe(outcome);
    expect(quotaVerdict(input({ quotas, spent, asked: asked('bob', 4) })).outcome).toBe('granted');
  });
});

const codesWith = (shown: boolean, location = 'westeurope') =>
  quotaVerdict(
    input({
      asked: asked('ada', 4, { location }),
      reserved: [reserved('bob', 'ci-b', 8)],
      azure: regionWith({
        regional: 10,
        shown: shown ? [computeKey(holding('bob', 'ci-b', 8).ref)] : [],
      }),
    }),
  ).codes;

describe('Azure’s limits', () => {
  it('count reservations until Azure shows their machines, of the same region only', () => {
    expect(codesWith(false)).toEqual(['refuse.azure.regional']);
    expect(codesWith(true)).toEqual([]);
    expect(codesWith(false, 'northeurope')).toEqual([]);
  });

  it('hold in a workspace where an admin set one, and of the number of computes', () => {
    const key = workspaceKey(workspaceNamed('ws1'));
    const family = 'standarddsv2family';
    const verdict = quotaVerdict(
      input({
        asked: asked('ada', 4),
        azure: regionWith({
          computes: { used: 500, limit: 500 },
          workspaceLimits: new Map([[key, new Map([[family, 6]])]]),
          workspaceUse: new Map([[key, new Map([[family, 4]])]]),
        }),
      }),
    );
    expect(verdict.refusals).toMatchObject([
      { code: 'refuse.azure.family', group: { per: 'workspace' }, limit: 6, used: 4, asked: 4 },
      { code: 'refuse.azure.computes', limit: 500, used: 500, asked: 1 },
    ]);
  });
});

const size = (name: string, vCPUs: number) => ({
  name,
  vCPUs,
  family: 'standardDSv2Family',
  gpus: 0,
  pricePerHourUsd: 0.1,
  supportedComputeTypes: [],
});

describe('room', () => {
  const quotas = [quotaOf('user', { cores: 16 })];
  const holdings = [
    holding('ada', 'ci-on', 8),
    holding('ada', 'ci-off', 8, { state: 'Stopped' }),
    holding('bob', 'ci-bob', 8, { state: 'Stopped' }),
  ];

  it('is made by one’s own stopped machines', () => {
    const facts = input({ quotas, holdings, asked: asked('ada', 4) });
    const room = roomToMake(facts, quotaVerdict(facts));
    expect(room.ownStopped.map(({ ref }) => ref.compute)).toEqual(['ci-off']);
    expect(room.enough).toBe(true);
    const more = input({ quotas, holdings, asked: asked('ada', 16) });
    expect(roomToMake(more, quotaVerdict(more)).enough).toBe(false);
  });

  it('may be there for a smaller size', () => {
    const [on] = holdings;
    const facts = input({ quotas, holdings: on === undefined ? [] : [on], asked: asked('ada', 16) });
    const nearest = [size('Standard_DS5_v2', 16), size('Standard_DS4_v2', 8), size('Standard_DS3_v2', 4)];
    expect(sizesWithRoom(facts, nearest).map(({ name }) => name)).toEqual([
      'Standard_DS4_v2',
      'Standard_DS3_v2',
    ]);
  });
});

describe('the one function behind what-if, request and finding', () => {
  const users = ['ada', 'bob', 'eve'] as const;
  const machines = fc.array(
    fc.record({
      user: fc.constantFrom(...users),
      cores: fc.integer({ min: 1, max: 16 }),
      state: fc.constantFrom('Running', 'Stopped', 'Creating'),
      team: fc.subarray(['vision', 'text']),
    }),
    { maxLength: 12 },
  );
  const quota = fc.record({
    per: fc.constantFrom('user' as const, 'team' as const, 'workspace' as const, 'all' as const),
    cores: fc.integer({ min: 0, max: 40 }),
  });

  it('refuses exactly what would be a finding once it were there', () => {
    fc.assert(
      fc.property(
        machines,
        quota,
        fc.constantFrom(...users),
        fc.integer({ min: 1, max: 16 }),
        (rows, q, user, cores) => {
          const quotas = [quotaOf(q.per, { cores: q.cores })];
          const holdings = toHoldings(rows);
          const wanted = asked(user, cores, { teams: ['vision'] });
          const before = quotaVerdict(input({ quotas, holdings, asked: wanted }));
          const after = quotaVerdict(
            input({ quotas, holdings: [...holdings, holding(user, 'ci-new', cores, { teams: ['vision'] })] }),
          );
          const groups = before.limits.filter((one) => one.source === 'policy').map(({ group }) => group.key);
          const broken = after.refusals.filter(({ group }) => groups.includes(group.key));
          expect(before.outcome === 'refused').toBe(broken.length > 0);
        },
      ),
    );
  });

  it('never grants more as more is held or reserved', () => {
    fc.assert(
      fc.property(machines, machines, quota, (few, more, q) => {
        const quotas = [quotaOf(q.per, { cores: q.cores })];
        const wanted = asked('ada', 4, { teams: ['vision'] });
        const outcome = (rows: typeof few): string =>
          quotaVerdict(input({ quotas, holdings: toHoldings(rows), asked: wanted })).outcome;
        expect(outcome(few) === 'granted' || outcome([...few, ...more]) === 'refused').toBe(true);
      }),
    );
  });
});
