import { beforeEach, describe, expect, it } from 'vitest';
import { writeSnooze } from '../../../src/ledger/snoozes.ts';
import {
  type AppUnderTest,
  appUnderTest,
  startAt,
  subscriptionId,
  testSettings,
} from '../../support/app-under-test.ts';
import { invokeHttp } from '../../support/invoke-http.ts';
import { knowCompute, pathOf } from '../../support/known-compute.ts';

const names = (json: Record<string, unknown>): string[] =>
  (json['computes'] as { compute: string }[]).map((one) => one.compute);

describe('reading over HTTP', () => {
  let app: AppUnderTest;

  beforeEach(async () => {
    app = await appUnderTest();
    await knowCompute(app.ledger, 'ci-ada', 'ada');
    await knowCompute(app.ledger, 'ci-bob', 'bob', {
      reason: 'keep.not-running',
      facts: { state: 'Stopped' },
    });
    await knowCompute(app.ledger, 'ci-nobody', null, {}, 'ws-two');
  });

  it('shows a user their own computes and an admin all', async () => {
    expect(names((await app.ask('GET', '/api/computes', { as: 'ada' })).json)).toEqual(['ci-ada']);
    expect(names((await app.ask('GET', '/api/computes', { as: 'admin' })).json).sort()).toEqual([
      'ci-ada',
      'ci-bob',
      'ci-nobody',
    ]);
  });

  it('tells the decision with its sentence and the snooze', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    await writeSnooze(app.ledger, { ref, at: startAt, until: startAt + 7_200_000, by: 'ada' });
    const { json } = await app.ask('GET', pathOf('ci-ada'), { as: 'ada' });

    expect(json).toMatchObject({
      formatVersion: 1,
      compute: 'ci-ada',
      decision: { action: 'keep', reason: 'keep.grace', at: '2026-03-02T08:00:00.000Z' },
      snooze: { until: '2026-03-02T10:00:00.000Z', by: 'ada' },
      warnings: [],
      history: [{ reason: 'keep.grace' }],
    });
    expect((json['decision'] as { sentence: string }).sentence).toMatch(/^Kept: /);
  });

  it('answers alike for what is somebody else’s, out of scope, or not there', async () => {
    const elsewhere = pathOf('ci-ada').replace(subscriptionId, '33333333-0000-4000-8000-000000000003');
    const replies = await Promise.all([
      app.ask('GET', pathOf('ci-bob'), { as: 'ada' }),
      app.ask('GET', pathOf('ci-none'), { as: 'ada' }),
      app.ask('GET', elsewhere, { as: 'admin' }),
    ]);

    expect(replies.map((reply) => [reply.status, reply.json['code']])).toEqual(
      Array.from({ length: 3 }, () => [404, 'compute.not-found']),
    );
  });

  it.each(['..%2f..', 'ci%00ada', 'ci_ada', `c${'i'.repeat(70)}`, '-ci'])(
    'takes no name that Azure would not: %s',
    async (name) => {
      const { status, json } = await app.ask('GET', pathOf('x').replace(/x$/, name), { as: 'admin' });

      expect([status, json['code']]).toEqual([400, 'request.invalid']);
    },
  );

  it('takes no dots for a name, even from a host that hands them on', async () => {
    const params = {
      subscription: subscriptionId,
      resourceGroup: 'rg-main',
      workspace: 'ws-one',
      compute: '..',
    };
    const authorization = `Bearer ${await app.tokenOf('admin')}`;
    const { status } = await invokeHttp(app.app, 'httpComputesRead', { params, headers: { authorization } });

    expect(status).toBe(400);
  });

  it('filters, and gives long lists in parts that neither repeat nor lose', async () => {
    for (let number = 10; number < 30; number += 1) {
      await knowCompute(app.ledger, `ci-${number}`, 'ada', {}, number % 2 === 0 ? 'ws-one' : 'ws-three');
    }
    const seen: string[] = [];
    let after = '';
    for (let page = 0; page < 20; page += 1) {
      const { json } = await app.ask('GET', `/api/computes?limit=4${after}`, { as: 'admin' });
      seen.push(...names(json));
      if (json['next'] === null) break;
      after = `&after=${json['next'] as string}`;
    }

    expect(seen).toHaveLength(23);
    expect(new Set(seen).size).toBe(23);
    const filtered = await app.ask('GET', '/api/computes?workspace=WS-TWO', { as: 'admin' });
    expect(names(filtered.json)).toEqual(['ci-nobody']);
    const off = await app.ask('GET', '/api/computes?reason=keep.not-running', { as: 'admin' });
    expect(names(off.json)).toEqual(['ci-bob']);
  });

  it('names every query parameter that is wrong', async () => {
    const { status, json } = await app.ask('GET', '/api/computes?limit=0&action=explode&colour=red', {
      as: 'ada',
    });

    expect(status).toBe(400);
    expect((json['faults'] as { field: string }[]).map((fault) => fault.field).sort()).toEqual([
      'action',
      'colour',
      'limit',
    ]);
  });

  it('leaves out what the deployment’s settings do not cover, though the ledger knows it', async () => {
    const narrow = await appUnderTest(
      { ledger: app.ledger },
      testSettings({ LAMPLIGHTER_WORKSPACES: 'rg-main/ws-two' }),
    );

    expect(names((await narrow.ask('GET', '/api/computes', { as: 'admin' })).json)).toEqual(['ci-nobody']);
  });

  it('sums up first what can be judged at all', async () => {
    const evidence = {
      windowFromAt: startAt - 3_600_000,
      windowToAt: startAt,
      coverage: 0,
      bucketsPresent: 0,
      bucketsExpected: 60,
      cpuPercentMax: null,
      cpuCoresMax: null,
      gpuPercentMax: null,
      networkMegabytesMax: null,
      lastActiveAt: null,
      job: null,
      stalledJobs: [],
      session: null,
      decidableBy: 'neither',
      unknownBecause: 'no data',
    } as const;
    await knowCompute(app.ledger, 'ci-blind', 'ada', { reason: 'keep.unknown.metrics', facts: {}, evidence });
    const all = await app.ask('GET', '/api/summary', { as: 'admin' });
    const own = await app.ask('GET', '/api/summary', { as: 'bob' });

    expect(all.json).toMatchObject({
      covers: 'all',
      computes: 4,
      running: 3,
      asked: 1,
      decidable: 0,
      decidableBy: { metrics: 0, session: 0, both: 0, neither: 1 },
      agents: { enrolled: 0, reporting: 0, refused: {}, days: 7 },
      unknown: 1,
    });
    expect(all.json['blindSpots']).toMatchObject([{ compute: 'ci-blind', because: 'no data' }]);
    expect(own.json).toMatchObject({
      covers: 'mine',
      agents: null,
      computes: 1,
      running: 0,
      alerts: [],
      you: { admin: false },
    });
  });

  it('fails closed when the ledger does not answer', async () => {
    const ledger = new Proxy(app.ledger, {
      get: () => () => Promise.reject(new Error('connection refused to 10.0.0.4')),
    });
    const { status, text } = await (
      await appUnderTest({ ledger })
    ).ask('GET', '/api/computes', { as: 'admin' });

    expect(status).toBe(500);
    expect(text).not.toContain('10.0.0.4');
  });
});
