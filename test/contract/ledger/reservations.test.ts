import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTablesLedger } from '../../../src/adapters/azure/tables-ledger.ts';
import { createAzureTransport } from '../../../src/adapters/azure/transport.ts';
import { createMemoryLedger } from '../../../src/adapters/memory/ledger.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { computeKey } from '../../../src/core/ids.ts';
import { quotaVerdict } from '../../../src/core/quota/quota-verdict.ts';
import type { QuotaVerdict, Reserved } from '../../../src/core/quota/types.ts';
import {
  listReservations,
  readReservation,
  release,
  type Reservation,
  reserve,
} from '../../../src/ledger/reservations.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { asked, noQuotaInput, quotaOf, regionWith } from '../../support/quota-facts.ts';

let azurite: Azurite | undefined;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.close());

function tables(prefix: string): Ledger {
  if (azurite === undefined) throw new Error('The emulator has not started.');
  const { clientOptions } = createAzureTransport({
    clock: systemClock,
    subscriptions: [],
    storageOrigins: [azurite.origin],
    loopbackOrigin: null,
  });
  return createTablesLedger({
    location: { kind: 'emulator', connection: azurite.connection },
    prefix,
    clientOptions,
  });
}

const now = Date.parse('2026-03-02T08:00:00Z');
const reservation = (requestId: string, user: string, cores: number, region = 'westeurope'): Reservation => {
  const { family: _, ...machine } = asked(user, cores, { location: region });
  return {
    ...machine,
    requestId,
    compute: computeKey({ ...machine.workspace, compute: `ci-${requestId}` as never }),
    reservedAt: now,
    expiresAt: now + 3_600_000,
  };
};

const totalCores = (held: readonly Reserved[]): number => held.reduce((sum, one) => sum + one.cores, 0);

describe.each([
  ['memory', createMemoryLedger],
  ['Azure Tables', tables],
] as readonly (readonly [string, (prefix: string) => Ledger])[])('reservations in %s', (store, open) => {
  const prefixOf = (name: string): string => `${store === 'memory' ? 'm' : 't'}${name}`;

  it.each([
    ['a limit of the whole fleet', { wide: true }],
    ['Azure’s limit of a region', { wide: false }],
  ])(
    'never exceed 10 cores under parallel requests: %s',
    async (_, { wide }) => {
      const ledger = open(prefixOf(wide ? 'wide' : 'narrow'));
      const decide =
        (wanted: Reservation) =>
        async (others: readonly Reservation[]): Promise<{ granted: boolean; verdict: QuotaVerdict }> => {
          const verdict = quotaVerdict({
            ...noQuotaInput,
            asked: { ...wanted, family: 'standardDSv2Family' },
            reserved: others,
            quotas: wide ? [quotaOf('all', { cores: 10 })] : [],
            azure: regionWith({ regional: wide ? 1000 : 10 }),
          });
          return { granted: verdict.outcome === 'granted', verdict };
        };
      // The emulator takes its time with a hundred more.
      const count = wide || store === 'memory' ? 100 : 40;
      const wanted = Array.from({ length: count }, (_, index) => reservation(`r${index}`, `user${index}`, 2));
      const outcomes = await Promise.all(wanted.map((one) => reserve(ledger, one, wide, decide(one))));

      const granted = outcomes.filter((one) => one.granted);
      expect(granted).toHaveLength(5);
      expect(totalCores(await listReservations(ledger, now))).toBe(10);
      for (const { verdict } of outcomes.filter((one) => !one.granted)) {
        expect(verdict.codes).toEqual([wide ? 'refuse.quota.all' : 'refuse.azure.regional']);
      }
    },
    60_000,
  );

  it('are one per request, however often it asks', async () => {
    const ledger = open(prefixOf('once'));
    const one = reservation('again', 'ada', 4);
    const asks = Array.from({ length: 8 }, () =>
      reserve(ledger, one, true, async () => ({ granted: true, verdict: null })),
    );
    expect((await Promise.all(asks)).every(({ granted }) => granted)).toBe(true);
    expect(await listReservations(ledger, now)).toEqual([one]);
  });

  it('give their quota back when they are released or expire', async () => {
    const ledger = open(prefixOf('back'));
    const seen: number[] = [];
    const look = async (others: readonly Reservation[]) => {
      seen.push(totalCores(others));
      return { granted: true, verdict: null };
    };
    await reserve(ledger, reservation('a', 'ada', 4), true, look);
    await reserve(ledger, { ...reservation('b', 'bob', 8), expiresAt: now + 1 }, true, look);
    await release(ledger, reservation('a', 'ada', 4));
    await release(ledger, reservation('a', 'ada', 4));
    expect(await readReservation(ledger, 'a', now)).toBeNull();
    await reserve(ledger, { ...reservation('c', 'eve', 1), reservedAt: now + 1 }, true, look);
    // The first call of each pair is about the whole fleet, the second about the region.
    expect(seen).toEqual([0, 0, 4, 4, 0, 0]);
    expect((await listReservations(ledger, now + 1)).map((one) => one.requestId)).toEqual(['c']);
  });

  it('leave nothing behind when the region refuses what the fleet granted', async () => {
    const ledger = open(prefixOf('half'));
    let calls = 0;
    const outcome = await reserve(ledger, reservation('a', 'ada', 4), true, async () => {
      calls += 1;
      return { granted: calls === 1, verdict: calls };
    });
    expect(outcome).toEqual({ granted: false, verdict: 2 });
    expect(await listReservations(ledger, now)).toEqual([]);
  });
});
