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
  return `${path}: ${shown(expected)} <> ${shown(actual)}`;
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}
