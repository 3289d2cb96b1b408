import { afterEach, describe, expect, it } from 'vitest';
import { at, enforce, fleetWorld, type FleetWorld, idle, minute } from '../support/fleet-world.ts';

let world: FleetWorld;
afterEach(() => world.close());

describe('what a policy file probably did not mean', () => {
  it('is told to admins once, with line, key and a suggestion, and accepted all the same', async () => {
    world = await fleetWorld([idle('ci-a')], {
      policy: enforce(
        'sizes: { deny: [Standrd_NC6] }\nprotected: [ { family: standardDSv9Family } ]\nquotas: [ { per: user, cores: 99, onExceeded: stop } ]\n',
      ),
    });
    await world.runTo(at(0, 15));
    const told = world.told('alert').filter(({ title }) => title.includes('policy file'));
    expect(told).toHaveLength(1);
    expect(told[0]?.sentence).toContain('sizes.deny[0]: "Standrd_NC6" matches no VM size that is known');
    expect(told[0]?.sentence).toContain('did you mean Standard_NC6?');
    expect(told[0]?.sentence).toContain('"standardDSv9Family" matches no VM family that is known');
    expect(told[0]?.sentence).toContain('onExceeded is about moneyPerMonth');

    world.policy = enforce('sizes: { deny: [Standard_NC6] }\n');
    await world.runTo(at(0, 15) + 10 * minute);
    expect(world.told('alert').filter(({ title }) => title.includes('policy file'))).toHaveLength(1);
  });

  it('is no more than what the file says by itself where a region’s sizes cannot be read', async () => {
    world = await fleetWorld([idle('ci-a')], {
      policy: enforce('sizes: { deny: [Standrd_NC6] }\nmaxUptime: { after: 6h }\n'),
    });
    world.azure.outage({ of: 'arm', fromAt: at(0), toAt: at(0, 10) });
    await world.runTo(at(0, 15));
    const told = world.told('alert').filter(({ title }) => title.includes('policy file'));
    expect(told.map(({ sentence }) => sentence.includes('maxUptime.warn'))).toEqual([true]);
    expect(told[0]?.sentence).not.toContain('Standrd');
  });
});
