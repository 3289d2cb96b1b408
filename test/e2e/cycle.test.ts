import { onTestFinished, describe, expect, it } from 'vitest';
import { entraKeys } from '../../src/adapters/azure/entra-keys.ts';
import { createInProcessClient, objectIdOf, tenantId } from '../../src/local/azure/index.ts';
import { startDurableService } from '../../src/local/durable/durable-service.ts';
import { MemoryHubStore } from '../../src/local/durable/hub-store.ts';
import type { Message } from '../../src/ports/notifier.ts';
import { appUnderTest, type Reply, testSettings } from '../support/app-under-test.ts';
import { at, busyBetween, enforce, idle, minute, startAt } from '../support/fleet-world.ts';
import { simulatedAdapters, simulatedSubscription } from '../support/simulated-adapters.ts';

const computeAt = (name: string): string => `/api/computes/${simulatedSubscription}/rg/ws1/${name}`;

/** The whole app: timers, workflows and doors, in front of a simulated Azure, as three people use it. */
async function wholeApp() {
  const adapters = simulatedAdapters({
    startAt,
    workspaces: [{ name: 'ws1', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' }],
    computes: [idle('ci-ada'), idle('ci-bob', { user: 'bob' }), busyBetween('ci-busy', at(0), at(9))],
    users: [{ name: 'ada' }, { name: 'bob' }],
  });
  const { azure, clock } = adapters;
  const messages: Message[] = [];
  const subject = await appUnderTest(
    {
      ...adapters,
      signingKeys: entraKeys(tenantId, createInProcessClient(azure)),
      policySource: { name: 'policy.yaml', read: async () => enforce() },
      notifier: {
        channel: 'test',
        send: async (message) => {
          messages.push(message);
          return { accepted: true, channel: 'test' };
        },
      },
    },
    testSettings({ LAMPLIGHTER_TENANT_ID: tenantId, LAMPLIGHTER_SUBSCRIPTIONS: simulatedSubscription }),
  );
  const service = await startDurableService({
    app: subject.app,
    store: new MemoryHubStore(),
    clock,
    publicOrigin: 'http://127.0.0.1:7071',
    address: { taskHub: 'Lamplighter', connection: 'Storage', code: 'key' },
    checkDeterminism: true,
  });
  onTestFinished(() => service.close());

  let nextTimerAt = startAt;
  /** Runs workflows and the sweep timer until then. */
  async function runTo(untilAt: number): Promise<void> {
    for (;;) {
      const [item] = service.engine.ready();
      if (item !== undefined) await service.engine.run(item);
      else if (clock.now() >= nextTimerAt) {
        nextTimerAt += minute;
        await subject.app.invoke({
          functionName: 'sweepTimer',
          invocationId: `timer-${clock.now()}`,
          trigger: { json: '{"schedule":{"adjustForDST":true},"scheduleStatus":null,"isPastDue":false}' },
        });
      } else {
        const next = Math.min(service.engine.nextTimerAt() ?? untilAt, nextTimerAt);
        clock.advanceTo(Math.min(next, untilAt));
        if (next >= untilAt) return;
      }
    }
  }

  const ask = async (
    name: string,
    role: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Reply> =>
    subject.ask(method, path, {
      token: await azure.userToken(name, { roles: [`Lamplighter.${role}`] }),
      body,
    });
  return { azure, clock, messages, runTo, ask };
}

const decisionOf = (reply: Reply) => reply.json['decision'] as { reason: string; sentence: string };

describe('one full cycle, as people see it over HTTP', () => {
  it('warns, takes "not now" for an answer, stops what stays idle, spares what is used, and says why', async () => {
    const world = await wholeApp();
    await world.runTo(at(0, 10));

    const warned = await world.ask('ada', 'User', 'GET', computeAt('ci-ada'));
    expect(decisionOf(warned)).toMatchObject({ reason: 'warn.idle', action: 'warn' });
    expect(warned.json['warnings']).toHaveLength(1);
    expect(warned.json['owner']).toMatchObject({ objectId: objectIdOf('ada') });
    const link =
      world.messages.find((message) => message.compute?.compute === 'ci-ada')?.links[0]?.path ?? '';
    expect((await world.ask('ada', 'User', 'GET', link)).headers.get('content-type')).toContain('text/html');
    expect(world.azure.stateOf('ci-ada')).toBe('Running');

    const kept = await world.ask('ada', 'User', 'POST', `${computeAt('ci-ada')}/snooze`, { for: '3h' });
    expect(kept.json).toMatchObject({ withdrawn: 1, tooLate: false });
    await world.runTo(at(1));

    expect(world.azure.stateOf('ci-ada')).toBe('Running');
    expect(world.azure.stateOf('ci-bob')).toBe('Stopped');
    expect(world.azure.stateOf('ci-busy')).toBe('Running');
    const ada = await world.ask('ada', 'User', 'GET', computeAt('ci-ada'));
    expect(decisionOf(ada).reason).toBe('keep.snoozed');
    const bob = await world.ask('bob', 'User', 'GET', computeAt('ci-bob'));
    expect(decisionOf(bob).reason).toBe('keep.not-running');
    const told = (bob.json['history'] as { reason: string; sentence: string }[]).map((one) => one.reason);
    expect(told).toEqual(expect.arrayContaining(['warn.idle', 'stop.idle', 'keep.not-running']));

    const summary = await world.ask('root', 'Admin', 'GET', '/api/summary');
    expect(summary.json).toMatchObject({
      computes: 3,
      running: 2,
      asked: 2,
      decidable: 2,
      decidableBy: { metrics: 2, session: 0, both: 0, neither: 0 },
      active: 1,
      warned: 0,
    });
    expect(summary.json['savings']).toMatchObject({ stops: 1 });
    expect(world.azure.writes.filter((write) => write.byApp).map((write) => write.compute)).toEqual([
      'ci-bob',
    ]);
    expect(world.azure.unknownRequests).toEqual([]);

    const regret = await world.ask('bob', 'User', 'POST', `${computeAt('ci-bob')}/regret`);
    expect(regret.status).toBe(200);
  });

  it('writes nothing to Azure once an admin has halted it, and sweeps when an admin says so', async () => {
    const world = await wholeApp();
    await world.runTo(at(0, 10));
    await world.ask('root', 'Admin', 'POST', '/api/halt', { why: 'exam week' });
    const begun = await world.ask('root', 'Admin', 'POST', '/api/sweeps');
    await world.runTo(at(2));

    const sweep = await world.ask('root', 'Admin', 'GET', begun.headers.get('location') ?? '');
    expect(sweep.json).toMatchObject({ status: 'finished', instances: 3 });
    expect(world.azure.writes.filter((write) => write.byApp)).toEqual([]);
    const ada = await world.ask('ada', 'User', 'GET', computeAt('ci-ada'));
    expect(decisionOf(ada)).toMatchObject({ reason: 'keep.halted' });
  });
});
