import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMemoryLedger } from '../../../src/adapters/memory/ledger.ts';
import type { Caller, Role } from '../../../src/auth/caller.ts';
import { signInMissing } from '../../../src/auth/faults.ts';
import { LamplighterError } from '../../../src/core/errors.ts';
import { parseObjectId } from '../../../src/core/ids.ts';
import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import type { FunctionApp, LogLine } from '../../../src/local/host/types.ts';
import { rateLimiter } from '../../../src/triggers/http/rate-limit.ts';
import { registerRoutes } from '../../../src/triggers/http/register-routes.ts';
import { answer, route } from '../../../src/triggers/http/route.ts';
import { invokeHttp } from '../../support/invoke-http.ts';

const ada = parseObjectId('aaaaaaaa-0000-4000-8000-00000000000a');
const anything = { status: 200, schema: z.unknown() };

describe('a door', () => {
  let now = 0;
  let acted = 0;
  let toThrow: { readonly what: unknown } | null = null;
  const log: LogLine[] = [];
  let app: FunctionApp;

  const act = async (call: { body?: unknown }) => {
    acted += 1;
    if (toThrow !== null) throw toThrow.what;
    return answer(200, { acted, body: call.body });
  };
  const routes = [
    route(
      {
        name: 'createThing',
        method: 'POST',
        path: 'things',
        access: 'signed-in',
        summary: 'Creates a thing',
        body: z.strictObject({ size: z.number().int().positive(), colour: z.enum(['red', 'blue']) }),
        creates: true,
        answers: anything,
      },
      act,
    ),
    route(
      {
        name: 'readThing',
        method: 'GET',
        path: 'things/{id}',
        access: 'signed-in',
        summary: 'Reads',
        answers: anything,
      },
      act,
    ),
    route(
      {
        name: 'adminThing',
        method: 'POST',
        path: 'all-things',
        access: 'admin',
        summary: 'All',
        answers: anything,
      },
      act,
    ),
  ];

  beforeEach(async () => {
    now = Date.UTC(2026, 2, 2, 8);
    acted = 0;
    toThrow = null;
    log.length = 0;
    const clock = { now: () => now };
    const door = {
      clock,
      ledger: createMemoryLedger(),
      authenticate: async (headers: { get(name: string): string | null }): Promise<Caller> => {
        const role = headers.get('x-role');
        if (role === null) throw signInMissing();
        const roles = role === 'none' ? [] : [role as Role];
        return { objectId: ada, name: 'Ada', roles, by: 'token' };
      },
      limitRate: rateLimiter(clock),
      publicUrl: null,
    };
    app = await loadFunctionApp(() => registerRoutes(door, routes), { log: (line) => log.push(line) });
  });

  const user = { 'x-role': 'Lamplighter.User' };
  const create = (body: object | string | Uint8Array, headers: Record<string, string> = {}) =>
    invokeHttp(app, 'createThing', {
      body,
      headers: { ...user, 'idempotency-key': 'key-0001', ...headers },
    });
  const readThing = () => invokeHttp(app, 'readThing', { headers: user });
  const good = { size: 3, colour: 'red' };

  it('answers nobody who has not signed in', async () => {
    const { status, json, headers } = await invokeHttp(app, 'readThing');

    expect([status, json['code'], headers['www-authenticate']]).toEqual([401, 'auth.missing', 'Bearer']);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(acted).toBe(0);
  });

  it('answers nobody without a role of ours, and lets only admins do what admins do', async () => {
    const noRole = await invokeHttp(app, 'readThing', { headers: { 'x-role': 'none' } });
    const noAdmin = await invokeHttp(app, 'adminThing', { headers: user });
    const admin = await invokeHttp(app, 'adminThing', { headers: { 'x-role': 'Lamplighter.Admin' } });

    expect([noRole.status, noAdmin.status, admin.status]).toEqual([403, 403, 200]);
    expect(acted).toBe(1);
  });

  it.each([
    ['an error', new Error('the connection string is AccountKey=hidden')],
    ['undefined', undefined],
    ['null', null],
    ['a text', 'AccountKey=hidden'],
    [
      'an object that cannot be printed',
      {
        toString: () => {
          throw new Error('no');
        },
        toJSON: () => {
          throw new Error('no');
        },
      },
    ],
  ])('turns a thrown %s into a problem that tells strangers nothing', async (_name, what) => {
    toThrow = { what };
    const { status, json, text } = await invokeHttp(app, 'readThing', { headers: user });

    expect(status).toBe(500);
    expect(json).toMatchObject({ code: 'lamplighter.internal', title: 'Internal Server Error', status: 500 });
    expect(json['try']).toContain('correlation id');
    expect(text).not.toContain('hidden');
    expect(log.some((line) => line.message.includes(String(json['correlationId'])))).toBe(true);
  });

  it('tells a coded fault with its code, its words and what to try', async () => {
    toThrow = {
      what: new LamplighterError('Storage does not answer.', {
        code: 'ledger.unavailable',
        fault: 'azure',
        retryable: true,
        fix: 'Wait a minute.',
      }),
    };
    const { status, json, headers } = await invokeHttp(app, 'readThing', { headers: user });

    expect(status).toBe(503);
    expect(json).toMatchObject({
      type: 'urn:lamplighter:problem:ledger.unavailable',
      code: 'ledger.unavailable',
      detail: 'Storage does not answer.',
      try: 'Wait a minute.',
    });
    expect(headers['retry-after']).toBe('30');
  });

  it('repeats a harmless correlation id and replaces any other', async () => {
    const kept = await invokeHttp(app, 'readThing', {
      headers: { ...user, 'x-correlation-id': 'trace-1234' },
    });
    const replaced = await invokeHttp(app, 'readThing', {
      headers: { ...user, 'x-correlation-id': 'a b<c>' },
    });

    expect(kept.headers['x-correlation-id']).toBe('trace-1234');
    expect(replaced.headers['x-correlation-id']).toMatch(/^[-0-9a-f]{36}$/);
  });

  it('names every field that is wrong, at once', async () => {
    const { status, json } = await create({ size: -1, colour: 'green', weight: 2 });

    expect(status).toBe(400);
    expect((json['faults'] as { field: string }[]).map((fault) => fault.field).sort()).toEqual([
      'colour',
      'size',
      'weight',
    ]);
  });

  it.each([
    ['broken JSON, with the place', '{\n  "size": 3,\n  "colour": red\n}', 400, 'line 3'],
    ['no JSON at all', '', 400, 'body'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'UTF-8'],
    ['more than 64 kB', JSON.stringify({ colour: 'x'.repeat(70_000) }), 413, '65536'],
  ])('refuses a body of %s', async (_name, body, status, words) => {
    const refused = await create(body);

    expect(refused.status).toBe(status);
    expect(String(refused.json['detail'])).toContain(words);
    expect(acted).toBe(0);
  });

  it('refuses a large body whose declared length lies', async () => {
    const refused = await create('x'.repeat(70_000), { 'content-length': '10' });

    expect(refused.status).toBe(413);
  });

  it('refuses what is not called JSON, as a form of another site would be sent', async () => {
    expect((await create(good, { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('wants a key with what creates something', async () => {
    const none = await invokeHttp(app, 'createThing', { body: good, headers: user });
    const short = await create(good, { 'idempotency-key': 'k' });

    expect([none.status, short.status]).toEqual([400, 400]);
    expect(none.json).toMatchObject({ code: 'idempotency.key' });
  });

  it('gives the first answer again when a request is repeated, whatever the order of its members', async () => {
    const first = await create(good);
    const again = await create({ colour: 'red', size: 3 });

    expect(again.json).toEqual(first.json);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(acted).toBe(1);
  });

  it('refuses a key that came with another request', async () => {
    await create(good);
    const other = await create({ ...good, size: 4 });

    expect([other.status, other.json['code']]).toEqual([422, 'idempotency.reused']);
    expect(acted).toBe(1);
  });

  it('lets a request that failed be sent again with its key', async () => {
    toThrow = { what: new Error('once') };
    expect((await create(good)).status).toBe(500);
    toThrow = null;

    expect((await create(good)).status).toBe(200);
  });

  it('does a request once though it comes twice at the same time', async () => {
    const both = await Promise.all([create(good), create(good)]);

    expect(new Set(both.map((one) => one.status))).toEqual(new Set([200, 409]));
    expect(acted).toBe(1);
  });

  it('takes a key again after a day', async () => {
    await create(good);
    now += 25 * 3_600_000;

    expect((await create({ ...good, size: 9 })).status).toBe(200);
    expect(acted).toBe(2);
  });

  it('slows an eager caller down, with a word on when to come back', async () => {
    for (let count = 0; count < 120; count += 1) expect((await readThing()).status).toBe(200);
    const refused = await readThing();

    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '30']);
    now += 1_000;
    expect((await readThing()).status).toBe(200);
  });
});
