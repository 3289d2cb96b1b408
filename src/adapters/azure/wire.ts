import { LamplighterError } from '../../core/errors.ts';

/**
 * Reading what Azure sends: fields may be missing, null, cased otherwise or newer than any document, and nothing of
 * that may end a sweep. What is there in another type than expected counts as not there.
 */
export type WireRecord = Readonly<Record<string, unknown>>;

const nothing: WireRecord = {};

export const recordOf = (value: unknown): WireRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireRecord) : nothing;

/** The field, in any casing; undefined where there is none. */
export function fieldOf(record: WireRecord, name: string): unknown {
  const exact = record[name];
  if (exact !== undefined) return exact;
  let lower: string | undefined;
  for (const key of Object.keys(record)) {
    if (key.length !== name.length || key === name) continue;
    lower ??= name.toLowerCase();
    if (key.toLowerCase() === lower) return record[key];
  }
  return undefined;
}

export const recordField = (record: WireRecord, name: string): WireRecord => recordOf(fieldOf(record, name));

export function listField(record: WireRecord, name: string): readonly unknown[] {
  const value = fieldOf(record, name);
  return Array.isArray(value) ? value : [];
}

export function textField(record: WireRecord, name: string): string | null {
  const value = fieldOf(record, name);
  return typeof value === 'string' && value !== '' ? value : null;
}

export function numberField(record: WireRecord, name: string): number | null {
  const value = fieldOf(record, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Milliseconds; null where there is no readable time. */
export function timeField(record: WireRecord, name: string): number | null {
  const text = textField(record, name);
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** The word in the casing of the list, or as it came: services change the casing of their enumerations. */
export function knownWord(text: string | null, words: readonly string[]): string | null {
  if (text === null || words.includes(text)) return text;
  const lower = text.toLowerCase();
  return words.find((word) => word.toLowerCase() === lower) ?? text;
}

export function tagsOf(record: WireRecord): Readonly<Record<string, string>> {
  const tags = Object.entries(recordField(record, 'tags'));
  return Object.fromEntries(
    tags.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

/** "West Europe" and "westeurope" are the same region; names of regions elsewhere are of the second kind. */
export const regionOf = (text: string | null): string => (text ?? '').replaceAll(/\s/g, '').toLowerCase();

/** Why an answer with status 200 cannot be used; it becomes a `failed` result with this code. */
export const malformed = (what: string): LamplighterError =>
  new LamplighterError(`Azure’s answer cannot be read: ${what}.`, {
    code: 'answer.malformed',
    fault: 'azure',
    retryable: true,
    fix: 'It is read again at the next sweep; if this lasts, please report it.',
  });
