import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseHostJson } from '../../../src/local/host/host-settings.ts';
import { FunctionsHost } from '../../../src/local/host/host.ts';
import { memoryTimerStore } from '../../../src/local/host/timer-store.ts';
import type { FunctionApp } from '../../../src/local/host/types.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { activities, orchestrations } from '../../../src/workflows/names.ts';
import { projectRoot, sourceFiles } from '../../architecture/arrows.ts';
import { appUnderTest, type AppUnderTest } from '../../support/app-under-test.ts';
import { everythingThrows, rejectedEvents } from '../../support/app-rules/probe-triggers.ts';
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
import { type ScannedSource, scanSource } from '../../support/app-rules/source-scan.ts';

/** What runs in the worker: not the browser's code, nor what stands around the app. */
const inTheWorker = (path: string): boolean => !/^src\/(local|cli|web)\//.test(path);

const pathOf = (app: FunctionApp, name: string): string =>
  `/api/${String(app.functions.get(name)?.trigger['route'])}`
    .replace('{subscription}', '11111111-0000-4000-8000-000000000001')
    .replace('{hash}', 'abcdef0123456789')
    .replace('{sweepId}', 'sweep-20260302T0800')
    .replaceAll(/\{\w+\}/g, 'ci-ada');

const id =
  '/subscriptions/11111111-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces';
const event = { id: '1', topic: '/', subject: id, eventTime: '2026-03-02T08:00:00Z', dataVersion: '2' };
/** Of no form, of another kind, about nothing of ours, or with names that are none. */
const hopelessEvents: readonly object[] = [
  {},
  { data: null, eventType: null },
  { ...event, eventType: 'Microsoft.Storage.BlobCreated', data: {} },
  { ...event, eventType: 'Microsoft.Resources.ResourceWriteSuccess', data: null },
  { ...event, eventType: 'Microsoft.Resources.ResourceWriteSuccess', data: { resourceUri: 5 } },
  {
    ...event,
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    data: { resourceUri: `${id}/../x/computes/..` },
  },
  {
    ...event,
    subject: `/subscriptions/99999999-0000-4000-8000-000000000009/resourceGroups/rg`,
    eventType: 'Microsoft.Resources.ResourceActionSuccess',
    data: { resourceUri: `${id.replace('11111111', '99999999')}/ws/computes/ci`, operationName: 'x' },
  },
  {
    ...event,
    subject: 'experiments/x/runs/y',
    eventType: 'Microsoft.MachineLearningServices.RunStatusChanged',
    data: [],
  },
];

const hostOf = (app: FunctionApp): FunctionsHost =>
  new FunctionsHost({
    app,
    clock: new VirtualClock(0),
    settings: parseHostJson('{}').settings,
    keys: { master: 'master', host: {}, system: { eventgrid_extension: 'events' }, functions: {} },
    timerStore: memoryTimerStore(),
    newId: randomUUID,
    newKey: randomUUID,
    log: () => undefined,
  });

describe('the app keeps the rules that the host teaches', () => {
  let subject: AppUnderTest;
  let functions: FunctionApp['functions'];
  const sources: ScannedSource[] = sourceFiles(projectRoot)
    .filter(({ path }) => inTheWorker(path))
    .map(scanSource);

  beforeAll(async () => {
    subject = await appUnderTest();
    functions = subject.app.functions;
  });

  it('no route begins with a word that the host keeps', () => {
    expect(reservedRoutes(functions.values())).toEqual([]);
  });

  it('no two routes can match the same path', () => {
    expect(overlappingRoutes(functions.values())).toEqual([]);
  });

  it('names are legal and differ by more than their casing', () => {
    expect(caseTwins(functions.values())).toEqual([]);
    for (const name of functions.keys()) expect(name).toMatch(/^[A-Za-z][\w-]{0,126}$/);
  });

  it('every activity and workflow that is called is registered', () => {
    const tables = { activities, orchestrations };
    const { violations } = unregisteredNames(sources, new Set(functions.keys()), tables);

    expect(violations).toEqual([]);
    for (const name of [...Object.values(activities), ...Object.values(orchestrations)]) {
      expect([...functions.keys()]).toContain(name);
    }
  });

  it('inputs are objects, timers are compared and cancelled, children are not terminated', () => {
    expect([
      ...bareInputs(sources),
      ...uncomparedTimers(sources),
      ...uncancelledTimers(sources),
      ...terminations(sources),
    ]).toEqual([]);
  });

  it('one place waits for events, and hears those that came to a wait that had lost', () => {
    const place = 'src/workflows/wait-until.ts';
    expect(sources.some(({ path }) => path === place)).toBe(true);
    expect(scatteredWaits(sources, place)).toEqual([]);
  });

  it('cookies are set by the response’s cookies', () => {
    expect(cookieHeaders(sources)).toEqual([]);
  });

  it('every trigger stands in its outer wrapper', () => {
    const wrappers = ['wrapHttp', 'wrapBackground', 'wrapEventGrid'];
    const workflows = sources.filter(({ path }) => !path.startsWith('src/workflows/'));

    expect(unwrappedTriggers(workflows, wrappers)).toEqual([]);
  });

  it('events that can never succeed are answered with success, so that their batch does not come again', async () => {
    const receivers = [...functions.values()].filter(({ trigger }) => trigger.type === 'eventGridTrigger');
    expect(receivers.map(({ name }) => name)).toContain('computeEvents');
    const host = hostOf(subject.app);
    for (const { name } of receivers) {
      expect(await rejectedEvents(host, { functionName: name, systemKey: 'events' }, hopelessEvents)).toEqual(
        [],
      );
    }
  });

  it('no promise is let go of', () => {
    expect(escapingRejections(sources)).toEqual([]);
  });
});

/** Of routes that take no empty one. */
const bodies: Readonly<Record<string, object>> = {
  httpSnooze: { for: '1h' },
  httpAttach: { workspace: 'ws', name: 'dbx', kind: 'ACI' },
  httpRequestsCreate: { workspace: 'ws', vmSize: 'Standard_DS3_v2' },
};

describe.each([
  ['undefined', undefined],
  ['null', null],
  ['a text', 'no'],
  ['an error', new Error('AccountKey=hidden')],
])('where every port throws %s', (_name, thrown) => {
  let subject: AppUnderTest;
  const signingKeys = 'signingKeys' satisfies keyof Ports;
  const away = Object.fromEntries(
    [
      'workspaces',
      'computes',
      'jobs',
      'metrics',
      'sizes',
      'directory',
      'ledger',
      'notifier',
      'policySource',
    ].map((name) => [name, everythingThrows(thrown)]),
  ) as Omit<Partial<Ports>, 'clock'>;

  beforeAll(async () => {
    subject = await appUnderTest(away);
  });

  it('every HTTP function that needs one answers with a problem, and tells nothing', async () => {
    const { app } = subject;
    const http = [...app.functions.values()].filter((one) => one.trigger.type === 'httpTrigger');
    let failed = 0;
    for (const { name, trigger } of http) {
      const [method = 'GET'] = trigger['methods'] as string[];
      const body = bodies[name] ?? (method === 'GET' ? undefined : {});
      const reply = await subject.ask(method, pathOf(app, name), { as: 'admin', body });
      expect([name, reply.status]).not.toEqual([name, 204]);
      if (reply.status < 400) continue;
      // Some refuse the made-up address or body before they need a port: as good, but it proves nothing of them.
      failed += reply.status === 500 ? 1 : 0;
      expect([
        name,
        [400, 404, 409, 422, 500].includes(reply.status),
        reply.headers.get('content-type'),
      ]).toEqual([name, true, 'application/problem+json']);
      expect(reply.text).not.toContain('hidden');
    }
    expect(failed).toBeGreaterThan(14);
  });

  it('timers and activities fail with an error that has a message', async () => {
    const background = [...subject.app.functions.values()].filter((one) =>
      /^(timer|activity)Trigger$/.test(one.trigger.type),
    );

    expect(background.length).toBeGreaterThan(10);
    for (const { name } of background) {
      const outcome = await subject.app.invoke({
        functionName: name,
        invocationId: name,
        trigger: { json: '{}' },
      });
      const error = outcome.ok ? null : outcome.error;
      expect([name, error instanceof Error && error.message !== '']).toEqual([name, true]);
    }
  });

  it('sign-ins are refused neither as wrong nor as right when the keys cannot be read', async () => {
    const blind = await appUnderTest({ [signingKeys]: everythingThrows(thrown) });
    const { status, headers } = await blind.ask('GET', '/api/computes', { as: 'ada' });

    expect([status, headers.get('content-type')]).toEqual([500, 'application/problem+json']);
  });
});
