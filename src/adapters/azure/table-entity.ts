import { LamplighterError } from '../../core/errors.ts';
import type { LedgerRow, LedgerValue } from '../../ports/ledger.ts';
import { chunkText } from '../ledger/chunked-text.ts';
import { expiryOf } from '../ledger/ledger-rules.ts';

type Property = string | number | { readonly type: 'Int64'; readonly value: string };
export type LedgerEntity = {
  partitionKey: string;
  rowKey: string;
  [property: string]: Property;
};

/** The value's JSON text as `v0`, `v1` …, how many there are, and the expiry as a property that can be filtered by. */
export function entityOf(partition: string, row: string, text: string, value: LedgerValue): LedgerEntity {
  const chunks = chunkText(text);
  const expiresAt = expiryOf(value);
  return {
    partitionKey: partition,
    rowKey: row,
    chunks: chunks.length,
    ...Object.fromEntries(chunks.map((chunk, index) => [`v${index}`, chunk])),
    ...(expiresAt === null ? {} : { expiresAt: { type: 'Int64' as const, value: String(expiresAt) } }),
  };
}

export function rowOfEntity(partition: string, entity: Readonly<Record<string, unknown>>): LedgerRow {
  const row = String(entity['rowKey']);
  const count = Number(entity['chunks']);
  const chunks = Array.from(
    { length: Number.isSafeInteger(count) ? count : 0 },
    (_, index) => entity[`v${index}`],
  );
  try {
    return {
      partition,
      row,
      value: JSON.parse(chunks.join('')) as LedgerValue,
      etag: String(entity['etag']),
    };
  } catch (cause) {
    throw new LamplighterError(`The ledger row ${partition} / ${row} cannot be read back.`, {
      code: 'ledger.corrupt',
      fault: 'deployment',
      fix: 'Something else wrote to the table: restore or delete the row.',
      cause,
    });
  }
}
