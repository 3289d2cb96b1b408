import { afterEach, describe, expect, it } from 'vitest';
import { halt, resume } from '../../src/fleet/halt.ts';
import { readWorkspaceSavings } from '../../src/ledger/savings.ts';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
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

/** The world begins on Monday at 08:00 UTC: this one stops at 09:00 and starts at 11:00. */
const lunch = (more = '', rest = ''): string =>
  enforce(
    `idle: { enabled: false }\nschedules: [ { name: lunch, stop: "09:00", start: "11:00"${more} } ]\n${rest}`,
  );
const stopped = (name: string, more: Partial<ComputeSpec> = {}): ComputeSpec =>
  idle(name, { state: 'Stopped', sinceAt: startAt - 12 * hour, ...more });
const startsOf = (name: string): readonly number[] =>
  world.azure.writes
    .filter((write) => write.byApp && write.operation === 'start' && write.compute === name)
    .map((write) => write.at);

const budget = (usd: number, more = ''): string => `quotas: [ { per: user, moneyPerMonth: ${usd}${more} } ]`;

describe('a scheduled start', () => {
  it('starts at its time what the schedule stopped, and nothing else that is off', async () => {
    world = await fleetWorld([idle('ci-ada'), stopped('ci-bob')], { policy: lunch() });
    await world.runTo(at(4));
    expect(world.stopsOf('ci-ada')).toEqual([at(1)]);
    expect(startsOf('ci-ada')).toEqual([at(3)]);
    expect(startsOf('ci-bob')).toEqual([]);
    expect(world.azure.stateOf('ci-ada')).toBe('Running');
    expect(await world.historyOf('ci-ada')).toEqual(expect.arrayContaining(['start.schedule']));
    const [saving] = await readWorkspaceSavings(world.ledger, refOf('ci-ada'));
    expect(saving).toMatchObject({ schedule: 'lunch', regret: null });
    expect(saving?.startedAt).toBeGreaterThan(at(3));
  });

  it('has its decision on record before Azure is asked', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: lunch() });
    const reasons: Promise<string | undefined>[] = [];
    world.azure.onRequest((request) => {
      if (request.method === 'POST' && request.url.includes('/start')) {
        reasons.push(world.decisionOf('ci-ada').then((decision) => decision?.reason));
      }
      return null;
    });
    await world.runTo(at(3, 10));
    expect(await Promise.all(reasons)).toEqual(['start.schedule']);
  });

  it('starts all that is off where the schedule says so', async () => {
    world = await fleetWorld([idle('ci-ada'), stopped('ci-bob')], { policy: lunch(', startAll: true') });
    await world.runTo(at(4));
    expect([startsOf('ci-ada'), startsOf('ci-bob')]).toEqual([[at(3)], [at(3)]]);
  });

  it('happens once: what somebody stops after it stays off', async () => {
    world = await fleetWorld([stopped('ci-bob')], { policy: lunch(', startAll: true') });
    await world.runTo(at(3, 20));
    world.azure.act({ do: 'stop', compute: 'ci-bob', by: 'ada' });
    await world.runTo(at(6));
    expect(startsOf('ci-bob')).toEqual([at(3)]);
    expect(world.azure.stateOf('ci-bob')).toBe('Stopped');
  });

  it('leaves off what somebody started and stopped again after the schedule had', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: lunch() });
    await world.runTo(at(1, 30));
    world.azure.act({ do: 'start', compute: 'ci-ada', by: 'ada' });
    await world.runTo(at(2));
    world.azure.act({ do: 'stop', compute: 'ci-ada', by: 'ada' });
    await world.runTo(at(4));
    expect(startsOf('ci-ada')).toEqual([]);
  });

  it('is made up for when Azure had no room at its time', async () => {
    const poor = stopped('ci-bob', { fails: { start: ['NoCapacity', 'NoCapacity'] } });
    world = await fleetWorld([poor], { policy: lunch(', startAll: true') });
    await world.runTo(at(4));
    expect(startsOf('ci-bob').length).toBeGreaterThan(0);
    expect(world.azure.stateOf('ci-bob')).toBe('Running');
  });

  it('is not made up for after the next stop, and admins hear of it', async () => {
    const poor = stopped('ci-bob', {
      fails: { start: Array.from({ length: 80 }, () => 'NoCapacity' as const) },
    });
    const short = enforce(
      'idle: { enabled: false }\nschedules: [ { name: lunch, stop: "10:00", start: "09:00", startAll: true } ]',
    );
    world = await fleetWorld([poor], { policy: short });
    await world.runTo(at(1, 59));
    const asked = world.azure.callCount('start');
    expect(asked).toBeGreaterThan(2);
    await world.runTo(at(6));
    expect(world.azure.callCount('start')).toBe(asked);
    expect(world.told('alert').map(({ title }) => title)).toEqual(['ci-bob cannot be started']);
  });

  it('waits while halted, and is made up for', async () => {
    world = await fleetWorld([stopped('ci-bob')], { policy: lunch(', startAll: true') });
    await halt(world.flow, 'root', null);
    await world.runTo(at(3, 31));
    expect(startsOf('ci-bob')).toEqual([]);
    await resume(world.flow, 'root');
    await world.runTo(at(3, 40));
    expect(startsOf('ci-bob')).toEqual([at(3, 35)]);
  });

  it('leaves protected and exempt ones off, and does nothing but in mode enforce', async () => {
    const rest =
      'protected: [ { compute: ci-prod } ]\nexempt: [ { match: { compute: ci-demo }, until: 2026-03-09 } ]';
    world = await fleetWorld([stopped('ci-prod'), stopped('ci-demo')], {
      policy: lunch(', startAll: true', rest),
    });
    await world.runTo(at(4));
    expect([startsOf('ci-prod'), startsOf('ci-demo')]).toEqual([[], []]);
    await world.close();
    world = await fleetWorld([stopped('ci-bob')], {
      policy: lunch(', startAll: true').replace('enforce', 'warn'),
    });
    await world.runTo(at(4));
    expect(startsOf('ci-bob')).toEqual([]);
  });

  it('does not come where a budget is exceeded', async () => {
    // A machine of Ada's runs all the time: at 11:00 it has cost more than a cent.
    const fleet = [stopped('ci-bob'), idle('ci-ada')];
    const all = ', startAll: true, match: { compute: ci-bob }';
    world = await fleetWorld(fleet, { policy: lunch(all, budget(0.01)) });
    await world.runTo(at(4));
    expect(startsOf('ci-bob')).toEqual([]);
    expect(await world.decisionOf('ci-bob')).toMatchObject({ reason: 'keep.not-running' });
    for (const fine of [budget(1000), budget(0.01, ', onExceeded: report')]) {
      await world.close();
      world = await fleetWorld(fleet, { policy: lunch(all, fine) });
      await world.runTo(at(3, 10));
      expect(startsOf('ci-bob')).toEqual([at(3)]);
    }
  });

  it('asks once, also when the process dies around it', async () => {
    world = await fleetWorld([stopped('ci-bob')], { policy: lunch(', startAll: true') });
    await world.runTo(at(3));
    await world.crash();
    await world.runTo(at(3, 1));
    await world.crash();
    await world.runTo(at(4));
    expect(startsOf('ci-bob')).toEqual([at(3)]);
  });
});
