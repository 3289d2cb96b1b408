import { describe, expect, it } from 'vitest';
import { createMemoryLedger } from '../../../src/adapters/memory/ledger.ts';
import { computeKey } from '../../../src/core/ids.ts';
import {
  listReservations,
  markLeaving,
  prolong,
  readReservation,
  release,
  type Reservation,
  reserve,
} from '../../../src/ledger/reservations.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { asked } from '../../support/quota-facts.ts';

const now = Date.parse('2026-03-02T08:00:00Z');
const hour = 3_600_000;
const { family, ...machine } = asked('ada', 4, { location: 'westeurope' });
const compute = computeKey({ ...machine.workspace, compute: 'ci-ada' as never });
const held: Reservation = {
  ...machine,
  requestId: 'r1',
  compute,
  replaces: { compute, family, cores: 2, gpus: 0, isLeaving: false },
  reservedAt: now,
  expiresAt: now + hour,
};
const granted = async () => ({ granted: true, verdict: null });

/** Somebody else does something right before the first change is written. */
function overtaken(ledger: Ledger, by: () => Promise<unknown>): Ledger {
  let first = true;
  const before = async (): Promise<void> => {
    if (!first) return;
    first = false;
    await by();
  };
  return {
    ...ledger,
    transact: async (table, partition, writes) => {
      await before();
      return ledger.transact(table, partition, writes);
    },
  };
}

describe('a reservation that is changed by two at once', () => {
  it('is not brought back by making it last longer once it was given back', async () => {
    const ledger = createMemoryLedger();
    await reserve(ledger, held, true, granted);
    const late = overtaken(ledger, () => release(ledger, held));
    expect(await prolong(late, held, now + 26 * hour, now)).toBe(false);
    expect(await listReservations(ledger, now)).toEqual([]);
    expect(await readReservation(ledger, 'r1', now)).toBeNull();
  });

  it('goes on keeping the room of a machine that leaves when it is made to last longer', async () => {
    const ledger = createMemoryLedger();
    await reserve(ledger, held, true, granted);
    const late = overtaken(ledger, () => markLeaving(ledger, 'r1', now));
    expect(await prolong(late, held, now + 26 * hour, now)).toBe(true);
    expect(await readReservation(ledger, 'r1', now)).toMatchObject({
      expiresAt: now + 26 * hour,
      replaces: { isLeaving: true },
    });
    // The region's own rows say the same.
    await reserve(ledger, { ...held, requestId: 'r2' }, false, async (others) => {
      expect(others).toMatchObject([{ requestId: 'r1', replaces: { isLeaving: true } }]);
      return { granted: false, verdict: null };
    });
  });
});
