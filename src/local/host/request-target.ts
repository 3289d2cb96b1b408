/** A request target taken apart as the server in front of the functions does it. */
export type RequestTarget = {
  /** Decoded, except for `%2F`, which stays; without the leading slash. */
  readonly path: string;
  /** Repeated parameters are one value joined by commas; names keep the casing of their first use and compare without case. */
  readonly query: ReadonlyMap<string, string>;
};

export function parseTarget(target: string): RequestTarget {
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  const rawQuery = mark === -1 ? '' : target.slice(mark + 1);
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(rawPath);
  const path = absolute === null ? rawPath : rawPath.slice(absolute[0].length);
  return { path: removeDotSegments(decodePath(path)).replace(/^\//, ''), query: parseQuery(rawQuery) };
}

export function queryValue(target: RequestTarget, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of target.query) if (key.toLowerCase() === wanted) return value;
  return undefined;
}

/** A run that is no valid UTF-8 stays encoded, as sent. */
function decodePath(path: string): string {
  return path.replace(/(?:%(?!2f)[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

function removeDotSegments(path: string): string {
  if (!/\/\.{1,2}(?:\/|$)/.test(path)) return path;
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (isLast && (segment === '.' || segment === '..')) kept.push('');
  });
  return `/${kept.join('/')}`;
}

function parseQuery(rawQuery: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const known = names.get(name.toLowerCase());
    if (known === undefined) {
      names.set(name.toLowerCase(), name);
      query.set(name, value);
    } else {
      query.set(known, `${query.get(known) ?? ''},${value}`);
    }
  }
  return query;
}
