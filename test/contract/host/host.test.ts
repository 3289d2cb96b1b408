import { createServer, type AddressInfo } from 'node:net';
import { app } from '@azure/functions';
import { afterEach, describe, expect, it } from 'vitest';
import { durableMount } from '../../../src/local/host/durable-mount.ts';
import { hostLog } from '../../../src/local/host/host-log.ts';
import { parseHostJson } from '../../../src/local/host/host-settings.ts';
import { headerValue, type HostRequest, type HostResponse } from '../../../src/local/host/messages.ts';
import type { LogLine } from '../../../src/local/host/types.ts';
import {
  nextTurn,
  startTestHost,
  type TestHost,
  type TestHostOptions,
} from '../../support/host/start-host.ts';

const hosts: TestHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

async function start(load: () => unknown, options?: TestHostOptions): Promise<TestHost> {
  const host = await startTestHost(load, options);
  hosts.push(host);
  return host;
}

function request(target: string, more: Partial<HostRequest> = {}): HostRequest {
  return { method: 'GET', target, headers: [['Host', 'localhost']], body: new Uint8Array(0), ...more };
}

const text = ({ body }: HostResponse): string => new TextDecoder().decode(body);

function open(name: string, handler: () => unknown, options: object = {}): void {
  app.http(name, { authLevel: 'anonymous', handler, ...options } as never);
}

describe('a request without a socket', () => {
  it('is answered as one with a socket', async () => {
    const { host, port } = await start(() =>
      open('hello', () => ({ jsonBody: { a: 1 }, headers: { 'x-b': '2' } })),
    );
    const direct = await host.request(request('/api/hello?x=1'));
    const wired = await fetch(`http://127.0.0.1:${port}/api/hello?x=1`);
    expect(direct.status).toBe(wired.status);
    expect(text(direct)).toBe(await wired.text());
    for (const name of ['content-type', 'x-b', 'server', 'date']) {
      expect(headerValue(direct.headers, name)).toBe(wired.headers.get(name));
    }
  });

  it('is a 500 when a mounted handler throws, and the host lives on', async () => {
    const { host } = await start(() => open('hello', () => ({ body: 'x' })));
    host.mount('broken', () => Promise.reject(new Error('no')));
    const headers = [['x-functions-key', 'MASTER-KEY-0000000000000000000000000000000000']] as const;
    expect((await host.request(request('/runtime/webhooks/broken', { headers }))).status).toBe(500);
    expect((await host.request(request('/api/hello'))).status).toBe(200);
  });
});

describe('a mounted management API', () => {
  it('gets the request for the system key of its name, and for no other', async () => {
    const { host } = await start(() => open('hello', () => ({})));
    const calls: unknown[] = [];
    const api = {
      handle: (call: unknown) => {
        calls.push(call);
        return Promise.resolve({ status: 202, headers: { 'retry-after': '5' }, body: '{"a":1}' });
      },
    };
    host.mount(
      'durabletask',
      durableMount(() => api),
    );
    const status = async (key: string): Promise<number> =>
      (await host.request(request(`/runtime/webhooks/durabletask/instances?code=${key}`))).status;
    expect(await status('wrong')).toBe(401);
    expect(await status('HOST-DEFAULT-KEY-00000000000000000000000000')).toBe(403);
    expect(await status('EG-SYSTEM-KEY-0000000000000000000000000000')).toBe(403);
    expect(calls).toEqual([]);
    expect(await status('DT-SYSTEM-KEY-0000000000000000000000000000')).toBe(202);
    expect(calls).toMatchObject([
      { method: 'GET', url: expect.stringContaining('http://localhost/runtime') },
    ]);
  });
});

describe('retries', () => {
  it('wait as long as they are told, on the host’s clock', async () => {
    const times: number[] = [];
    const running = await start(() =>
      open(
        'flaky',
        () => {
          times.push(running.clock.now());
          throw new Error('no');
        },
        {
          retry: {
            strategy: 'exponentialBackoff',
            maxRetryCount: 4,
            minimumInterval: { seconds: 2 },
            maximumInterval: { seconds: 10 },
          },
        },
      ),
    );
    const answering = running.host.request(request('/api/flaky'));
    await running.settle();
    expect((await answering).status).toBe(500);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps).toEqual([2000, 4000, 8000, 10_000]);
  });
});

describe('a busy port', () => {
  it('is refused by its number', async () => {
    const { host } = await start(() => open('hello', () => ({})));
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(host.listen(port)).rejects.toMatchObject({
      code: 'host.port-in-use',
      message: `Port ${port} on 127.0.0.1 is in use.`,
    });
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('stopping', () => {
  it('lets timers and events finish, then runs appTerminate, once however often it is asked for', async () => {
    const seen: string[] = [];
    const gates: (() => void)[] = [];
    const running = await start(() => {
      app.eventGrid('eg', {
        handler: async () => {
          await new Promise<void>((done) => gates.push(done));
          seen.push('event');
        },
      });
      app.hook.appTerminate(() => void seen.push('terminated'));
    });
    const answering = running.host.request(
      request('/runtime/webhooks/eventgrid?functionName=eg&code=EG-SYSTEM-KEY-0000000000000000000000000000', {
        method: 'POST',
        headers: [['aeg-event-type', 'Notification']],
        body: new TextEncoder().encode('{"id":"1"}'),
      }),
    );
    await nextTurn();
    const stopping = [running.host.stop(), running.host.stop()];
    gates[0]?.();
    await Promise.all(stopping);
    expect(seen).toEqual(['event', 'terminated']);
    expect((await answering).status).toBe(202);
  });

  it('fails what is not done within the grace it is given', async () => {
    const running = await start(() => open('endless', () => new Promise(() => undefined)));
    const answering = running.host.request(request('/api/endless'));
    await nextTurn();
    const stopping = running.host.stop({ graceMs: 5000 });
    running.clock.advanceTo(running.clock.now() + 4999);
    await nextTurn();
    expect(running.host.inFlight).toBe(1);
    running.clock.advanceTo(running.clock.now() + 1);
    await stopping;
    expect((await answering).status).toBe(500);
  });
});

describe('host.json', () => {
  it('gives the recorded defaults when it says nothing', () => {
    expect(parseHostJson('{}')).toEqual({
      settings: {
        routePrefix: 'api',
        functionTimeoutMs: 1_800_000,
        maxConcurrentRequests: null,
        maxOutstandingRequests: null,
        customHeaders: {},
        logLevels: { default: 'information' },
        durableTask: {},
      },
      notices: [],
    });
  });

  it('has its settings obeyed or named in a notice', () => {
    const { settings, notices } = parseHostJson(
      JSON.stringify({
        version: '2.0',
        functionTimeout: '-1',
        extensionBundle: { id: 'x' },
        extensions: { http: { routePrefix: 'v1', hsts: {} }, durableTask: { hubName: 'H' }, queues: {} },
        logging: { logLevel: { default: 'Warning' }, applicationInsights: {} },
      }),
    );
    expect(settings).toMatchObject({
      routePrefix: 'v1',
      functionTimeoutMs: null,
      durableTask: { hubName: 'H' },
    });
    expect(notices.map((notice) => /"(.*?)"/.exec(notice)?.[1])).toEqual([
      'extensionBundle',
      'extensions.queues',
      'extensions.http.hsts',
      'logging.applicationInsights',
    ]);
  });

  it.each([
    ['{', ''],
    ['[]', ''],
    ['{"version":"1.0"}', 'version'],
    ['{"functionTimeout":"soon"}', 'functionTimeout'],
    ['{"functionTimeout":"00:00:00"}', 'functionTimeout'],
    ['{"extensions":{"http":{"maxConcurrentRequests":"many"}}}', 'extensions.http.maxConcurrentRequests'],
    ['{"logging":{"logLevel":{"default":"loud"}}}', 'logging.logLevel.default'],
  ])('%s is refused with the name of the field', (json, field) => {
    expect(() => parseHostJson(json)).toThrow(expect.objectContaining({ code: 'host.settings' }));
    expect(() => parseHostJson(json)).toThrow(field === '' ? 'host.json' : field);
  });
});

describe('the log', () => {
  it('keeps what the longest matching category lets through', () => {
    const kept: LogLine[] = [];
    const log = hostLog({ default: 'warning', Function: 'information', 'Function.noisy': 'none' }, (line) =>
      kept.push(line),
    );
    log({ level: 'information', category: 'Host.Startup', message: 'a' });
    log({ level: 'warning', category: 'system', message: 'b' });
    log({ level: 'information', category: 'user', functionName: 'calm', message: 'c' });
    log({ level: 'critical', category: 'user', functionName: 'noisy', message: 'd' });
    expect(kept.map(({ category, message }) => [category, message])).toEqual([
      ['Worker', 'b'],
      ['Function.calm.User', 'c'],
    ]);
  });
});
