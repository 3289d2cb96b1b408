import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DurableEngine, type DurableEngineOptions } from '../../../src/local/durable/durable-engine.ts';
import { MemoryHubStore } from '../../../src/local/durable/hub-store.ts';
import type { FunctionApp } from '../../../src/local/host/types.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';
import { drain } from '../../support/durable/drain.ts';
import { durableApp } from '../../support/durable/durable-app.ts';

const START_MS = Date.UTC(2026, 10, 21, 9);
const outside = { sweeps: 0 };
const runs = new Map<string, number>();

let app: FunctionApp;
let store: MemoryHubStore;
let clock: VirtualClock;

beforeEach(async () => {
  store = new MemoryHubStore();
  clock = new VirtualClock(START_MS);
  app = await durableApp((df) => {
    df.app.activity('echo', {
      handler: (input: { key: string }) => {
        runs.set(input.key, (runs.get(input.key) ?? 0) + 1);
        return input;
      },
    });
    df.app.orchestration('two', function* (context) {
      const first = yield context.df.callActivity('echo', { key: 'a' });
      const second = yield context.df.callActivity('echo', { key: 'b' });
      return [first, second];
    });
    df.app.orchestration('race', function* (context) {
      const [slow, fast] = ['a', 'b'].map((key) => context.df.callActivity('echo', { key }));
      const winner = yield context.df.Task.any([slow, fast] as never);
      return winner === slow ? 'a' : 'b';
    });
    df.app.orchestration('minute', function* (context) {
      yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
      return context.df.currentUtcDateTime.getTime();
    });
    df.app.orchestration('forgetful', function* (context) {
      outside.sweeps += 1;
      yield context.df.callActivity('echo', { key: `run ${outside.sweeps}` });
      return 'done';
    });
    df.app.orchestration('http', function* (context) {
      return yield context.df.callHttp({ method: 'GET', url: 'http://127.0.0.1/' });
    });
  });
});
afterEach(() => {
  runs.clear();
  outside.sweeps = 0;
});

function engineWith(options: Partial<DurableEngineOptions> = {}): DurableEngine {
  return new DurableEngine({ app, store, clock, ...options });
}

const row = (id: string) => store.state.instances.get(id);
const events = (id: string) => store.state.historyOf(id).map(({ event }) => event);

describe('a simulation may choose', () => {
  it('that an activity is delivered twice; its orchestration sees one end', async () => {
    const engine = engineWith({ choices: { deliverTwice: ({ name }) => name === 'echo' } });
    engine.client.start({ name: 'two', instanceId: 'i', input: null });
    await drain(engine, clock);
    expect(Object.fromEntries(runs)).toEqual({ a: 2, b: 2 });
    expect(row('i')).toMatchObject({ status: 'Completed', output: '[{"key":"a"},{"key":"b"}]' });
    expect(events('i').filter(({ EventType }) => EventType === 5)).toHaveLength(2);
  });

  it('that a completion comes late and another overtakes it', async () => {
    const engine = engineWith({
      choices: { completionDelayMs: ({ taskId }) => (taskId === 0 ? 5_000 : 0) },
    });
    engine.client.start({ name: 'race', instanceId: 'i', input: null });
    await drain(engine, clock);
    expect(row('i')).toMatchObject({ status: 'Completed', output: '"b"' });
    expect(clock.now()).toBe(START_MS + 5_000);
  });

  it.each([
    ['as recorded, in whole seconds rounded down', undefined, 59_000],
    ['at its very time', (timer: { fireAt: number }) => timer.fireAt, 60_000],
    ['400 ms early', (timer: { fireAt: number }) => timer.fireAt - 400, 59_600],
  ])('that a timer fires %s', async (_, timerVisibleAt, afterMs) => {
    const engine = engineWith({ choices: timerVisibleAt === undefined ? {} : { timerVisibleAt } });
    engine.client.start({ name: 'minute', instanceId: 'i', input: null });
    await drain(engine, clock);
    expect(row('i')?.output).toBe(String(START_MS + afterMs));
  });

  it('that a start that took effect answers 409', async () => {
    const engine = engineWith({ choices: { answerConflict: () => true } });
    const outcome = engine.client.start({ name: 'two', instanceId: 'i', input: null });
    expect(outcome).toEqual({ kind: 'conflict', instanceId: 'i', status: 'Pending' });
    await drain(engine, clock);
    expect(row('i')).toMatchObject({ status: 'Completed' });
  });

  it('the order of what is ready', async () => {
    const engine = engineWith();
    for (const id of ['x', 'y']) engine.client.start({ name: 'two', instanceId: id, input: null });
    const items = engine.ready();
    expect(items.map(({ id }) => id)).toEqual(['orchestrator x', 'orchestrator y']);
    await engine.run(items[1] as never);
    expect(row('x')).toMatchObject({ status: 'Pending' });
    expect(row('y')).toMatchObject({ status: 'Running' });
    await expect(engine.run(items[1] as never)).rejects.toMatchObject({ code: 'durable.not-ready' });
  });
});

describe('the determinism check', () => {
  it('names an orchestrator that looks beside its history', async () => {
    const engine = engineWith({ checkDeterminism: true });
    engine.client.start({ name: 'forgetful', instanceId: 'i', input: null });
    await expect(drain(engine, clock)).rejects.toMatchObject({
      code: 'durable.non-deterministic',
      message: expect.stringContaining(
        'Orchestrator "forgetful" is not deterministic: episode 1 of instance "i"',
      ),
    });
  });

  it('passes one that does not', async () => {
    const engine = engineWith({ checkDeterminism: true });
    engine.client.start({ name: 'race', instanceId: 'i', input: null });
    engine.client.start({ name: 'minute', instanceId: 'j', input: null });
    await drain(engine, clock);
    expect([row('i')?.status, row('j')?.status]).toEqual(['Completed', 'Completed']);
  });
});

describe('what the engine does not offer', () => {
  it('fails the orchestration and is named', async () => {
    const engine = engineWith();
    engine.client.start({ name: 'http', instanceId: 'i', input: null });
    await drain(engine, clock);
    expect(row('i')).toMatchObject({
      status: 'Failed',
      output: "Orchestrator function 'http' failed: The embedded Durable engine does not offer callHttp.",
    });
  });
});
