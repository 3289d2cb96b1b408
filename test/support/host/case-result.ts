import { firstDifference } from './compare.ts';
import { deviationFor } from './deviations.ts';

/** One row of the conformance table: a recorded item and how this host compares. */
export type HostCase = {
  readonly group: string;
  readonly case: string;
  readonly result: 'matches' | 'differs' | 'not offered';
  readonly note: string;
};

/**
 * Compares what was recorded with what happened. Where a deviation is listed only what it names may differ; the rest must be equal,
 * else the note says what else differs and that it is not listed.
 */
export function judge(group: string, title: string, expected: unknown, actual: unknown): HostCase {
  const difference = firstDifference(expected, actual);
  const deviation = deviationFor(group, title);
  if (difference === undefined) {
    if (deviation === undefined)
      return { group, case: title, result: 'matches', note: howCompared(expected) };
    const note = 'NOT LISTED RIGHTLY: it matches, but a deviation is listed';
    return { group, case: title, result: 'differs', note };
  }
  if (deviation === undefined) return { group, case: title, result: 'differs', note: unlisted(difference) };
  const rest = firstDifference(without(expected, deviation.ignore), without(actual, deviation.ignore));
  const note = rest === undefined ? deviation.reason : unlisted(rest);
  return { group, case: title, result: 'differs', note };
}

export function notOffered(group: string, title: string, note: string): HostCase {
  return { group, case: title, result: 'not offered', note };
}

/** Rows that no deviation explains; the suite fails on each. */
export function isUnexplained({ result, note }: HostCase): boolean {
  return result === 'differs' && note.startsWith('NOT LISTED');
}

/** What the comparison looked at, told by the parts of what was expected. */
function howCompared(expected: unknown): string {
  if (typeof expected !== 'object' || expected === null) return 'the value';
  const { response, saw, status, error, headers, failed, statuses, afterMs } = expected as Record<
    string,
    unknown
  >;
  if (failed !== undefined) return 'which functions failed or are in error, and whether the host runs';
  if (statuses !== undefined) return 'statuses, and how many ran at once';
  if (afterMs !== undefined) return 'status, and when it came';
  const answer = (response ?? expected) as Record<string, unknown>;
  const parts = [
    ...(answer['error'] === undefined && error === undefined ? [] : ['how the connection ends']),
    ...(answer['status'] === undefined && status === undefined ? [] : ['status, headers, body']),
    ...(saw === undefined ? [] : ['what the handler saw']),
  ];
  return parts.length === 0 && headers === undefined ? 'what the handler saw' : parts.join('; ');
}

function unlisted(difference: string): string {
  return `NOT LISTED: ${difference}`;
}

/** `*` leaves nothing; any other name is dropped wherever it is a key. */
function without(value: unknown, names: readonly string[]): unknown {
  if (names.includes('*')) return null;
  if (Array.isArray(value)) return value.map((inner) => without(inner, names));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !names.includes(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, without(inner, names)]));
}
