import { describe, expect, it } from 'vitest';
import { countEvent } from '../../../src/ledger/attach-events.ts';
import { claimSweep } from '../../../src/ledger/sweeps.ts';
import { writeSeenWorkspaces } from '../../../src/ledger/workspaces.ts';
import type { WorldSpec } from '../../../src/local/azure/index.ts';
import { appUnderTest, startAt, testSettings } from '../../support/app-under-test.ts';
import {
  simulatedAdapters,
  simulatedSubscription,
  simulatedWorkspace,
} from '../../support/simulated-adapters.ts';

type Row = {
  readonly name?: string;
  readonly identity?: string;
  readonly state: string;
  readonly missing?: string[];
  readonly detail: string;
};

async function appWith(world: Partial<WorldSpec> = {}) {
  const adapters = simulatedAdapters({
    startAt,
    workspaces: [{ name: 'ws1', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' }],
    computes: [],
    ...world,
  });
  const notifier = { channel: 'none', send: async () => ({ accepted: true as const, channel: 'none' }) };
  const { azure: _azure, ...ports } = adapters;
  const app = await appUnderTest(
    { ...ports, notifier },
    testSettings({ LAMPLIGHTER_SUBSCRIPTIONS: simulatedSubscription }),
  );
  await writeSeenWorkspaces(app.ledger, [
    { ref: simulatedWorkspace('ws1'), location: 'westeurope', seenAt: startAt, computes: 1 },
  ]);
  return app;
}
const statesOf = (rows: unknown): Record<string, string> =>
  Object.fromEntries(
    (rows as Row[]).map(({ name, identity, state }) => [(name ?? identity ?? '').split(' ')[0], state]),
  );

describe('GET /api/health', () => {
  it('tells strangers no more than that the app runs', async () => {
    const app = await appWith();
    expect((await app.ask('GET', '/api/health')).json).toEqual({ status: 'ok' });
    expect((await app.ask('GET', '/api/health?deep=1')).status).toBe(401);
    expect((await app.ask('GET', '/api/health?deep=1', { as: 'ada' })).status).toBe(403);
  });

  it('tells an admin that all is well', async () => {
    const app = await appWith();
    const sweep = {
      number: 1,
      sweepId: 'sweep-20260302T0800',
      startedAt: startAt,
      everyMs: 300_000,
      launched: true,
    };
    await claimSweep(app.ledger, sweep, null);
    await countEvent(app.ledger, 'arrived', simulatedSubscription, startAt);
    const { status, json } = await app.ask('GET', '/api/health?deep=1', { as: 'admin' });
    expect([status, json['status']]).toEqual([200, 'ok']);
    expect(statesOf(json['checks'])).toEqual({
      timer: 'ok',
      notifier: 'unknown',
      events: 'ok',
      metrics: 'ok',
    });
    expect(statesOf(json['permissions'])).toEqual({
      reader: 'ok',
      stopper: 'ok',
      attacher: 'ok',
      quotaSetter: 'ok',
    });
  });

  it('names the timer that does not fire, the subscription without events, and each missing action', async () => {
    const app = await appWith({
      deniedActions: ['Microsoft.MachineLearningServices/workspaces/computes/stop/*'],
    });
    const sweep = {
      number: 1,
      sweepId: 'sweep-20260302T0800',
      startedAt: startAt,
      everyMs: 300_000,
      launched: true,
    };
    await claimSweep(app.ledger, sweep, null);
    app.clock.advanceTo(startAt + 20 * 60_000);
    const { json } = await app.ask('GET', '/api/health?deep=1', { as: 'admin' });
    expect(json['status']).toBe('degraded');
    expect(statesOf(json['checks'])).toMatchObject({ timer: 'bad', events: 'unknown' });
    expect((json['checks'] as Row[]).find(({ name }) => name?.startsWith('events'))?.detail).toMatch(
      /by sweeps only/,
    );
    expect((json['permissions'] as Row[]).filter(({ state }) => state === 'bad')).toMatchObject([
      { identity: 'stopper', missing: ['Microsoft.MachineLearningServices/workspaces/computes/stop/action'] },
    ]);
  });
});
