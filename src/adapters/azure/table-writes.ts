import type { TableClient, TransactionAction } from '@azure/data-tables';
import type { LedgerWrite } from '../../ports/ledger.ts';
import type { ConditionalDeletes } from './conditional-deletes.ts';
import { entityOf } from './table-entity.ts';

/** One write by itself; gives the new ETag, which a delete has none of. */
export async function writeOne(
  client: TableClient,
  partition: string,
  write: LedgerWrite,
  text: string,
): Promise<string> {
  switch (write.kind) {
    case 'insert':
      return (await client.createEntity(entityOf(partition, write.row, text, write.value))).etag ?? '';
    case 'replace': {
      const entity = entityOf(partition, write.row, text, write.value);
      return (await client.updateEntity(entity, 'Replace', { etag: write.etag })).etag ?? '';
    }
    case 'put':
      return (
        (await client.upsertEntity(entityOf(partition, write.row, text, write.value), 'Replace')).etag ?? ''
      );
    case 'delete':
      await client.deleteEntity(partition, write.row, { etag: write.etag ?? '*' });
      return '';
  }
}

/** The same as a part of a transaction. A delete's ETag is put in by `conditionalDeletesPolicy`. */
export function actionOf(partition: string, write: LedgerWrite, text: string): TransactionAction {
  switch (write.kind) {
    case 'insert':
      return ['create', entityOf(partition, write.row, text, write.value)];
    case 'replace': {
      const entity = entityOf(partition, write.row, text, write.value);
      return ['update', entity, 'Replace', { etag: write.etag }];
    }
    case 'put':
      return ['upsert', entityOf(partition, write.row, text, write.value), 'Replace'];
    case 'delete':
      return ['delete', { partitionKey: partition, rowKey: write.row }];
  }
}

export function conditionalDeletesOf(writes: readonly LedgerWrite[]): ConditionalDeletes {
  return new Map(
    writes.flatMap((write) =>
      write.kind === 'delete' && write.etag !== undefined ? [[write.row, write.etag] as const] : [],
    ),
  );
}

/** A delete without an ETag. */
export const isPlainDelete = (write: LedgerWrite): boolean =>
  write.kind === 'delete' && write.etag === undefined;
