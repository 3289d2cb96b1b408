const SHOWN_CHARS = 160;
const LEAD_CHARS = 40;

/** The first place where two JSON values differ, as `path: expected <> actual`; null if nowhere. The order of members counts. */
export function firstDifference(expected: unknown, actual: unknown, path = ''): string | null {
  if (JSON.stringify(expected) === JSON.stringify(actual)) return null;
  if (isNode(expected) && isNode(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const inner = firstDifference(expected[name], actual[name], `${path}/${name}`);
      if (inner !== null) return inner;
    }
    return `${path}: the members are in another order: ${Object.keys(expected).join(',')} <> ${Object.keys(actual).join(',')}`;
  }
  const [wanted, found] = [JSON.stringify(expected) ?? 'nothing', JSON.stringify(actual) ?? 'nothing'];
  const from = Math.max(0, commonPrefix(wanted, found) - LEAD_CHARS);
  return `${path}: ${shown(wanted, from)} <> ${shown(found, from)}`;
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function commonPrefix(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

/** Long texts are shown from shortly before the place where they part. */
function shown(text: string, from: number): string {
  if (text.length <= SHOWN_CHARS) return text;
  const part = text.slice(from, from + SHOWN_CHARS);
  return `${from > 0 ? '…' : ''}${part}${from + SHOWN_CHARS < text.length ? '…' : ''}`;
}
