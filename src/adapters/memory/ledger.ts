import type {
  Ledger,
  LedgerOutcome,
  LedgerRow,
  LedgerTable,
  LedgerValue,
  LedgerWrite,
} from '../../ports/ledger.ts';
import { checkKey, checkTransaction, expiryOf } from '../ledger/ledger-rules.ts';

type Stored = { readonly text: string; readonly etag: string; readonly expiresAt: number | null };
type Partition = Map<string, Stored>;

const compareKeys = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function conflicts(write: LedgerWrite, stored: Stored | undefined): boolean {
  switch (write.kind) {
    case 'insert':
      return stored !== undefined;
    case 'replace':
      return stored?.etag !== write.etag;
    case 'put':
      return false;
    case 'delete':
      return write.etag !== undefined && stored?.etag !== write.etag;
  }
}

const rowOf = (partition: string, row: string, stored: Stored): LedgerRow => ({
  partition,
  row,
  value: JSON.parse(stored.text) as LedgerValue,
  etag: stored.etag,
});

/** A ledger that lasts as long as the process, for the simulation and for tests. Values are copied in and out as JSON. */
export function createMemoryLedger(): Ledger {
  const tables = new Map<LedgerTable, Map<string, Partition>>();
  let writes = 0;

  const partitionOf = (table: LedgerTable, partition: string): Partition | undefined =>
    tables.get(table)?.get(partition);

  function partitionForWrite(table: LedgerTable, partition: string): Partition {
    const partitions = tables.get(table) ?? new Map<string, Partition>();
    tables.set(table, partitions);
    const rows = partitions.get(partition) ?? new Map<string, Stored>();
    partitions.set(partition, rows);
    return rows;
  }

  /** Either all writes or, on a conflict, none; null is the conflict. */
  function apply(
    table: LedgerTable,
    partition: string,
    list: readonly LedgerWrite[],
    texts: readonly (string | null)[],
  ): string | null {
    const rows = partitionForWrite(table, partition);
    if (list.some((write) => conflicts(write, rows.get(write.row)))) return null;
    let etag = '';
    for (const [index, write] of list.entries()) {
      if (write.kind === 'delete') {
        rows.delete(write.row);
        etag = '';
        continue;
      }
      writes += 1;
      etag = `W/"${writes}"`;
      rows.set(write.row, { text: texts[index] ?? '{}', etag, expiresAt: expiryOf(write.value) });
    }
    return etag;
  }

  return {
    async get(table, partition, row) {
      checkKey('partition', partition);
      checkKey('row', row);
      const stored = partitionOf(table, partition)?.get(row);
      return stored === undefined ? null : rowOf(partition, row, stored);
    },

    async list(table, partition, range = {}) {
      checkKey('partition', partition);
      if (range.from !== undefined) checkKey('from', range.from);
      if (range.to !== undefined) checkKey('to', range.to);
      const rows = partitionOf(table, partition) ?? new Map<string, Stored>();
      const keys = [...rows.keys()]
        .filter(
          (key) =>
            (range.from === undefined || key >= range.from) && (range.to === undefined || key < range.to),
        )
        .sort(compareKeys)
        .slice(0, range.limit);
      return keys.flatMap((key) => {
        const stored = rows.get(key);
        return stored === undefined ? [] : [rowOf(partition, key, stored)];
      });
    },

    async write(table, partition, write): Promise<LedgerOutcome> {
      checkKey('partition', partition);
      const etag = apply(table, partition, [write], checkTransaction([write]));
      return etag === null ? { ok: false, why: 'conflict' } : { ok: true, etag };
    },

    async transact(table, partition, list) {
      checkKey('partition', partition);
      const etag = apply(table, partition, list, checkTransaction(list));
      return etag === null ? { ok: false, why: 'conflict' } : { ok: true };
    },

    async prune(table, at) {
      let pruned = 0;
      for (const rows of tables.get(table)?.values() ?? []) {
        for (const [row, stored] of rows) {
          if (stored.expiresAt === null || stored.expiresAt > at) continue;
          rows.delete(row);
          pruned += 1;
        }
      }
      return pruned;
    },
  };
}
