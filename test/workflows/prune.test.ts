import { afterEach, expect, it } from 'vitest';
import { insertAlert, listAlerts } from '../../src/ledger/alerts.ts';
import { dayMs } from '../../src/ledger/time-key.ts';
import { at, type FleetWorld, fleetWorld, idle, startAt } from '../support/fleet-world.ts';

let world: FleetWorld;
afterEach(() => world.close());

it('once a day deletes what has expired, and the histories of workflows that ended a week ago', async () => {
  world = await fleetWorld([idle('ci-ada')]);
  const told = { code: 'x', title: 'X', sentence: 'X.', deliveredAt: startAt };
  await insertAlert(world.ledger, { ...told, alertId: 'old', at: startAt - 89 * dayMs });
  await insertAlert(world.ledger, { ...told, alertId: 'new', at: startAt });
  await world.runTo(at(0, 11));
  const idsOf = () => [...world.engine().state.instances.keys()];
  expect(idsOf()).toHaveLength(4);
  world.clock.advanceTo(startAt + 8 * dayMs);
  await world.fireTimer('pruneTimer');
  expect((await listAlerts(world.ledger)).map(({ alertId }) => alertId)).toEqual(['new']);
  // The stop has not ended: it waits for its time still.
  expect(idsOf()).toEqual([expect.stringMatching(/^stop-/)]);
});
