import { LamplighterError } from '../../core/errors.ts';
import type { LedgerValue, LedgerWrite } from '../../ports/ledger.ts';

const keyPattern = /^[A-Za-z0-9._:-]{1,200}$/;

/** Characters of a value's stored text: an Azure Tables entity holds 1 MiB and counts two bytes for each. */
export const maxValueLength = 500_000;
export const maxWritesPerTransaction = 100;
/** A transaction's request may have 4 MiB, in which each quote is escaped again. */
export const maxTransactionLength = 1_000_000;

function misuse(code: string, message: string, fix: string, field?: string): LamplighterError {
  return new LamplighterError(message, {
    code,
    fault: 'lamplighter',
    fix,
    ...(field === undefined ? {} : { field }),
  });
}

export function checkKey(field: 'partition' | 'row' | 'from' | 'to', key: string): void {
  if (keyPattern.test(key)) return;
  throw misuse(
    'ledger.bad-key',
    `${JSON.stringify(key.slice(0, 80))} cannot be a ledger ${field}: expected 1–200 of A–Z, a–z, 0–9, ".", "_", ":" or "-".`,
    'Hash names from outside before they become keys.',
    field,
  );
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * The JSON text that is stored, in ASCII: the storage emulator garbles characters of several bytes that lie across two
 * network packets, and halves of surrogate pairs survive no store.
 */
export function encodeValue(value: LedgerValue): string {
  const text = JSON.stringify(value).replaceAll(/[\u007f-\uffff]/g, escaped);
  if (text.length <= maxValueLength) return text;
  throw misuse(
    'ledger.value-too-large',
    `A ledger value has ${text.length} characters: at most ${maxValueLength} are kept.`,
    'Store less in one row, or split it over several.',
    'value',
  );
}

/** Checks the keys and sizes of a transaction's writes; returns the JSON text of each (deletes have none). */
export function checkTransaction(writes: readonly LedgerWrite[]): readonly (string | null)[] {
  if (writes.length > maxWritesPerTransaction) {
    throw misuse(
      'ledger.transaction-too-large',
      `A transaction of ${writes.length} writes: at most ${maxWritesPerTransaction} fit.`,
      'Split it.',
    );
  }
  const rows = new Set<string>();
  for (const { row } of writes) {
    checkKey('row', row);
    if (rows.has(row)) {
      throw misuse(
        'ledger.row-twice',
        `The row ${row} occurs twice in one transaction.`,
        'Write each row once.',
      );
    }
    rows.add(row);
  }
  const texts = writes.map((write) => (write.kind === 'delete' ? null : encodeValue(write.value)));
  const length = texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
  if (length > maxTransactionLength) {
    throw misuse(
      'ledger.transaction-too-large',
      `The values of one transaction have ${length} characters: at most ${maxTransactionLength} fit.`,
      'Split it.',
    );
  }
  return texts;
}

/** The time by which `prune` drops a row; null: never. */
export function expiryOf(value: LedgerValue): number | null {
  const expiresAt = value['expiresAt'];
  return typeof expiresAt === 'number' && Number.isFinite(expiresAt) ? Math.ceil(expiresAt) : null;
}
