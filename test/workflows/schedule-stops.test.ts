import { afterEach, describe, expect, it } from 'vitest';
import { halt, resume } from '../../src/fleet/halt.ts';
import { snooze } from '../../src/fleet/snooze.ts';
import { readClosedWarnings, readOpenWarningsOf } from '../../src/ledger/warnings.ts';
import {
  at,
  busyBetween,
  enforce,
  type FleetWorld,
  fleetWorld,
  hour,
  idle,
  minute,
  refOf,
  startAt,
} from '../support/fleet-world.ts';

let world: FleetWorld;
afterEach(() => world.close());

const nobody = { raiseEvent: async () => undefined };
/** The world begins on Monday at 08:00 UTC: this one stops at 10:00. */
const office = (more = '', rest = ''): string =>
  enforce(`idle: { enabled: false }\nschedules: [ { name: office, stop: "10:00"${more} } ]\n${rest}`);
const blind = (name: string) => idle(name, { metrics: [] });

describe('a scheduled stop', () => {
  it('is announced half an hour before and done at its time', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: office() });
    await world.runTo(at(1, 29));
    expect(world.told('warning')).toEqual([]);
    await world.runTo(at(1, 59));
    expect(await world.decisionOf('ci-ada')).toMatchObject({
      reason: 'warn.schedule',
      stopDueAt: at(2),
      facts: { schedule: 'office' },
    });
    expect(world.told('warning', 'ci-ada')).toHaveLength(1);
    await world.runTo(at(2, 10));
    expect(world.stopsOf('ci-ada')).toEqual([at(2)]);
    expect(await world.historyOf('ci-ada')).toEqual([
      'keep.idle-off',
      'warn.schedule',
      'stop.schedule',
      'keep.not-running',
    ]);
  });

  it('is announced to those who work, waits for them, and is done when they have been quiet for a while', async () => {
    world = await fleetWorld([busyBetween('ci-ada', startAt - hour, at(2, 40))], { policy: office() });
    await world.runTo(at(1, 45));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'warn.schedule' });
    await world.runTo(at(2, 30));
    expect(await world.decisionOf('ci-ada')).toMatchObject({
      reason: 'keep.active.cpu',
      facts: { schedule: 'office' },
    });
    expect(await readOpenWarningsOf(world.ledger, refOf('ci-ada'))).toHaveLength(1);
    // Busy until 10:40; a quiet quarter of an hour and the delay of the metrics later it may go.
    await world.runTo(at(3, 30));
    expect(world.stopsOf('ci-ada')).toEqual([at(3)]);
    expect(world.told('warning')).toHaveLength(1);
    expect(world.told('withdrawn')).toEqual([]);
  });

  it('waits while nothing is known, and ends with the day', async () => {
    world = await fleetWorld([blind('ci-ada')], { policy: office() });
    await world.runTo(at(2, 5));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'keep.unknown.metrics' });
    await world.runTo(at(16, 10));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(await readOpenWarningsOf(world.ledger, refOf('ci-ada'))).toEqual([]);
    const [closed] = await readClosedWarnings(world.ledger, refOf('ci-ada'));
    expect(closed).toMatchObject({ outcome: 'withdrawn', closedAt: at(16) });
  });

  it('waits for a job, also where it stops what is in use', async () => {
    const job = { name: 'train', fromAt: startAt, toAt: at(3), status: 'Running' };
    world = await fleetWorld([idle('ci-ada', { jobs: [job] })], { policy: office(', evenIfActive: true') });
    await world.runTo(at(2, 30));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'keep.active.job' });
    await world.runTo(at(3, 30));
    expect(world.stopsOf('ci-ada')).toEqual([at(3)]);
  });

  it('stops at its time what is in use, where the schedule says so, and never what nobody can see', async () => {
    const worker = busyBetween('ci-ada', startAt - hour, at(20));
    world = await fleetWorld([worker, blind('ci-bob')], { policy: office(', evenIfActive: true') });
    await world.runTo(at(4));
    expect(world.stopsOf('ci-ada')).toEqual([at(2)]);
    expect(world.stopsOf('ci-bob')).toEqual([]);
  });

  it('leaves alone what somebody starts after it, until its next one', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: office() });
    await world.runTo(at(2, 20));
    expect(world.stopsOf('ci-ada')).toEqual([at(2)]);
    world.azure.act({ do: 'start', compute: 'ci-ada', by: 'ada' });
    await world.runTo(at(25, 29));
    expect(world.stopsOf('ci-ada')).toHaveLength(1);
    await world.runTo(at(26, 5));
    expect(world.stopsOf('ci-ada')).toEqual([at(2), at(26)]);
  });

  it('warns who was snoozed at the time of the warning when it is first due, and stops the whole time later', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: office() });
    await world.runTo(at(1, 20));
    await snooze(world.flow, nobody, { ref: refOf('ci-ada'), forMs: 80 * minute, by: 'ada' });
    await world.runTo(at(2, 39));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'keep.snoozed' });
    expect(world.told('warning')).toEqual([]);
    await world.runTo(at(3, 20));
    expect(world.stopsOf('ci-ada')).toEqual([at(3, 10)]);
  });

  it('is off after a snooze of its warning, and comes again after it', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: office() });
    await world.runTo(at(1, 45));
    await snooze(world.flow, nobody, { ref: refOf('ci-ada'), forMs: 45 * minute, by: 'ada' });
    await world.runTo(at(2, 29));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'keep.snoozed' });
    await world.runTo(at(3, 10));
    expect(world.stopsOf('ci-ada')).toEqual([at(3)]);
    expect(world.told('warning')).toHaveLength(2);
  });

  it('does nothing while halted, and goes on after', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: office() });
    await world.runTo(at(1, 40));
    await halt(world.flow, 'root', null);
    await world.runTo(at(2, 20));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'keep.halted' });
    await resume(world.flow, 'root');
    await world.runTo(at(3));
    expect(world.stopsOf('ci-ada')).toEqual([at(2, 55)]);
  });

  it('does not come while the blast limit counts: a whole fleet may be stopped', async () => {
    const fleet = Array.from({ length: 12 }, (_, index) => idle(`ci-a${index}`));
    world = await fleetWorld(fleet, {
      policy: office('', 'limits: { maxStops: 2 }').replace('limits: { maxStopsPercent: 100 }\n', ''),
    });
    await world.runTo(at(2, 10));
    expect(fleet.map(({ name }) => world.stopsOf(name))).toEqual(fleet.map(() => [at(2)]));
  });

  it.each([
    { mode: 'observe', warnings: 0, nextDay: 0 },
    // Again the next day, although less than 24 hours have passed since.
    { mode: 'warn', warnings: 1, nextDay: 2 },
  ])('is told $warnings times in mode $mode, and stops nothing', async ({ mode, warnings, nextDay }) => {
    world = await fleetWorld([idle('ci-ada')], { policy: office().replace('enforce', mode) });
    await world.runTo(at(3));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'keep.mode' });
    expect(world.told('warning')).toHaveLength(warnings);

    await world.runTo(at(25, 35));

    expect(world.told('warning')).toHaveLength(nextDay);
    expect(world.stopsOf('ci-ada')).toEqual([]);
  });

  it('leaves protected and exempt ones alone', async () => {
    const rest =
      'protected: [ { compute: ci-prod } ]\nexempt: [ { match: { compute: ci-demo }, until: 2026-03-09 } ]';
    world = await fleetWorld([idle('ci-prod'), idle('ci-demo')], { policy: office('', rest) });
    await world.runTo(at(3));
    expect(await world.decisionOf('ci-prod')).toMatchObject({ reason: 'keep.protected' });
    expect(await world.decisionOf('ci-demo')).toMatchObject({ reason: 'keep.exempt' });
    expect(world.told('warning')).toEqual([]);
  });

  it('does not come into the running period of another schedule', async () => {
    const both =
      'schedules: [ { name: early, stop: "10:00" }, { name: late, start: "07:00", stop: "12:00" } ]';
    world = await fleetWorld([idle('ci-ada')], { policy: enforce(`idle: { enabled: false }\n${both}`) });
    await world.runTo(at(3, 29));
    expect(world.told('warning')).toEqual([]);
    await world.runTo(at(4, 10));
    expect(world.stopsOf('ci-ada')).toEqual([at(4)]);
  });

  it('survives a crash between the announcement and the stop', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: office() });
    await world.runTo(at(1, 50));
    await world.crash();
    await world.runTo(at(2, 10));
    expect(world.stopsOf('ci-ada')).toEqual([at(2)]);
  });

  it('is not done on a stale announcement when its day is over', async () => {
    // 23:00 there is 10:00 UTC; midnight comes an hour later.
    const late = enforce(
      'idle: { enabled: false }\nschedules: [ { name: late, zone: Pacific/Auckland, stop: "23:00" } ]',
    );
    world = await fleetWorld([idle('ci-ada')], { policy: late });
    await world.runTo(at(1, 50));
    world.ledgerUp = false;
    await world.runTo(at(3, 10));
    world.ledgerUp = true;
    await world.runTo(at(4));
    expect(world.told('warning')).toHaveLength(1);
    expect(world.stopsOf('ci-ada')).toEqual([]);
  });
});
