import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { policyHashOf } from '../../../src/core/policy/parse.ts';
import type { Flow } from '../../../src/fleet/flow.ts';
import { halt } from '../../../src/fleet/halt.ts';
import { requiredActions, testedIdentities } from '../../../src/fleet/self-test/required-actions.ts';
import { storePolicyText, writeCurrentPolicy } from '../../../src/ledger/policies.ts';
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
  readonly try?: string | null;
  readonly detail: string;
};

async function appWith(world: Partial<WorldSpec> = {}, policy = '') {
  const adapters = simulatedAdapters({
    startAt,
    workspaces: [{ name: 'ws1', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' }],
    computes: [],
    ...world,
  });
  const notifier = { channel: 'none', send: async () => ({ accepted: true as const, channel: 'none' }) };
  const { azure, ...ports } = adapters;
  const app = await appUnderTest(
    { ...ports, notifier, policySource: { name: 'policy.yaml', read: async () => policy } },
    testSettings({ LAMPLIGHTER_SUBSCRIPTIONS: simulatedSubscription }),
  );
  await writeSeenWorkspaces(app.ledger, [
    { ref: simulatedWorkspace('ws1'), location: 'westeurope', seenAt: startAt, computes: 1 },
  ]);
  return { ...app, azure };
}
const refusal = JSON.stringify({
  error: {
    code: 'AuthorizationFailed',
    message: "It does not have authorization to perform action 'Microsoft.Insights/metrics/read'.",
  },
});
type App = Awaited<ReturnType<typeof appWith>>;
const flowOf = ({ ledger, clock }: App): Flow =>
  ({ ports: { ledger, clock }, scope: { subscriptions: [], workspaces: null } }) as unknown as Flow;
async function adopt({ ledger }: App, text: string): Promise<void> {
  const hash = policyHashOf(text);
  await storePolicyText(ledger, hash, text, startAt);
  await writeCurrentPolicy(ledger, { hash, sinceAt: startAt, approvedBy: null });
}
const statesOf = (rows: unknown): Record<string, string> =>
  Object.fromEntries(
    (rows as Row[]).map(({ name, identity, state }) => [(name ?? identity ?? '').split(' ')[0], state]),
  );

const statesIn = async (app: App) =>
  statesOf((await app.ask('GET', '/api/health?deep=1', { as: 'admin' })).json['permissions']);

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
      sweep: 'unknown',
      notifier: 'unknown',
      policy: 'ok',
      halt: 'ok',
      brake: 'ok',
      directory: 'ok',
      events: 'ok',
      metrics: 'ok',
    });
    expect(statesOf(json['permissions'])).toEqual({
      reader: 'ok',
      stopper: 'ok',
      provisioner: 'ok',
      attacher: 'ok',
      quotaSetter: 'ok',
    });
    expect(json['notes']).toEqual([expect.stringContaining('*.instances.azureml.ms')]);
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

  it.each([
    [
      'a halt',
      {},
      '',
      (app: App) => halt(flowOf(app), 'root', 'looking'),
      'halt',
      'bad',
      /Halted by root.*looking/,
    ],
    ['a policy with a fault', {}, 'version: 1\nmode: brave\n', null, 'policy', 'bad', /line 2.*mode/],
    ['a changed policy', {}, 'version: 1\nmode: warn\n', null, 'policy', 'unknown', /next sweep weighs it/],
    [
      'teams whose members cannot be read',
      {},
      'version: 1\nteams: { vision: { group: 99999999-0000-4000-8000-000000000009 } }\n',
      (app: App, policy: string) => adopt(app, policy),
      'directory',
      'bad',
      /vision/,
    ],
    [
      'metrics that may not be read',
      {},
      '',
      (app: App) =>
        app.azure.onRequest(({ url }) =>
          url.includes('metrics:getBatch')
            ? { kind: 'answer', status: 403, headers: {}, body: refusal }
            : null,
        ),
      'metrics',
      'bad',
      /metrics.read/,
    ],
  ] as const)('names %s', async (_name, world, policy, deed, name, state, detail) => {
    const app = await appWith(world, policy);
    await deed?.(app, policy);
    const { json } = await app.ask('GET', '/api/health?deep=1', { as: 'admin' });
    const check = (json['checks'] as Row[]).find((one) => one.name?.startsWith(name));
    expect(check).toMatchObject({ state, detail: expect.stringMatching(detail) });
    expect(check?.try === null && state === 'bad').toBe(false);
  });

  it('takes a capability of which nothing is granted for one that was not set up, and part of one for a fault', async () => {
    const computes = 'Microsoft.MachineLearningServices/workspaces/computes';
    const none = await appWith({ deniedActions: [`${computes}/write`, `${computes}/delete`] });
    const some = await appWith({ deniedActions: [`${computes}/delete`] });
    expect(await statesIn(none)).toEqual({
      reader: 'ok',
      stopper: 'ok',
      provisioner: 'unknown',
      attacher: 'unknown',
      quotaSetter: 'ok',
    });
    expect(await statesIn(some)).toMatchObject({ provisioner: 'bad', attacher: 'bad' });
  });

  it('asks of each identity exactly what its role file grants', () => {
    for (const identity of testedIdentities) {
      const file = fileURLToPath(
        new URL(`../../../infra/roles/${requiredActions[identity].role}`, import.meta.url),
      );
      const { actions } = JSON.parse(readFileSync(file, 'utf8')) as { actions: { action: string }[] };
      expect(actions.map(({ action }) => action).toSorted()).toEqual(
        [...requiredActions[identity].actions].toSorted(),
      );
    }
  });
});
