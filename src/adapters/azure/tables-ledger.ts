import type { TableClient, TableEntityResult } from '@azure/data-tables';
import type { Ledger, LedgerOutcome, LedgerRow, LedgerTable, LedgerWrite } from '../../ports/ledger.ts';
import { checkKey, checkTransaction, maxWritesPerTransaction } from '../ledger/ledger-rules.ts';
import { checkPrefix, openTable, type TablesLedgerOptions } from './table-client.ts';
import { rowOfEntity } from './table-entity.ts';
import { isConflict, isRowMissing, isTableMissing, ledgerFault } from './table-errors.ts';
import { actionOf, conditionalDeletesOf, isPlainDelete, writeOne } from './table-writes.ts';

export type { TablesLocation } from './table-client.ts';

const conflict = { ok: false, why: 'conflict' } as const;
const pageSize = 1000;

/**
 * The ledger in Azure Tables. Tables are made at the first write; until then they read as empty. Retries are off: a
 * repeated insert whose first answer was lost would tell the winner that it lost.
 */
export function createTablesLedger(options: TablesLedgerOptions): Ledger {
  checkPrefix(options.prefix);
  const clients = new Map<LedgerTable, Promise<TableClient>>();

  function clientOf(table: LedgerTable): Promise<TableClient> {
    const opened = clients.get(table) ?? openTable(options, table);
    clients.set(table, opened);
    return opened;
  }

  /** A second try after making the table, where there was none. */
  async function withTable<T>(table: LedgerTable, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isTableMissing(error)) throw error;
      await (await clientOf(table)).createTable();
      return work();
    }
  }

  async function query(
    table: LedgerTable,
    filter: string,
    limit: number,
    take: (entity: TableEntityResult<Record<string, unknown>>) => void,
  ): Promise<void> {
    let count = 0;
    const pages = (await clientOf(table))
      .listEntities({ queryOptions: { filter } })
      .byPage({ maxPageSize: Math.min(pageSize, limit) });
    for await (const page of pages) {
      for (const entity of page) {
        if (count >= limit) return;
        count += 1;
        take(entity);
      }
      if (count >= limit) return;
    }
  }

  async function get(table: LedgerTable, partition: string, row: string): Promise<LedgerRow | null> {
    try {
      return rowOfEntity(partition, await (await clientOf(table)).getEntity(partition, row));
    } catch (error) {
      if (isTableMissing(error) || isRowMissing(error)) return null;
      throw ledgerFault(error);
    }
  }

  async function submit(
    table: LedgerTable,
    partition: string,
    writes: readonly LedgerWrite[],
  ): Promise<void> {
    const texts = checkTransaction(writes);
    const deletes = conditionalDeletesOf(writes);
    const client = deletes.size === 0 ? await clientOf(table) : await openTable(options, table, deletes);
    const actions = writes.map((write, index) => actionOf(partition, write, texts[index] ?? ''));
    await withTable(table, () => client.submitTransaction(actions));
  }

  async function withoutGoneDeletes(
    table: LedgerTable,
    partition: string,
    writes: readonly LedgerWrite[],
  ): Promise<readonly LedgerWrite[]> {
    const present = await Promise.all(
      writes.map(async (write) => !isPlainDelete(write) || (await get(table, partition, write.row)) !== null),
    );
    return writes.filter((_, index) => present[index]);
  }

  /** False: a conflict. Deleting what is gone is done already, but the service refuses the whole transaction for it. */
  async function submitAll(
    table: LedgerTable,
    partition: string,
    all: readonly LedgerWrite[],
  ): Promise<boolean> {
    let writes = all;
    while (writes.length > 0) {
      try {
        await submit(table, partition, writes);
        return true;
      } catch (error) {
        if (!isConflict(error)) throw ledgerFault(error);
        if (!isRowMissing(error) || !writes.some(isPlainDelete)) return false;
        const rest = await withoutGoneDeletes(table, partition, writes);
        if (rest.length === writes.length) return false;
        writes = rest;
      }
    }
    return true;
  }

  async function write(table: LedgerTable, partition: string, one: LedgerWrite): Promise<LedgerOutcome> {
    checkKey('partition', partition);
    const [text] = checkTransaction([one]);
    try {
      const client = await clientOf(table);
      const etag = await withTable(table, () => writeOne(client, partition, one, text ?? ''));
      return { ok: true, etag };
    } catch (error) {
      if (isRowMissing(error) && isPlainDelete(one)) return { ok: true, etag: '' };
      if (isConflict(error)) return conflict;
      throw ledgerFault(error);
    }
  }

  return {
    async get(table, partition, row) {
      checkKey('partition', partition);
      checkKey('row', row);
      return get(table, partition, row);
    },

    async list(table, partition, range = {}) {
      checkKey('partition', partition);
      const clauses = [`PartitionKey eq '${partition}'`];
      if (range.from !== undefined) {
        checkKey('from', range.from);
        clauses.push(`RowKey ge '${range.from}'`);
      }
      if (range.to !== undefined) {
        checkKey('to', range.to);
        clauses.push(`RowKey lt '${range.to}'`);
      }
      const limit = range.limit ?? Number.MAX_SAFE_INTEGER;
      if (limit <= 0) return [];
      const rows: LedgerRow[] = [];
      try {
        await query(table, clauses.join(' and '), limit, (entity) =>
          rows.push(rowOfEntity(partition, entity)),
        );
        return rows;
      } catch (error) {
        if (isTableMissing(error)) return [];
        throw ledgerFault(error);
      }
    },

    write,

    async transact(table, partition, writes) {
      checkKey('partition', partition);
      checkTransaction(writes);
      return (await submitAll(table, partition, writes)) ? { ok: true } : conflict;
    },

    async prune(table, at) {
      const expired = new Map<string, LedgerWrite[]>();
      try {
        await query(table, `expiresAt le ${Math.floor(at)}L`, Number.MAX_SAFE_INTEGER, (entity) => {
          const partition = String(entity.partitionKey);
          const deletes = expired.get(partition) ?? [];
          expired.set(partition, deletes);
          deletes.push({ kind: 'delete', row: String(entity.rowKey), etag: entity.etag });
        });
      } catch (error) {
        if (isTableMissing(error)) return 0;
        throw ledgerFault(error);
      }
      let pruned = 0;
      for (const [partition, deletes] of expired) {
        for (let from = 0; from < deletes.length; from += maxWritesPerTransaction) {
          const some = deletes.slice(from, from + maxWritesPerTransaction);
          if (await submitAll(table, partition, some)) {
            pruned += some.length;
            continue;
          }
          // One of them was renewed meanwhile: it stays, the others go one by one.
          for (const one of some) if ((await write(table, partition, one)).ok) pruned += 1;
        }
      }
      return pruned;
    },
  };
}
