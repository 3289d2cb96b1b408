import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryLedger } from '../../src/adapters/memory/ledger.ts';
import type { SessionReport } from '../../src/core/activity/types.ts';
import type { ComputeRef } from '../../src/core/ids.ts';
import { readEnrolment } from '../../src/ledger/enrolments.ts';
import { readRefusals } from '../../src/ledger/refusals.ts';
import { readReports } from '../../src/ledger/reports.ts';
import { insertWarning } from '../../src/ledger/warnings.ts';
import { bodyOf, SimulatedAgent, type AgentRequest } from '../../src/local/simulation-agent.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import { type AppUnderTest, appUnderTest, type Reply, startAt } from '../support/app-under-test.ts';
import { knowCompute, pathOf, personOf } from '../support/known-compute.ts';
import { sendRaw } from '../support/send-raw.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const quiet: SessionReport = {
  at: startAt,
  kernels: 'idle',
  terminals: 'idle',
  ssh: 'idle',
  vscode: 'idle',
  processes: 'idle',
  gpu: null,
  containers: 'idle',
  lastInputAt: null,
  diskFreeMegabytes: 4000,
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let app: AppUnderTest;
let agent: SimulatedAgent;
let ref: ComputeRef;

const now = () => app.clock.now();
const advance = (ms: number): void => app.clock.advanceTo(now() + ms);
const post = (path: string, request: AgentRequest, method = 'POST'): Promise<Reply> =>
  sendRaw(app, method, path, request);
const report = (seen: Partial<SessionReport> = {}, by = agent): Promise<Reply> =>
  post('/api/reports', by.request('report', bodyOf({ ...quiet, at: now(), ...seen }), now()));
const stored = (of = ref) => readReports(app.ledger, of, 0, startAt + 400 * dayMs);

/** Enrols as an owner does: makes a code, then exchanges it. */
async function enrol(compute = 'ci-ada', by = agent): Promise<Reply> {
  const made = await app.ask('POST', `${pathOf(compute)}/enrolments`, { as: 'admin', body: {} });
  const body = { code: made.json['code'], publicKey: by.publicKey, agent: '1' };
  return post('/api/agent/enrolment', by.request('enrol', body, now()));
}

beforeEach(async () => {
  app = await appUnderTest();
  agent = new SimulatedAgent();
  ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
});

describe('a session agent', () => {
  it('enrols with a code, reports, and is told what to look for', async () => {
    const enrolled = await enrol();
    advance(1);
    const reported = await report({ kernels: 'busy', lastInputAt: startAt - 5_000 });

    expect([enrolled.status, enrolled.json['compute']]).toEqual([201, 'ci-ada']);
    expect(reported.json).toEqual({
      formatVersion: 1,
      at: '2026-03-02T08:00:00.001Z',
      settings: { everySeconds: 60, cpuCoresBelow: 0.5, gpuBelow: 5, staleAfterSeconds: 10_800 },
      rotateKey: false,
      warning: null,
    });
    expect(await stored()).toEqual([
      { ...quiet, at: startAt + 1, kernels: 'busy', lastInputAt: startAt - 5_000 },
    ]);
  });

  it('is told of the stop that is due first, in the words the owner was told', async () => {
    await enrol();
    await knowCompute(app.ledger, 'ci-ada', 'ada', {
      action: 'warn',
      reason: 'warn.idle',
      stopDueAt: startAt + 9e5,
    });
    const warning = {
      ref,
      owner: personOf('ada'),
      sweepId: 'sweep-1',
      dueInSweep: 1,
      released: false,
      openedAt: startAt,
      warnMs: 9e5,
      deliveryAttempts: 1,
      undeliveredBecause: null,
      stopRequestedAt: null,
      stopAcceptedAt: null,
      stopAttempts: 0,
      startedAt: null,
      idleSinceAt: null,
      pricePerHourUsd: null,
    };
    const untold = {
      ...warning,
      warningId: 'w-0',
      reason: 'warn.max-uptime',
      warnedAt: null,
      stopDueAt: null,
    } as const;
    await insertWarning(app.ledger, untold);
    await insertWarning(app.ledger, {
      ...warning,
      warningId: 'w-1',
      reason: 'warn.idle',
      warnedAt: startAt,
      stopDueAt: startAt + 9e5,
    });

    expect((await report()).json['warning']).toMatchObject({
      id: 'w-1',
      stopDueAt: '2026-03-02T08:15:00.000Z',
      stopInSeconds: 900,
      sentence: expect.stringContaining('it stops at 08:15 UTC'),
    });
  });

  it('keeps what the first of two reports of a minute saw', async () => {
    await enrol();
    await report({ ssh: 'busy' });
    advance(20_000);
    await report();

    expect((await stored()).map(({ at, ssh }) => [at, ssh])).toEqual([[startAt + 20_000, 'busy']]);
  });

  it('may be a day behind with its new key', async () => {
    await enrol();
    advance(30 * dayMs);
    expect((await report()).json['rotateKey']).toBe(true);

    const next = new SimulatedAgent();
    const rotated = await post(
      '/api/agent/key',
      agent.request('rotate', { publicKey: next.publicKey }, now()),
    );
    advance(dayMs - minuteMs);
    const overlapping = [await report(), await report({}, next)];
    advance(minuteMs);

    expect(rotated.json['keyId']).toBe(next.keyId);
    expect(overlapping.map(({ status, json }) => [status, json['rotateKey']])).toEqual([
      [200, false],
      [200, false],
    ]);
    expect([(await report()).status, (await report({}, next)).status]).toEqual([401, 200]);
  });

  it('says goodbye, and is nobody from then on', async () => {
    await enrol();
    const left = await post(
      '/api/agent/enrolment',
      agent.request('leave', new Uint8Array(), now()),
      'DELETE',
    );

    expect([left.status, (await report()).status, (await stored()).length]).toEqual([200, 401, 0]);
  });
});

const codes = (how: Parameters<AppUnderTest['ask']>[2] = {}) =>
  app.ask('POST', `${pathOf('ci-ada')}/enrolments`, { as: 'ada', body: {}, ...how });
const exchange = (code: unknown, by = agent) =>
  post('/api/agent/enrolment', by.request('enrol', { code, publicKey: by.publicKey }, now()));

describe('a code', () => {
  it('comes with the line to run, the line that undoes it, and what follows from it', async () => {
    const { status, json } = await codes();

    expect(status).toBe(201);
    expect(json['install']).toBe(
      `curl -fsSL http://127.0.0.1:7071/api/agent | sudo sh -s -- ${String(json['code'])}`,
    );
    expect(json['remove']).toBe('curl -fsSL http://127.0.0.1:7071/api/agent | sudo sh -s -- --remove');
    expect(json['validUntil']).toBe('2026-03-02T09:00:00.000Z');
    expect((json['consequences'] as string[]).join(' ')).toMatch(/single sign-on.*idle shutdown/);
  });

  it('is nowhere in the ledger, not even in the answer kept for a repetition', async () => {
    const written: string[] = [];
    const ledger = createMemoryLedger();
    const listening: Ledger = {
      ...ledger,
      write: (table, partition, write) => {
        written.push(JSON.stringify([partition, write]));
        return ledger.write(table, partition, write);
      },
    };
    app = await appUnderTest({ ledger: listening });
    ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    const key = { 'idempotency-key': randomUUID() };
    const first = await codes({ headers: key });
    const again = await codes({ headers: key });
    const { code } = first.json;

    expect([again.status, again.json['code'], again.json['install']]).toEqual([201, null, null]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await exchange(code)).status).toBe(201);
    expect(written.length).toBeGreaterThan(4);
    expect(written.join()).not.toContain(String(code).slice(0, 11));
    expect(written.join()).not.toContain(String(code).replaceAll('-', '').slice(0, 10));
  });

  it('works once, for an hour, whatever its casing; the same exchange again is the same', async () => {
    const { code } = (await codes()).json;
    const other = new SimulatedAgent();
    const late = (await codes()).json['code'];

    expect((await exchange(String(code).toLowerCase().replaceAll('-', ''))).status).toBe(201);
    expect((await exchange(code)).status).toBe(201);
    expect((await exchange(code, other)).json['code']).toBe('agent.code');
    advance(60 * minuteMs);
    expect((await exchange(late, other)).json['code']).toBe('agent.code');
    expect((await report()).status).toBe(200);
  });

  it('replaces the key that was there', async () => {
    const other = new SimulatedAgent();
    await enrol();
    await enrol('ci-ada', other);

    expect([(await report()).status, (await report({}, other)).status]).toEqual([401, 200]);
  });

  it('is for the owner and for admins, of computes that are known', async () => {
    const asked = await Promise.all([
      codes({ as: 'bob' }),
      codes({ as: 'admin' }),
      app.ask('POST', `${pathOf('ci-eve')}/enrolments`, { as: 'admin', body: {} }),
      codes({ body: { validFor: '8d' } }),
      codes({ body: { validFor: '30s' } }),
    ]);

    expect(asked.map(({ status }) => status)).toEqual([404, 201, 404, 400, 400]);
  });

  it('and every key are worth nothing once the owner ends the enrolment', async () => {
    await enrol();
    const { code } = (await codes()).json;
    const before = await app.ask('GET', `${pathOf('ci-ada')}/enrolments`, { as: 'ada' });
    const ended = await app.ask('DELETE', `${pathOf('ci-ada')}/enrolments`, { as: 'ada' });

    expect(before.json).toMatchObject({ enrolled: true, openCodes: [{ createdBy: 'ada' }] });
    expect(ended.json).toEqual({ formatVersion: 1, ended: true });
    expect([(await report()).status, (await exchange(code, new SimulatedAgent())).status]).toEqual([
      401, 401,
    ]);
    expect((await app.ask('GET', `${pathOf('ci-ada')}/enrolments`, { as: 'ada' })).json['enrolled']).toBe(
      false,
    );
  });
});

describe('an invitation', () => {
  it('goes to the owners of blind instances that have no agent, once a week', async () => {
    const messages: string[] = [];
    app = await appUnderTest({
      notifier: {
        channel: 'test',
        send: async ({ kind, to, compute, sentence }) => {
          messages.push(`${kind} ${to?.name ?? ''} ${compute?.compute ?? ''}`);
          expect(sentence).not.toMatch(/[0-9A-Z]{5}-[0-9A-Z]{5}/);
          return { accepted: true, channel: 'test' };
        },
      },
    });
    const blind = { reason: 'keep.unknown.metrics' } as const;
    await knowCompute(app.ledger, 'ci-ada', 'ada', blind);
    await knowCompute(app.ledger, 'ci-bob', 'bob', blind);
    await knowCompute(app.ledger, 'ci-nobody', null, blind);
    await knowCompute(app.ledger, 'ci-seen', 'ada', { reason: 'keep.active.cpu' });
    await enrol('ci-bob');
    const invite = () => app.ask('POST', '/api/enrolments/invitations', { as: 'admin', body: {} });
    const first = await invite();
    const second = await invite();
    advance(7 * dayMs);
    await invite();

    expect(first.json['sent']).toBe(1);
    expect(
      (first.json['invitations'] as { compute: string; why: string }[]).map((one) => [one.compute, one.why]),
    ).toEqual([
      ['ci-ada', null],
      ['ci-bob', 'enrolled'],
      ['ci-nobody', 'no-owner'],
    ]);
    expect(second.json['sent']).toBe(0);
    expect(messages).toEqual(['invitation ada ci-ada', 'invitation ada ci-ada']);
    expect((await app.ask('POST', '/api/enrolments/invitations', { as: 'ada', body: {} })).status).toBe(403);
  });
});

type Hostile = readonly [
  what: string,
  status: number,
  code: string,
  counted: string,
  request: (good: Uint8Array) => AgentRequest | Promise<AgentRequest>,
];
const stampAt = (sentAt: number) => ({ sentAt, counter: sentAt });
const unsigned = (body: Uint8Array): AgentRequest => ({
  body,
  headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
});
const changed = (text: string, from: string, to: string): Uint8Array => {
  expect(text).toContain(from);
  return bytes(text.replace(from, to));
};

const hostile: readonly Hostile[] = [
  ['without a signature', 401, 'auth.missing', 'unsigned', unsigned],
  [
    'with a header that is no stamp',
    401,
    'auth.missing',
    'unsigned',
    (good) => {
      const { body, headers } = agent.stamped('report', good, stampAt(now()));
      return { body, headers: { ...headers, 'x-lamplighter-counter': '-1' } };
    },
  ],
  [
    'under a key that was never enrolled',
    401,
    'agent.unknown',
    'unknown-key',
    (good) => new SimulatedAgent().stamped('report', good, stampAt(now())),
  ],
  [
    'signed by another key than it names',
    401,
    'agent.unknown',
    'bad-signature',
    (good) => new SimulatedAgent().stamped('report', good, { ...stampAt(now()), keyId: agent.keyId }),
  ],
  [
    'whose body was changed on the way',
    401,
    'agent.unknown',
    'bad-signature',
    (good) => ({
      ...agent.stamped('report', good, stampAt(now())),
      body: changed(new TextDecoder().decode(good), '"kernels":"busy"', '"kernels":"idle"'),
    }),
  ],
  [
    'whose counter was changed on the way',
    401,
    'agent.unknown',
    'bad-signature',
    (good) => {
      const { body, headers } = agent.stamped('report', good, stampAt(now()));
      return { body, headers: { ...headers, 'x-lamplighter-counter': String(now() + 1) } };
    },
  ],
  [
    'that was signed for something else',
    401,
    'agent.unknown',
    'bad-signature',
    (good) => agent.stamped('rotate', good, stampAt(now())),
  ],
  [
    'from more than five minutes ago',
    401,
    'agent.clock',
    'stale',
    (good) => agent.stamped('report', good, stampAt(now() - 5 * minuteMs - 1)),
  ],
  [
    'from more than five minutes ahead',
    401,
    'agent.clock',
    'stale',
    (good) => agent.stamped('report', good, stampAt(now() + 5 * minuteMs + 1)),
  ],
  [
    'sent a second time',
    409,
    'agent.replayed',
    'replayed',
    async (good) => {
      const request = agent.stamped('report', good, { sentAt: now(), counter: 7 });
      const first = await post('/api/reports', { ...request, body: good });
      expect(first.status).toBe(200);
      advance(minuteMs);
      return request;
    },
  ],
  [
    'of 3 kB',
    413,
    'request.too-large',
    'too-large',
    () => agent.stamped('report', new Uint8Array(3000).fill(32), stampAt(now())),
  ],
  [
    'that is no JSON',
    400,
    'request.invalid',
    'malformed',
    () => agent.stamped('report', bytes('{"version":1,'), stampAt(now())),
  ],
  [
    'that is no UTF-8',
    400,
    'request.invalid',
    'malformed',
    () => agent.stamped('report', new Uint8Array([0xff, 0xfe]), stampAt(now())),
  ],
  [
    'that names another instance',
    400,
    'request.invalid',
    'malformed',
    (good) =>
      agent.stamped(
        'report',
        changed(new TextDecoder().decode(good), '{', '{"compute":"ci-bob",'),
        stampAt(now()),
      ),
  ],
  [
    'with a load that is no load',
    400,
    'request.invalid',
    'malformed',
    (good) =>
      agent.stamped('report', changed(new TextDecoder().decode(good), '"busy"', '"stopped"'), stampAt(now())),
  ],
  [
    'with an input in the future',
    400,
    'request.invalid',
    'malformed',
    (good) =>
      agent.stamped(
        'report',
        changed(new TextDecoder().decode(good), '"lastInputSecondsAgo":null', '"lastInputSecondsAgo":-9e9'),
        stampAt(now()),
      ),
  ],
  [
    'after the compute has another owner',
    401,
    'agent.unknown',
    'other-owner',
    async (good) => {
      await knowCompute(app.ledger, 'ci-ada', 'bob', { at: now() + 1 });
      return agent.stamped('report', good, stampAt(now()));
    },
  ],
];

describe('a report', () => {
  it.each(hostile)(
    '%s is refused, changes nothing and is counted',
    async (_what, status, code, counted, request) => {
      const bob = await knowCompute(app.ledger, 'ci-bob', 'bob');
      await enrol();
      const good = bytes(JSON.stringify(bodyOf({ ...quiet, kernels: 'busy' })));
      const sent = await request(good);
      const [before, refusalsBefore] = [await stored(), await readRefusals(app.ledger, startAt)];
      const enrolledBefore = await readEnrolment(app.ledger, ref);
      const reply = await post('/api/reports', sent);

      expect([reply.status, reply.json['code']]).toEqual([status, code]);
      expect(await stored()).toEqual(before);
      expect(await stored(bob)).toEqual([]);
      expect(await readEnrolment(app.ledger, ref)).toEqual(enrolledBefore);
      expect(await readRefusals(app.ledger, startAt)).toEqual({
        ...refusalsBefore,
        [counted]: (refusalsBefore[counted] ?? 0) + 1,
      });
    },
  );

  it('more than twice a minute is refused, and the next minute is welcome', async () => {
    await enrol();
    const replies = [await report(), await report(), await report()];
    advance(minuteMs);
    replies.push(await report());

    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429, 200]);
    expect(await readRefusals(app.ledger, startAt)).toEqual({ 'too-many': 1 });
  });

  it('sent many times at once is taken once', async () => {
    await enrol();
    const request = agent.request('report', bodyOf(quiet), now());
    const replies = await Promise.all(Array.from({ length: 8 }, () => post('/api/reports', request)));

    expect(replies.map(({ status }) => String(status)).sort()).toEqual([
      '200',
      ...Array.from({ length: 7 }, () => '409'),
    ]);
  });

  it('of a flood of made-up keys costs one row', async () => {
    const flood = Array.from({ length: 20 }, () =>
      post('/api/reports', new SimulatedAgent().request('report', bodyOf(quiet), now())),
    );
    await Promise.all(flood);

    expect((await readRefusals(app.ledger, startAt))['unknown-key']).toBeGreaterThan(0);
    expect(await app.ledger.list('enrolments', 'refusals')).toHaveLength(1);
  });

  it('is kept out of the log with key, code and signature', async () => {
    const enrolled = await enrol();
    await report();
    const logged = JSON.stringify(app.log);

    for (const secret of [agent.publicKey, agent.keyId, String(enrolled.json['keyId'])]) {
      expect(logged).not.toContain(secret);
    }
  });
});
