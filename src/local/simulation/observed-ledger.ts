import type { Ledger, LedgerTable, LedgerWrite } from '../../ports/ledger.ts';

export type WriteObserver = (table: LedgerTable, write: LedgerWrite) => void;

/** The same ledger, whose writes somebody hears of once they are in it. */
export const observedLedger = (inner: Ledger, observe: WriteObserver): Ledger => ({
  get: (...given) => inner.get(...given),
  list: (...given) => inner.list(...given),
  prune: (...given) => inner.prune(...given),
  async write(table, partition, write) {
    const outcome = await inner.write(table, partition, write);
    if (outcome.ok) observe(table, write);
    return outcome;
  },
  async transact(table, partition, writes) {
    const outcome = await inner.transact(table, partition, writes);
    if (outcome.ok) for (const write of writes) observe(table, write);
    return outcome;
  },
});
