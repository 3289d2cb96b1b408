import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createOverlayLedger } from '../../../src/adapters/ledger/overlay-ledger.ts';
import { createMemoryLedger } from '../../../src/adapters/memory/ledger.ts';
import type { Ledger, LedgerWrite } from '../../../src/ports/ledger.ts';

const row = fc.constantFrom('a', 'b', 'c', 'd');
const value = fc.record({ n: fc.integer() });
/** `fresh`: with the ETag that a read just gave, where the row is there. */
type Step = {
  readonly kind: LedgerWrite['kind'];
  readonly row: string;
  readonly n: number;
  readonly fresh: boolean;
};
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('insert' as const, 'replace' as const, 'put' as const, 'delete' as const),
  row,
  n: fc.integer({ min: 0, max: 9 }),
  fresh: fc.boolean(),
});

async function writeOf(ledger: Ledger, { kind, row, n, fresh }: Step): Promise<LedgerWrite> {
  const etag = fresh ? ((await ledger.get('warnings', 'p', row))?.etag ?? 'none') : 'stale';
  switch (kind) {
    case 'replace':
      return { kind, row, value: { n }, etag };
    case 'delete':
      return fresh ? { kind, row, etag } : { kind, row };
    case 'insert':
    case 'put':
      return { kind, row, value: { n } };
  }
}

const rowsOf = async (ledger: Ledger, range?: { from?: string; to?: string; limit?: number }) =>
  (await ledger.list('warnings', 'p', range)).map(({ row, value }) => ({ row, value }));

it('what is written over a ledger reads as if it were written into it, and the ledger below stays as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(row, value),
      fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 8 }),
      fc.record({ from: row, to: row, limit: fc.integer({ min: 0, max: 4 }) }, { requiredKeys: [] }),
      async (before, transactions, range) => {
        const [base, twin] = [createMemoryLedger(), createMemoryLedger()];
        for (const ledger of [base, twin]) {
          for (const [row, value] of Object.entries(before)) {
            await ledger.write('warnings', 'p', { kind: 'insert', row, value });
          }
        }
        const untouched = JSON.stringify(await base.list('warnings', 'p'));
        const overlay = createOverlayLedger(base);

        for (const steps of transactions) {
          const once = [...new Map(steps.map((step) => [step.row, step])).values()];
          const outcomes: boolean[] = [];
          for (const ledger of [overlay, twin]) {
            const writes = await Promise.all(once.map((step) => writeOf(ledger, step)));
            outcomes.push((await ledger.transact('warnings', 'p', writes)).ok);
          }
          expect(outcomes[0]).toBe(outcomes[1]);
        }

        expect(await rowsOf(overlay)).toEqual(await rowsOf(twin));
        expect(await rowsOf(overlay, range)).toEqual(await rowsOf(twin, range));
        expect(JSON.stringify(await base.list('warnings', 'p'))).toBe(untouched);
      },
    ),
    { numRuns: 150 },
  );
});
