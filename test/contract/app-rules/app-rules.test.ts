import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { describe, expect, it } from 'vitest';
import { DurableEngine } from '../../../src/local/durable/durable-engine.ts';
import { MemoryHubStore } from '../../../src/local/durable/hub-store.ts';
import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';
import {
  bareFailures,
  everythingThrows,
  rejectedEvents,
  type ProbeRequest,
} from '../../support/app-rules/probe-triggers.ts';
import { keepsTheRules } from '../../support/app-rules/keeps-the-rules.ts';
import { caseTwins, overlappingRoutes, reservedRoutes } from '../../support/app-rules/route-rules.ts';
import {
  bareInputs,
  cookieHeaders,
  escapingRejections,
  scatteredWaits,
  terminations,
  uncancelledTimers,
  uncomparedTimers,
  unregisteredNames,
  unwrappedTriggers,
} from '../../support/app-rules/source-rules.ts';
import { scanSource, type ScannedSource } from '../../support/app-rules/source-scan.ts';
import type { Violation } from '../../support/app-rules/violation.ts';
import { watchWorkflows } from '../../support/app-rules/watch-workflows.ts';
import { startTestHost } from '../../support/host/start-host.ts';

const http = (name: string, route?: string, methods = ['GET']) => ({
  name,
  trigger: { type: 'httpTrigger', methods, ...(route === undefined ? {} : { route }) },
});
const wheres = (violations: readonly Violation[]): string[] => violations.map(({ where }) => where);
/** Inside a function, so that `return`, `yield` and `await` may stand alone. */
const source = (text: string): ScannedSource[] => [
  scanSource({
    path: 'planted.ts',
    text: `async function* planted() { ${text}
}`,
  }),
];

describe('a route that begins with admin or runtime is found', () => {
  it('whether written out or taken from the function’s name', () => {
    const functions = [
      http('a', 'admin/x'),
      http('Runtimes'),
      http('b', '/administer'),
      http('c', 'computes/admin'),
    ];
    expect(wheres(reservedRoutes(functions))).toEqual(['a', 'Runtimes', 'b']);
  });
});

describe('two routes that overlap are found', () => {
  it.each([
    ['the same shape', 'x/{a}', 'x/{b}'],
    ['a literal beside a parameter', 'x/{a}', 'x/known'],
    ['casing', 'Sweeps', 'sweeps'],
    ['a catch-all', 'files/{*rest}', 'files/a/b'],
    ['an optional parameter', 'opt/{id?}', 'opt'],
    ['a default', 'def/{page=1}', 'def'],
  ])('by %s', (_, one, other) => {
    expect(overlappingRoutes([http('a', one), http('b', other)])).toHaveLength(1);
    expect(overlappingRoutes([http('a', one, ['GET']), http('b', other, ['POST'])])).toEqual([]);
  });

  it.each([
    ['x/{a}', 'y/{a}'],
    ['x/{a}', 'x/{a}/y'],
    ['x', 'x/{a}'],
  ])('but not %s and %s', (one, other) => {
    expect(overlappingRoutes([http('a', one), http('b', other)])).toEqual([]);
  });
});

describe('names that differ in case only are found', () => {
  it('at the second one', () => {
    expect(wheres(caseTwins([http('sweep'), http('Sweep'), http('sweeps')]))).toEqual(['Sweep']);
  });
});

describe('a scan of the source finds', () => {
  const registered = new Set(['known']);

  it('a name that is called and never registered, and says which names it cannot see', () => {
    const scanned = source(`
      // context.df.callActivity('commented', {});
      const text = "callActivity('quoted', {})";
      yield context.df.callActivity('known', { a: 1 });
      yield context.df.callActivity<Result>(activities.lost, { a: 1 });
      yield context.df.callSubOrchestrator('gone', { a: ',' });
      yield context.df.callActivity(name, input);
    `);
    const { violations, unseen } = unregisteredNames(scanned, registered, {
      activities: { lost: 'lostActivity' },
    });
    expect(wheres(violations)).toEqual(['planted.ts:5', 'planted.ts:6']);
    expect(unseen.map(({ args }) => args[0])).toEqual(['name']);
  });

  it.each(['true', '5', "'text'", '[1, 2]', ''])('an activity whose input is %j', (input) => {
    expect(bareInputs(source(`yield context.df.callActivity('a'${input && `, ${input}`});`))).toHaveLength(1);
    expect(bareInputs(source(`yield context.df.callActivity('a', { input: ${input || 1} });`))).toEqual([]);
  });

  it('a workflow that is terminated', () => {
    expect(terminations(source(`await client.terminate(id, 'why');`))).toHaveLength(1);
    expect(
      terminations(source(`await client.raiseEvent(id, 'halt'); terminate(); // client.terminate(id)`)),
    ).toEqual([]);
  });

  it('a timer after which nothing looks at the clock', () => {
    const careless = `function* wait(context) { yield context.df.createTimer(at); return 'due'; }`;
    const careful = `function* wait(context) { while (nowOf(context) < at) yield context.df.createTimer(at); }`;
    expect(uncomparedTimers(source(careless))).toHaveLength(1);
    expect(uncomparedTimers(source(careful))).toEqual([]);
    expect(uncomparedTimers(source(`${careful}\n${careless}`))).toHaveLength(1);
  });

  it('a racing timer that is never cancelled', () => {
    const race = `const timer = context.df.createTimer(at); const won = yield context.df.Task.any([timer, wake]);`;
    expect(uncancelledTimers(source(`function* f(context) { ${race} }`))).toHaveLength(1);
    expect(
      uncancelledTimers(source(`function* f(context) { ${race} if (won === wake) timer.cancel(); }`)),
    ).toEqual([]);
  });

  it('a wait for an event anywhere but in the one place for it', () => {
    const scanned = source(`yield context.df.Task.any([timer, context.df.waitForExternalEvent('wake')]);`);
    expect(wheres(scatteredWaits(scanned, 'src/wait.ts'))).toEqual(['planted.ts:1']);
    expect(scatteredWaits(scanned, 'planted.ts')).toEqual([]);
  });

  it('a cookie set by header', () => {
    expect(cookieHeaders(source(`return { headers: { 'Set-Cookie': 'a=1' } };`))).toHaveLength(1);
    expect(cookieHeaders(source(`headers.append("set-cookie", value)`))).toHaveLength(1);
    expect(cookieHeaders(source(`return { cookies: [{ name: 'a', value: '1' }] };`))).toEqual([]);
  });

  it('a trigger without its wrapper', () => {
    const scanned = source(`
      app.http('a', { methods: ['GET'], handler: wrapHttp(async () => ({})) });
      app.http('b', { methods: ['GET'], handler: async () => ({}) });
      df.app.activity('c', { handler: (input) => input });
      router.get('d', { handler: plain });
    `);
    expect(wheres(unwrappedTriggers(scanned, ['wrapHttp', 'wrapBackground']))).toEqual([
      'planted.ts:3',
      'planted.ts:4',
    ]);
  });

  it('a promise whose rejection nobody hears', () => {
    expect(escapingRejections(source(`void send(message);`))).toHaveLength(1);
    expect(escapingRejections(source(`setTimeout(async () => { await send(); }, 5);`))).toHaveLength(1);
    expect(
      escapingRejections(
        source(`void send(message).catch(log); const a: () => void = b; void page; return void 0;`),
      ),
    ).toEqual([]);
  });
});

async function violationsOf(orchestrator: (context: df.OrchestrationContext) => Generator<df.Task, unknown>) {
  const loaded = await loadFunctionApp(
    () => {
      df.app.activity('known', { handler: (input) => input });
      df.app.orchestration('flow', orchestrator);
    },
    { log: () => undefined },
  );
  const { app: watched, violations } = watchWorkflows(loaded);
  const clock = new VirtualClock(0);
  const engine = new DurableEngine({ app: watched, store: new MemoryHubStore(), clock });
  engine.client.start({ name: 'flow', input: null });
  for (let step = 0; step < 20; step += 1) {
    const [item] = engine.ready();
    if (item !== undefined) await engine.run(item);
  }
  return violations.map(({ rule }) => rule);
}

describe('a watch over running workflows finds', () => {
  it('nothing in a workflow that keeps the rules', async () => {
    const rules = await violationsOf(function* (context) {
      const timer = context.df.createTimer(new Date(60_000));
      yield context.df.Task.any([timer, context.df.callActivity('known', { a: 1 })]);
      timer.cancel();
    });
    expect(rules).toEqual([]);
  });

  it('a name that is not registered, however it was computed', async () => {
    const rules = await violationsOf(function* (context) {
      yield context.df.callActivity(['un', 'known'].join(''), { a: 1 });
    });
    expect(rules).toEqual(['unregistered-name']);
  });

  it('an activity’s name called as an orchestrator', async () => {
    const rules = await violationsOf(function* (context) {
      yield context.df.callSubOrchestrator('known', { a: 1 });
    });
    expect(rules).toEqual(['unregistered-name']);
  });

  it.each([true, 5, 'text', [1]])('the bare input %j', async (input) => {
    const rules = await violationsOf(function* (context) {
      yield context.df.callActivity('known', input);
    });
    expect(rules).toEqual(['bare-input']);
  });

  it('two waits for one event at a time', async () => {
    const rules = await violationsOf(function* (context) {
      yield context.df.Task.any([
        context.df.waitForExternalEvent('wake'),
        context.df.waitForExternalEvent('wake'),
      ]);
    });
    expect(rules).toEqual(['stacked-waits']);
  });

  it('what ends the run itself, where an app has to keep the rules', async () => {
    const loaded = await loadFunctionApp(
      () =>
        df.app.orchestration('flow', function* (context) {
          yield context.df.callActivity('gone', { a: 1 });
        }),
      { log: () => undefined },
    );
    const clock = new VirtualClock(0);
    const engine = new DurableEngine({ app: keepsTheRules(loaded), store: new MemoryHubStore(), clock });
    engine.client.start({ name: 'flow', input: null });
    const [item] = engine.ready();
    await expect(engine.run(item!)).rejects.toThrow('unregistered-name: flow: It calls "gone"');
  });

  it('a timer that outlives its workflow', async () => {
    const rules = await violationsOf(function* (context) {
      const timer = context.df.createTimer(new Date(60_000));
      yield context.df.Task.any([timer, context.df.callActivity('known', { a: 1 })]);
    });
    expect(rules).toEqual(['uncancelled-timer']);
  });
});

const get = (target: string): ProbeRequest => ({
  method: 'GET',
  target,
  headers: [],
  body: new Uint8Array(0),
});

describe('a probe of the triggers finds', () => {
  const problem = { status: 500, jsonBody: {}, headers: { 'content-type': 'application/problem+json' } };
  type Port = { read(): Promise<string> };

  it.each([new Error('down'), undefined, 'text'])(
    'a function that lets %o through to the host',
    async (thrown) => {
      const port = everythingThrows(thrown) as Port;
      const bare = async () => ({ body: await port.read() });
      const running = await startTestHost(() => {
        app.http('bare', { authLevel: 'anonymous', handler: bare });
        app.http('told', { authLevel: 'anonymous', handler: () => bare().catch(() => problem) });
      });
      const violations = await bareFailures(running.host, [get('/api/bare'), get('/api/told')]);
      await running.stop();
      expect(wheres(violations)).toEqual(['GET /api/bare']);
    },
  );

  it('an event function that rejects what can never succeed', async () => {
    const running = await startTestHost(() => {
      app.eventGrid('strict', {
        handler: (event) => {
          if (event.subject !== 'known') throw new Error('unknown subject');
        },
      });
    });
    const webhook = { functionName: 'strict', systemKey: 'EG-SYSTEM-KEY-0000000000000000000000000000' };
    const violations = await rejectedEvents(running.host, webhook, [
      { subject: 'known' },
      { subject: 'other' },
    ]);
    await running.stop();
    expect(violations).toHaveLength(1);
    expect(violations[0]?.problem).toContain('other');
  });
});
