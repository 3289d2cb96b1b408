import { describe, expect, it } from 'vitest';
import { openSaving, readSavings } from '../../src/ledger/savings.ts';
import { parseComputeArmId, parseObjectId } from '../../src/core/ids.ts';
import { ended } from '../support/provision-outcome.ts';
import { hour, idOf, minute, startAt } from '../support/provision-world.ts';
import { simulatedSubscription } from '../support/simulated-adapters.ts';
import { adas, deletions, expectAsBefore, bigger, recreateWorld, resize } from '../support/recreate-world.ts';

const ref = parseComputeArmId(
  `/subscriptions/${simulatedSubscription}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws1/computes/ci-ada`,
);
const day = 24 * hour;

describe('an instance that is made anew while others act on it', () => {
  it('is made again although its deletion took effect late, and asked twice met a refusal', async () => {
    const refusals = Array.from({ length: 6 }, () => 'Conflict' as const);
    const world = await recreateWorld({ ada: { fails: { delete: ['TimeoutBefore', ...refusals] } } });
    const id = String((await resize(world)).json['requestId']);
    await world.runFor(100_000);
    expect((await world.requestOf(id)).recreation?.deleteAskedAt).not.toBeNull();
    const late = await world.ask('POST', `/api/requests/${id}/cancel`, { as: 'ada' });
    expect([late.status, late.json['code']]).toEqual([409, 'request.conflict']);
    // The deletion whose answer was lost takes effect after all.
    world.azure.act({ do: 'delete', compute: 'ci-ada' } as never);
    await world.runFor(25 * minute);
    expect(await ended(world, id)).toBe('completed');
    expectAsBefore(world, bigger);
  });

  it('counts as no regret of the stop before it, and its saving ends', async () => {
    const world = await recreateWorld({ sweeps: true, ada: { state: 'Stopped', sinceAt: startAt - minute } });
    await openSaving(world.ledger, {
      ref,
      warningId: 'w1',
      owner: { objectId: parseObjectId(idOf('ada')), name: 'ada' },
      vmSize: 'Standard_DS3_v2',
      reason: 'stop.idle',
      stopRequestedAt: startAt - 3 * minute,
      stoppedAt: startAt - minute,
      pricePerHourUsd: 1,
      startedAt: null,
      regret: null,
    });
    const id = String((await resize(world)).json['requestId']);
    await world.runFor(25 * minute);
    expect(await ended(world, id)).toBe('completed');
    const [saving] = await readSavings(world.ledger, ref, 1);
    expect(saving?.saving).toMatchObject({ warningId: 'w1', regret: null });
    expect(saving?.saving.startedAt).toBeGreaterThan(startAt);
  });

  it('is not deleted by an older consent while its request is open', async () => {
    const policy =
      'version: 1\nmode: enforce\nforgotten: { stoppedFor: 30d, remedy: delete }\napprovals: [ { match: {}, above: { cores: 2 } } ]\n';
    const world = await recreateWorld({
      policy,
      sweeps: true,
      ada: { state: 'Stopped', sinceAt: startAt - 40 * day },
    });
    await world.runFor(6 * minute);
    const { json } = await world.ask('GET', '/api/findings?code=instance.forgotten', { as: 'ada' });
    const [finding] = json['findings'] as readonly { readonly findingId: string }[];
    const said = await world.ask('POST', '/api/findings/consent', {
      as: 'ada',
      body: { findingId: finding?.findingId, compute: 'ci-ada' },
    });
    expect([said.status, said.text]).toEqual([200, expect.any(String)]);
    const asked = await resize(world);
    expect(asked.json).toMatchObject({ status: 'awaiting-approval' });
    const id = String(asked.json['requestId']);
    await world.runFor(2 * hour);
    expect([world.azure.exists('ci-ada'), deletions(world)]).toEqual([true, 0]);
    await world.ask('POST', `/api/requests/${id}/approve`, { as: 'cleo', body: {} });
    await world.runFor(25 * minute);
    expect(await ended(world, id)).toBe('completed');
    expectAsBefore(world, bigger);
  });

  it('is not started by its schedule before it is deleted, and runs afterwards', async () => {
    const policy =
      'version: 1\nmode: enforce\nidle: { enabled: false }\nschedules: [ { name: early, stop: "20:00", start: "08:10", startAll: true } ]\n';
    const refusals = Array.from({ length: 30 }, () => 'Conflict' as const);
    const ada = { state: 'Stopped' as const, sinceAt: startAt - 12 * hour, fails: { delete: refusals } };
    const world = await recreateWorld({ policy, sweeps: true, ada });
    await world.runFor(8 * minute);
    const id = String((await resize(world)).json['requestId']);
    await world.runFor(3 * hour);
    expect(await ended(world, id)).toBe('completed');
    expectAsBefore(world, bigger);
    expect(world.azure.writes.map(({ operation }) => operation)).toEqual(['delete', 'create']);
  });

  it('is left alone where nobody can tell its use, and the word that nothing runs on it is a day old', async () => {
    const policy = 'version: 1\napprovals: [ { match: {}, above: { cores: 2 } } ]\n';
    const world = await recreateWorld({ policy, ada: { metrics: [] } });
    const asked = await resize(world, { acceptUnknownUse: true });
    const id = String(asked.json['requestId']);
    expect(asked.json).toMatchObject({ status: 'awaiting-approval' });
    await world.runFor(20 * hour);
    await world.ask('POST', `/api/requests/${id}/approve`, { as: 'cleo', body: {} });
    await world.runFor(25 * minute);
    expect(await ended(world, id)).toBe('failed');
    expect(await world.requestOf(id)).toMatchObject({ reason: 'fail.in-use' });
    expect(deletions(world)).toBe(0);
  });

  it('is not begun with a job that waits for it while it is off', async () => {
    const jobs = [{ name: 'train', status: 'Queued', fromAt: startAt - hour, toAt: startAt + 9 * hour }];
    const world = await recreateWorld({ ada: { ...adas(), state: 'Stopped', jobs } });
    const asked = await resize(world);
    expect([asked.status, asked.text]).toEqual([422, expect.stringContaining('train')]);
    expect(deletions(world)).toBe(0);
  });
});
