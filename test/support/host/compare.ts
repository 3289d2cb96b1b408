import { isDeepStrictEqual } from 'node:util';

/** The first place where two values differ, as `path: expected …, got …`; `undefined` when they are equal. */
export function firstDifference(expected: unknown, actual: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(expected, actual)) return undefined;
  if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const found = firstDifference(expected[key], actual[key], path === '' ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
  }
  if (typeof expected === 'string' && typeof actual === 'string') {
    const [one, other] = fromFirstDifference(expected, actual);
    return `${path || 'value'}: expected ${short(one)}, got ${short(other)}`;
  }
  return `${path || 'value'}: expected ${short(expected)}, got ${short(actual)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Long texts are shown from a little before the place where they part. */
function fromFirstDifference(one: string, other: string): [string, string] {
  let index = 0;
  while (index < one.length && one[index] === other[index]) index += 1;
  const from = Math.max(0, index - 30);
  const lead = from === 0 ? '' : '…';
  return [lead + one.slice(from), lead + other.slice(from)];
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
