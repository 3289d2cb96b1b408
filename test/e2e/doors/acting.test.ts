import { beforeEach, describe, expect, it } from 'vitest';
import type { ComputeRef } from '../../../src/core/ids.ts';
import { stopInstanceId } from '../../../src/fleet/ids.ts';
import { insertBatch, newBatch } from '../../../src/ledger/batches.ts';
import { isHalted } from '../../../src/ledger/flags.ts';
import {
  readPendingPolicy,
  storePolicyText,
  writeCurrentPolicy,
  writePendingPolicy,
} from '../../../src/ledger/policies.ts';
import { nothingObserved, writeObservations } from '../../../src/ledger/observations.ts';
import { openSaving } from '../../../src/ledger/savings.ts';
import { readSnooze } from '../../../src/ledger/snoozes.ts';
import { readTally } from '../../../src/ledger/tallies.ts';
import { insertWarning } from '../../../src/ledger/warnings.ts';
import { policyHashOf } from '../../../src/core/policy/parse.ts';
import { type AppUnderTest, appUnderTest, type PersonName, startAt } from '../../support/app-under-test.ts';
import { durableRecorder, type DurableRecorder } from '../../support/durable-recorder.ts';
import { knowCompute, pathOf, personOf, refOf } from '../../support/known-compute.ts';

const hourMs = 3_600_000;
const unreadable = { ok: false, kind: 'unanswered', message: 'no answer' } as const;

/** Azure does not answer: nothing that people do over HTTP may depend on it. */
const azureAway = { computes: { get: async () => unreadable } as never };

let app: AppUnderTest;
let durable: DurableRecorder;

beforeEach(async () => {
  app = await appUnderTest(azureAway);
  durable = await durableRecorder(app.app);
});

async function warn(ref: ComputeRef, owner: PersonName): Promise<void> {
  await insertWarning(app.ledger, {
    ref,
    warningId: 'warning-1',
    reason: 'warn.idle',
    owner: personOf(owner),
    sweepId: 'sweep-20260302T0800',
    dueInSweep: 1,
    released: false,
    openedAt: startAt,
    warnMs: hourMs / 2,
    warnedAt: startAt,
    stopDueAt: startAt + hourMs / 2,
    deliveryAttempts: 1,
    undeliveredBecause: null,
    stopRequestedAt: null,
    stopAcceptedAt: null,
    stopAttempts: 0,
    startedAt: null,
    idleSinceAt: null,
    pricePerHourUsd: 0.25,
  });
}

const snooze = (as: PersonName, length: unknown, compute = 'ci-ada') =>
  app.ask('POST', `${pathOf(compute)}/snooze`, { as, body: { for: length } });
const regret = (compute = 'ci-ada', as: PersonName = 'ada') =>
  app.ask('POST', `${pathOf(compute)}/regret`, { as });
const observe = (ref: ComputeRef, maxSnoozeMs: number) =>
  writeObservations(
    app.ledger,
    ref,
    [
      {
        ...nothingObserved(ref),
        at: startAt,
        known: {
          state: 'Running',
          vmSize: null,
          owner: null,
          startedAt: startAt - hourMs,
          readSinglyAt: null,
        },
        applies: { mode: 'enforce', schedules: ['office'], maxSnoozeMs, isFree: true },
      },
    ],
    new Map(),
  );
const stopped = (ref: ComputeRef) =>
  openSaving(app.ledger, {
    ref,
    warningId: 'warning-1',
    owner: personOf('ada'),
    vmSize: 'Standard_DS3_v2',
    reason: 'stop.idle',
    stopRequestedAt: startAt - hourMs,
    stoppedAt: startAt - hourMs,
    pricePerHourUsd: 0.25,
    startedAt: null,
    regret: null,
  });

describe('a snooze over HTTP', () => {
  it('is in the ledger before the workflow of the warning is woken', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    await warn(ref, 'ada');
    const inLedger: boolean[] = [];
    durable.onRequest(async () => void inLedger.push((await readSnooze(app.ledger, ref, startAt)) !== null));
    const { status, json } = await snooze('ada', '2h');

    expect([status, json['snooze']]).toEqual([
      200,
      { at: '2026-03-02T08:00:00.000Z', until: '2026-03-02T10:00:00.000Z', by: 'ada' },
    ]);
    expect(durable.requests).toEqual([
      { method: 'POST', path: `/instances/${stopInstanceId(ref, 'warning-1')}/raiseEvent/wake` },
    ]);
    expect(inLedger).toEqual([true]);
  });

  it('holds though the workflow cannot be woken', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    await warn(ref, 'ada');
    durable.answerWith(500);

    expect((await snooze('ada', '2h')).status).toBe(200);
    expect((await readSnooze(app.ledger, ref, startAt))?.until).toBe(startAt + 2 * hourMs);
  });

  it('is for the owner and for admins', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');

    expect((await snooze('bob', '1h')).status).toBe(404);
    expect(await readSnooze(app.ledger, ref, startAt)).toBeNull();
    expect((await snooze('admin', '1h')).status).toBe(200);
  });

  it('is at most as long as the policy in force allows, and the answer names the limit', async () => {
    await knowCompute(app.ledger, 'ci-ada', 'ada');
    const text = 'version: 1\nidle: { maxSnooze: 3h }\n';
    await storePolicyText(app.ledger, policyHashOf(text), text, startAt);
    await writeCurrentPolicy(app.ledger, { hash: policyHashOf(text), sinceAt: startAt, approvedBy: null });
    const refused = await snooze('ada', '3h1s');

    expect([refused.status, refused.json['code']]).toEqual([400, 'snooze.too-long']);
    expect(refused.json['detail']).toContain('3h');
    expect((await snooze('ada', '3h')).status).toBe(200);
  });

  it('is at most as long as the overrides of the policy allow this one', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    await observe(ref, 2 * hourMs);
    const refused = await snooze('ada', '3h');

    expect([refused.status, refused.json['code']]).toEqual([400, 'snooze.too-long']);
    expect(refused.json['detail']).toContain('2h');
    expect((await snooze('ada', '2h')).status).toBe(200);
  });

  it('lasts through the night where a schedule stops it, and says where that is longer than allowed', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    const text =
      'version: 1\nmode: enforce\nschedules: [ { name: office, days: [Mon, Tue], start: "07:00", stop: "19:00" } ]\n';
    await storePolicyText(app.ledger, policyHashOf(text), text, startAt);
    await writeCurrentPolicy(app.ledger, { hash: policyHashOf(text), sinceAt: startAt, approvedBy: null });
    const night = () =>
      app.ask('POST', `${pathOf('ci-ada')}/snooze`, { as: 'ada', body: { until: 'next-start' } });
    const unseen = await night();
    expect([unseen.status, unseen.json['code']]).toEqual([409, 'snooze.no-stop']);

    await observe(ref, 24 * hourMs);
    expect((await night()).json['snooze']).toMatchObject({ until: '2026-03-03T07:00:00.000Z' });
    const seen = await app.ask('GET', pathOf('ci-ada'), { as: 'ada' });
    expect(seen.json['schedule']).toMatchObject({
      sentence: expect.stringContaining('Stops at 2026-03-03 19:00 UTC by schedule office'),
      stop: { at: '2026-03-03T19:00:00.000Z', due: false },
    });

    await observe(ref, 4 * hourMs);
    const refused = await night();
    expect([refused.status, refused.json['code']]).toEqual([400, 'snooze.too-long']);
    expect(refused.json['detail']).toContain(
      'is over at 2026-03-03 07:00 UTC, in 23 h; a snooze lasts at most 4h',
    );
  });

  it.each(['', '2', '-1h', 'two hours', '1h30', '0s', 7_200_000, null, '9'.repeat(40)])(
    'of %j is refused in words',
    async (length) => {
      await knowCompute(app.ledger, 'ci-ada', 'ada');
      const { status, json } = await snooze('ada', length);

      expect(status).toBe(400);
      expect(json['try']).toBeTruthy();
    },
  );

  it('ends when its owner says so', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    await snooze('ada', '2h');
    const end = () => app.ask('DELETE', `${pathOf('ci-ada')}/snooze`, { as: 'ada' });

    expect((await end()).json).toMatchObject({ ended: true });
    expect(await readSnooze(app.ledger, ref, startAt)).toBeNull();
    expect((await end()).json).toMatchObject({ ended: false });
  });
});

describe('regret over HTTP', () => {
  it('counts once, however often it is said', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    await stopped(ref);
    await regret();
    await regret();

    expect((await readTally(app.ledger, ref, startAt)).regrets).toBe(1);
    const { json } = await app.ask('GET', '/api/summary', { as: 'ada' });
    expect(json['regrets']).toEqual({ stops: 1, regrets: 1, percent: 100, days: 30 });
    expect(json['savings']).toMatchObject({ stops: 1, hoursOff: 1, usd: 0.25 });
  });

  it('is refused where Lamplighter stopped nothing lately', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    expect([(await regret()).status]).toEqual([409]);
    await stopped(ref);
    app.clock.advanceTo(startAt + 8 * 24 * hourMs);

    expect((await regret()).json['code']).toBe('regret.no-stop');
  });
});

describe('brakes over HTTP', () => {
  it('halt and resume are an admin’s, and everybody may see why', async () => {
    expect((await app.ask('POST', '/api/halt', { as: 'ada', body: {} })).status).toBe(403);
    expect(await isHalted(app.ledger)).toBe(false);

    await app.ask('POST', '/api/halt', { as: 'admin', body: { why: 'exam week' } });
    expect(await isHalted(app.ledger)).toBe(true);
    expect((await app.ask('GET', '/api/halt', { as: 'ada' })).json).toMatchObject({
      halted: true,
      by: 'admin',
      why: 'exam week',
    });

    await app.ask('POST', '/api/resume', { as: 'admin' });
    expect(await isHalted(app.ledger)).toBe(false);
  });

  it('a batch held by the blast limit is released by an admin, once', async () => {
    await insertBatch(app.ledger, newBatch('batch-1', startAt, 5, [refOf('ci-a'), refOf('ci-b')]));
    const release = (as: PersonName, id = 'batch-1') => app.ask('POST', `/api/batches/${id}/release`, { as });

    expect((await app.ask('GET', '/api/batches', { as: 'ada' })).status).toBe(403);
    expect((await release('ada')).status).toBe(403);
    expect((await release('admin', 'batch-9')).json['code']).toBe('batch.missing');
    expect((await release('admin')).json).toMatchObject({
      status: 'released',
      releasedBy: 'admin',
      count: 2,
    });
    expect((await release('admin')).status).toBe(200);
  });

  it('a changed policy is approved by an admin, as exactly the text that was shown', async () => {
    const pending = {
      hash: 'abcdef0123456789',
      insteadOf: 'older',
      at: startAt,
      limit: 5,
      count: 1,
      shown: [refOf('ci-ada')],
      rows: [],
      approvedBy: null,
      approvedAt: null,
    };
    await writePendingPolicy(app.ledger, pending, null);
    const approve = (as: PersonName, hash: string) =>
      app.ask('POST', `/api/policy/approvals/${hash}`, { as });

    expect((await approve('ada', pending.hash)).status).toBe(403);
    expect((await approve('admin', 'fedcba9876543210')).json['code']).toBe('policy.nothing-pending');
    expect((await approve('admin', 'not-a-hash')).status).toBe(400);
    expect((await approve('admin', pending.hash)).json).toMatchObject({ approvedBy: 'admin' });
    expect((await readPendingPolicy(app.ledger))?.pending.approvedBy).toBe('admin');
    const seen = await app.ask('GET', '/api/policy', { as: 'ada' });
    expect(seen.json['pending']).toMatchObject({ count: 1, computes: [] });
  });
});

describe('a sweep over HTTP', () => {
  it('is begun by an admin, once per key, with a status link of our own', async () => {
    const ask = (headers = {}) => app.ask('POST', '/api/sweeps', { as: 'admin', headers });
    const first = await ask({ 'idempotency-key': 'sweep-key-1' });
    const again = await ask({ 'idempotency-key': 'sweep-key-1' });

    expect(first.status).toBe(202);
    expect(first.headers.get('location')).toBe('/api/sweeps/sweep-20260302T0800');
    expect(again.headers.get('location')).toBe('/api/sweeps/sweep-20260302T0800');
    expect(durable.requests.filter((one) => one.method === 'POST')).toHaveLength(1);
    expect(JSON.stringify([first.json, [...first.headers]])).not.toMatch(/code=|runtime\/webhooks/);

    const status = await app.ask('GET', '/api/sweeps/sweep-20260302T0800', { as: 'admin' });
    expect(status.json).toMatchObject({ sweepId: 'sweep-20260302T0800', status: 'running' });
  });

  it('is not begun by a user, nor without a key', async () => {
    expect((await app.ask('POST', '/api/sweeps', { as: 'ada' })).status).toBe(403);
    const keyless = await app.ask('POST', '/api/sweeps', { as: 'admin', headers: { 'idempotency-key': '' } });

    expect([keyless.status, keyless.json['code']]).toEqual([400, 'idempotency.key']);
    expect(durable.requests).toEqual([]);
  });
});
