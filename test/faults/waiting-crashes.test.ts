import { describe, expect, it } from 'vitest';
import { listReservations } from '../../src/ledger/reservations.ts';
import { listPlaces } from '../../src/ledger/waiting-list.ts';
import { expectWholeOrNothing } from '../support/provision-outcome.ts';
import { type Death, hour, minute, provisionWorld } from '../support/provision-world.ts';

const policy = 'version: 1\nquotas: [ { per: all, cores: 4 } ]\n';
const boundaries: readonly Death[] = (
  [
    ['notifier', 'send', 1],
    ['provisioning', 'checkName', 2],
    ...Array.from({ length: 4 }, (_, index) => ['ledger', 'write', index + 7] as const),
    ...Array.from({ length: 4 }, (_, index) => ['ledger', 'transact', index + 1] as const),
  ] as const
).flatMap(([port, member, nth]) => [
  { port, member, nth, moment: 'before' } as const,
  { port, member, nth, moment: 'after' } as const,
]);

async function line(death: Death, autoStart: boolean) {
  const old = {
    name: 'ci-old',
    workspace: 'ws1',
    kind: 'ComputeInstance',
    vmSize: 'Standard_DS3_v2',
  } as const;
  const world = await provisionWorld({ policy, death, computes: [{ ...old, user: 'root' }] });
  for (const who of ['ada', 'bob'] as const) {
    let reply = await world.request(who, { waitingList: true, autoStart }, `the-key-of-${who}`);
    while (reply.status === 0 || reply.status === 409) {
      await world.runFor(minute);
      reply = await world.request(who, { waitingList: true, autoStart }, `the-key-of-${who}`);
    }
    expect(reply.json['waitingPlace']).not.toBeNull();
    await world.runFor(minute);
  }
  world.azure.act({ do: 'delete', compute: 'ci-old' });
  await world.runFor(hour);
  const places = (await listPlaces(world.ledger)).map(({ place }) => place);
  expect(world.deaths()).toBe(1);
  return { world, places };
}

describe('a process that dies while it gives room away', () => {
  it.each(boundaries)('$moment call $nth of $member holds it for one, once', async (death) => {
    const { world, places } = await line(death, false);
    expect(places.map(({ state }) => state)).toEqual(['offered', 'waiting']);
    const [first] = places;
    expect(first?.offer?.toldAt).not.toBeNull();
    const held = await listReservations(world.ledger, world.clock.now());
    expect(held.map(({ requestId }) => requestId)).toEqual([first?.offer?.requestId]);
  });

  it.each(boundaries)('$moment call $nth of $member makes one machine', async (death) => {
    const { world, places } = await line(death, true);
    expect(places.map(({ state }) => state)).toEqual(['taken', 'waiting']);
    expect(await expectWholeOrNothing(world, places[0]?.requestId ?? '')).toBe('completed');
    expect(world.azure.computes()).toHaveLength(1);
    expect(world.azure.callCount('create')).toBe(1);
  });
});
