import type { Ledger, LedgerTable, LedgerWrite } from '../ports/ledger.ts';

const writesPerTransaction = 100;

/** Unconditional writes of one partition, in as few transactions as the store allows; not atomic as a whole. */
export async function writeInChunks(
  ledger: Ledger,
  table: LedgerTable,
  partition: string,
  writes: readonly LedgerWrite[],
): Promise<void> {
  for (let from = 0; from < writes.length; from += writesPerTransaction) {
    await ledger.transact(table, partition, writes.slice(from, from + writesPerTransaction));
  }
}
