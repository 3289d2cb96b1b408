import { afterEach, describe, expect, it } from 'vitest';
import { approvePolicy } from '../../src/fleet/approve-policy.ts';
import { releaseBatch } from '../../src/fleet/release-batch.ts';
import { sayRegret } from '../../src/fleet/say-regret.ts';
import { readNewestBatch } from '../../src/ledger/batches.ts';
import { readCurrentPolicy, readPendingPolicy } from '../../src/ledger/policies.ts';
import { readSavings } from '../../src/ledger/savings.ts';
import { readLastFinishedSummary } from '../../src/ledger/sweeps.ts';
import { readTally } from '../../src/ledger/tallies.ts';
import { policyHashOf } from '../../src/core/policy/parse.ts';
import {
  at,
  enforce,
  type FleetWorld,
  fleetWorld,
  hour,
  idle,
  refOf,
  startAt,
} from '../support/fleet-world.ts';

let world: FleetWorld;
afterEach(() => world.close());

const crowd = (count: number): ReturnType<typeof idle>[] =>
  Array.from({ length: count }, (_, index) => idle(`ci-${String.fromCharCode(97 + index)}x`));
const late = (name: string) => idle(name, { sinceAt: startAt - 55 * 60_000 });
const stopsOfAll = (names: readonly { readonly name: string }[]): number =>
  names.reduce((sum, { name }) => sum + world.stopsOf(name).length, 0);
const strict = 'version: 1\nmode: enforce\nlimits: { maxStops: 25, maxStopsPercent: 20 }\n';

describe('the blast limit', () => {
  it('holds all of them with one alert, until an admin releases exactly these', async () => {
    const fleet = crowd(8);
    world = await fleetWorld(fleet, { policy: strict });
    await world.runTo(at(0, 31));
    expect(world.told('warning')).toEqual([]);
    expect(world.told('alert')).toHaveLength(1);
    expect(await world.decisionOf('ci-ax')).toMatchObject({ reason: 'keep.blast-limit', would: 'warn.idle' });
    expect(await readLastFinishedSummary(world.ledger)).toMatchObject({ heldByBlastLimit: 8, warned: 0 });

    const batch = await releaseBatch(world.flow, null, 'root');
    expect(batch).toMatchObject({ count: 8, limit: 5 });
    await world.runTo(at(1, 10));
    expect(world.told('warning')).toHaveLength(8);
    expect(stopsOfAll(fleet)).toBe(8);
    expect((await readNewestBatch(world.ledger))?.batch.status).toBe('spent');
    expect(world.told('alert')).toHaveLength(1);
  });

  it('lets go when fewer are left, and has nothing to release then', async () => {
    const fleet = crowd(6);
    world = await fleetWorld(fleet, { policy: strict });
    await world.runTo(at(0, 11));
    world.azure.act({ do: 'stop', compute: 'ci-ax', by: 'ada' });
    await world.runTo(at(0, 16));
    expect(world.told('warning')).toHaveLength(5);
    await expect(releaseBatch(world.flow, null, 'root')).rejects.toMatchObject({ code: 'batch.missing' });
  });

  it('does not count those that are under a warning already', async () => {
    world = await fleetWorld([...crowd(5), late('ci-la'), late('ci-lb')], { policy: strict });
    await world.runTo(at(1));
    expect(world.told('warning')).toHaveLength(7);
    expect(world.told('alert')).toEqual([]);
  });

  it('is looked at once more right before the stops', async () => {
    const fleet = crowd(8);
    world = await fleetWorld(fleet);
    await world.runTo(at(0, 29));
    expect(world.told('warning')).toHaveLength(8);
    world.policy = `${enforce()}idle: { networkBelow: 21 }\n`.replace('100 }', '100, maxStops: 3 }');
    await world.runTo(at(0, 34));
    expect(stopsOfAll(fleet)).toBeLessThanOrEqual(3);
  });
});

describe('a changed policy', () => {
  it('that would newly warn more than the limit waits for an admin, with the list', async () => {
    const fleet = crowd(8);
    world = await fleetWorld(fleet, { policy: 'version: 1\n' });
    await world.runTo(at(0, 12));
    world.policy = strict;
    await world.runTo(at(0, 31));
    expect(world.told('warning')).toEqual([]);
    expect(world.told('alert')).toHaveLength(1);
    expect((await readPendingPolicy(world.ledger))?.pending).toMatchObject({ count: 8, limit: 5 });
    expect((await world.decisionOf('ci-ax'))?.reason).toBe('keep.mode');

    await approvePolicy(world.flow, policyHashOf(strict), 'root');
    await world.runTo(at(0, 36));
    expect(await readCurrentPolicy(world.ledger)).toMatchObject({
      hash: policyHashOf(strict),
      approvedBy: 'root',
    });
    expect(world.told('warning')).toHaveLength(8);
  });

  it('that would not is in force at the next sweep', async () => {
    world = await fleetWorld(crowd(3), { policy: 'version: 1\n' });
    await world.runTo(at(0, 12));
    world.policy = strict;
    await world.runTo(at(0, 16));
    expect(world.told('warning')).toHaveLength(3);
  });

  it('that is not accepted leaves the last good one in force, and says so once', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    await world.runTo(at(0, 1));
    world.policy = 'version: 1\nmode: enforced\n';
    await world.runTo(at(0, 31));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 30)]);
    expect(world.told('alert')).toHaveLength(1);
    expect(world.told('alert')[0]?.sentence).toContain('Line 2');
  });
});

const restartAfterStop = async (): Promise<void> => {
  world = await fleetWorld([idle('ci-ada')]);
  await world.runTo(at(0, 36));
  world.azure.act({ do: 'start', compute: 'ci-ada', by: 'ada' });
  await world.runTo(at(0, 46));
};

describe('a regret', () => {
  it('is counted when the owner restarts soon after the stop, and the workspace falls back to warn', async () => {
    await restartAfterStop();
    expect(await readTally(world.ledger, refOf('ci-ada'), world.clock.now())).toEqual({
      stops: 1,
      regrets: 1,
    });
    const [saving] = await readSavings(world.ledger, refOf('ci-ada'));
    expect(saving?.saving).toMatchObject({ regret: { how: 'restarted' }, startedAt: at(0, 39) });
    await world.runTo(at(3));
    expect(world.stopsOf('ci-ada')).toHaveLength(1);
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'keep.mode', would: 'stop.idle' });
    expect(world.told('alert').map((alert) => alert.title)).toEqual(['ws1 falls back to mode warn']);
  });

  it('is not counted when the restart comes late', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    await world.runTo(at(1));
    world.azure.act({ do: 'start', compute: 'ci-ada', by: 'ada' });
    await world.runTo(at(3));
    expect(await readTally(world.ledger, refOf('ci-ada'), world.clock.now())).toMatchObject({ regrets: 0 });
    expect(world.stopsOf('ci-ada')).toHaveLength(2);
  });

  it('can be said, and counts once', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    await world.runTo(at(0, 40));
    await sayRegret(world.flow, refOf('ci-ada'), 'ada');
    await sayRegret(world.flow, refOf('ci-ada'), 'ada');
    expect(await readTally(world.ledger, refOf('ci-ada'), world.clock.now())).toEqual({
      stops: 1,
      regrets: 1,
    });
    await expect(sayRegret(world.flow, refOf('ci-bob'), 'bob')).rejects.toMatchObject({
      code: 'regret.no-stop',
    });
  });
});

describe('what cannot be seen', () => {
  it('is listed after a while, and its owner is asked once', async () => {
    world = await fleetWorld([idle('ci-ada', { metrics: [] })], {
      policy: enforce('idle: { unknownAlertAfter: 2h }'),
    });
    await world.runTo(at(1, 59));
    expect(world.messages).toEqual([]);
    await world.runTo(at(4));
    expect(world.told('question', 'ci-ada')).toHaveLength(1);
    expect(await readLastFinishedSummary(world.ledger)).toMatchObject({
      running: 1,
      asked: 1,
      decidable: 0,
      decidableBy: { metrics: 0, session: 0, both: 0, neither: 1 },
      blindSpotCount: 1,
      blindSpots: [{ sinceAt: startAt }],
    });
    expect(world.azure.writes).toEqual([]);
  });

  it('over the whole fleet at once is an alert, never a wave of stops', async () => {
    const until = at(2);
    const fleet = Array.from({ length: 8 }, (_, index) =>
      idle(`ci-${String.fromCharCode(97 + index)}x`, {
        metrics: [{ fromAt: startAt - 3 * hour, toAt: until, cpu: 50 }],
      }),
    );
    world = await fleetWorld(fleet);
    await world.runTo(at(4));
    expect(world.azure.writes).toEqual([]);
    expect(world.told('alert').map((alert) => alert.title)).toEqual([
      'Lamplighter suddenly sees much less of the fleet',
    ]);
  });
});
