import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTablesLedger } from '../../../src/adapters/azure/tables-ledger.ts';
import { createAzureTransport } from '../../../src/adapters/azure/transport.ts';
import { createOverlayLedger } from '../../../src/adapters/ledger/overlay-ledger.ts';
import { createMemoryLedger } from '../../../src/adapters/memory/ledger.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import type { Ledger, LedgerWrite } from '../../../src/ports/ledger.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { describeLedger } from './ledger-contract.ts';

const memory = createMemoryLedger();
describeLedger('memory', () => memory);

const overlay = createOverlayLedger(createMemoryLedger());
describeLedger('an overlay over nothing', () => overlay);

let azurite: Azurite | undefined;
let tables: Ledger | undefined;

beforeAll(async () => {
  azurite = await startAzurite();
  const { clientOptions } = createAzureTransport({
    clock: systemClock,
    subscriptions: [],
    storageOrigins: [azurite.origin],
    loopbackOrigin: null,
  });
  tables = createTablesLedger({
    location: { kind: 'emulator', connection: azurite.connection },
    prefix: 'contract',
    clientOptions,
  });
});
afterAll(() => azurite?.close());

describeLedger('Azure Tables', () => {
  if (tables === undefined) throw new Error('The emulator has not started.');
  return tables;
});

function unreachable(): Ledger {
  const origin = 'http://127.0.0.1:1';
  const { clientOptions } = createAzureTransport({
    clock: systemClock,
    subscriptions: [],
    storageOrigins: [origin],
    loopbackOrigin: null,
  });
  const connection = (azurite?.connection ?? '').replace(/http:\/\/127\.0\.0\.1:\d+/, origin);
  return createTablesLedger({
    location: { kind: 'emulator', connection },
    prefix: 'contract',
    clientOptions,
  });
}

describe('a ledger that cannot be reached', () => {
  const put: LedgerWrite = { kind: 'put', row: 'r', value: {} };

  it.each([
    ['get', (ledger: Ledger) => ledger.get('flags', 'p', 'r')],
    ['list', (ledger: Ledger) => ledger.list('flags', 'p')],
    ['write', (ledger: Ledger) => ledger.write('flags', 'p', put)],
    ['transact', (ledger: Ledger) => ledger.transact('flags', 'p', [put])],
    ['prune', (ledger: Ledger) => ledger.prune('flags', 1)],
  ])('says so at %s, by a code that can be tried again', async (_, use) => {
    await expect(use(unreachable())).rejects.toMatchObject({
      name: 'LamplighterError',
      code: 'ledger.unavailable',
      retryable: true,
    });
  });

  it.each(['', '1st', 'a-b', 'x'.repeat(41)])('refuses the table prefix %j', (prefix) => {
    const { clientOptions } = createAzureTransport({
      clock: systemClock,
      subscriptions: [],
      storageOrigins: [],
      loopbackOrigin: null,
    });
    expect(() =>
      createTablesLedger({ location: { kind: 'emulator', connection: '' }, prefix, clientOptions }),
    ).toThrow(expect.objectContaining({ code: 'ledger.bad-prefix' }));
  });
});
