import { expect } from 'vitest';
import { readReservation } from '../../src/ledger/reservations.ts';
import type { ProvisionWorld } from './provision-world.ts';

/** What Azure answers to the first, second … creation; then it works. */
export const failing = (world: ProvisionWorld, create: readonly string[], more: object = {}): void =>
  world.azure.planCreation(() => ({ fails: { create: create as never[], ...more } }));

/** How the request ended; nothing of it may be held any more. */
export async function ended(world: ProvisionWorld, id: string): Promise<string> {
  const request = await world.requestOf(id);
  expect(request.endedAt).not.toBeNull();
  expect(request.settledAt).not.toBeNull();
  expect(await readReservation(world.ledger, id, world.clock.now())).toBeNull();
  return request.status;
}

/** A working machine, or nothing, or a matter for a person: nothing else may be left of a request. */
export async function expectWholeOrNothing(world: ProvisionWorld, id: string): Promise<string> {
  const status = await ended(world, id);
  const made = world.madeFor(id);
  if (status === 'completed') {
    expect(made).toHaveLength(1);
    expect(world.azure.stateOf(made[0] ?? '')).toBe('Running');
  } else if (status !== 'needs-person') expect(made).toEqual([]);
  return status;
}
