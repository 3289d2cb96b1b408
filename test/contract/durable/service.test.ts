import { afterEach, describe, expect, it } from 'vitest';
import { createRequire } from 'node:module';
import { startDurableService, type DurableService } from '../../../src/local/durable/durable-service.ts';
import { DurableEngine } from '../../../src/local/durable/durable-engine.ts';
import { durableSettings } from '../../../src/local/durable/durable-settings.ts';
import { DEFAULT_LIMITS, FreeRunner } from '../../../src/local/durable/free-runner.ts';
import { MemoryHubStore, type HubStore } from '../../../src/local/durable/hub-store.ts';
import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import type { FunctionApp } from '../../../src/local/host/types.ts';
import { RealClock } from '../../../src/local/real-clock.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';

const ADDRESS = { taskHub: 'Hub', connection: 'Storage', code: 'key' };
const PUBLIC_ORIGIN = 'http://127.0.0.1:7071';

let service: DurableService | undefined;
let runner: FreeRunner | undefined;
afterEach(async () => {
  await runner?.stop();
  await service?.close();
  runner = undefined;
  service = undefined;
});

/** A timer function that starts an orchestration through the client library, as the app's triggers do. */
function clientApp(atOnce: { now: number; most: number }): Promise<FunctionApp> {
  return loadFunctionApp(
    () => {
      const require = createRequire(import.meta.url);
      const df = require('durable-functions') as typeof import('durable-functions');
      const { app } = require('@azure/functions') as typeof import('@azure/functions');
      app.timer('tick', {
        schedule: '0 * * * * *',
        extraInputs: [df.input.durableClient()],
        handler: async (_, context) => {
          await df.getClient(context).startNew('fan', { instanceId: 'fan', input: { width: 6 } });
        },
      });
      df.app.activity('step', {
        handler: async (input: { n: number }) => {
          atOnce.now += 1;
          atOnce.most = Math.max(atOnce.most, atOnce.now);
          await new Promise((resolve) => setImmediate(resolve));
          atOnce.now -= 1;
          return input;
        },
      });
      df.app.orchestration('fan', function* (context) {
        const { width } = context.df.getInput<{ width: number }>() ?? { width: 0 };
        const steps = Array.from({ length: width }, (_, n) => context.df.callActivity('step', { n }));
        yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 30_000));
        return yield context.df.Task.all(steps);
      });
    },
    { log: () => undefined },
  );
}

async function finished(engine: DurableService['engine'], id: string): Promise<void> {
  if (engine.state.instances.get(id)?.status === 'Completed') return;
  await new Promise<void>((resolve) => {
    const stop = engine.onChange(() => {
      if (engine.state.instances.get(id)?.status !== 'Completed') return;
      stop();
      resolve();
    });
  });
}

describe('a running service', () => {
  it('serves the app’s own client on loopback and runs within the limits of host.json, faster than real time', async () => {
    const atOnce = { now: 0, most: 0 };
    const app = await clientApp(atOnce);
    const settings = durableSettings({
      extensions: { durableTask: { hubName: 'Hub', maxConcurrentActivityFunctions: 2 } },
    });
    service = await startDurableService({
      app,
      store: new MemoryHubStore(),
      clock: new RealClock({ factor: 1_000 }),
      publicOrigin: PUBLIC_ORIGIN,
      address: { ...ADDRESS, taskHub: settings.taskHub },
    });
    const faults: unknown[] = [];
    runner = new FreeRunner(service.engine, settings.limits, (fault) => faults.push(fault));
    runner.start();
    const outcome = await app.invoke({ functionName: 'tick', invocationId: '1', trigger: { json: '{}' } });
    expect(outcome.ok).toBe(true);
    await finished(service.engine, 'fan');
    expect(JSON.parse(service.engine.state.instances.get('fan')?.output ?? '')).toHaveLength(6);
    expect(atOnce.most).toBe(2);
    expect(faults).toEqual([]);
    expect(service.rpcOrigin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('answers 503 to clients of a life that is over', async () => {
    const app = await clientApp({ now: 0, most: 0 });
    service = await startDurableService({
      app,
      store: new MemoryHubStore(),
      clock: new RealClock({ factor: 1 }),
      publicOrigin: PUBLIC_ORIGIN,
      address: ADDRESS,
    });
    service.engine.fence();
    const response = await fetch(`${service.rpcOrigin}/durabletask/orchestrators/fan`, { method: 'POST' });
    expect(response.status).toBe(503);
  });
});

describe('the free runner', () => {
  it('leaves an item alone for a while whose run failed, then tries it again', async () => {
    const clock = new VirtualClock(0);
    const store = new MemoryHubStore();
    const full = new Set(['disk']);
    const failing: HubStore = {
      state: store.state,
      commit: (changes) => {
        if (full.size > 0 && store.state.instances.size > 0) throw new Error('disk full');
        store.commit(changes);
      },
      close: () => undefined,
    };
    const engine = new DurableEngine({
      app: await clientApp({ now: 0, most: 0 }),
      store: failing,
      clock,
    });
    engine.client.start({ name: 'fan', instanceId: 'fan', input: '{"width":1}' });
    const faults: unknown[] = [];
    runner = new FreeRunner(engine, DEFAULT_LIMITS, (fault) => faults.push(fault));
    runner.start();
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(faults).toHaveLength(1);
    full.clear();
    const end = finished(engine, 'fan');
    clock.advanceTo(10_000);
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    clock.advanceTo(60_000);
    await end;
    expect(faults).toHaveLength(1);
  });
});

describe('settings in host.json', () => {
  it('have the defaults of the extension', () => {
    expect(durableSettings({ version: '2.0' })).toEqual({
      taskHub: 'TestHubName',
      limits: { maxConcurrentActivityFunctions: 10, maxConcurrentOrchestratorFunctions: 10 },
    });
  });

  it.each([
    [{ hubName: '1-hub' }, 'extensions.durableTask.hubName'],
    [{ maxConcurrentActivityFunctions: 0 }, 'extensions.durableTask.maxConcurrentActivityFunctions'],
    [
      { maxConcurrentOrchestratorFunctions: 'many' },
      'extensions.durableTask.maxConcurrentOrchestratorFunctions',
    ],
  ])('are refused by name when they are wrong: %j', (durableTask, field) => {
    expect(() => durableSettings({ extensions: { durableTask } })).toThrow(
      expect.objectContaining({ code: 'durable.host-json', field }),
    );
  });
});
