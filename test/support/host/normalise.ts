import type { RecordedResponse } from './recording.ts';

/** The recorder cut longer bodies that are no JSON. */
const LONGEST_BODY = 3000;
const JSON_TYPE = /^application\/(?:[a-z.]+\+)?json/;

export type ComparableResponse = Record<string, unknown>;

/**
 * Takes out of an answer what differs from run to run: dates, ids, uptimes, generated keys, multipart boundaries, the name of the
 * server and the build it says it is. JSON is compared as values, with the length of such a body left out.
 */
export function comparableResponse(response: RecordedResponse): ComparableResponse {
  if ('error' in response) return response;
  const contentType = response.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const isJson = JSON_TYPE.test(contentType) && response.body !== undefined && response.body !== '';
  return {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers.map(([name, value]) => [name, comparableHeader(name, value, isJson)]),
    body: isJson
      ? comparableJson(response.body)
      : shortened(plain(response.body ?? `base64:${response.bodyBase64}`)),
  };
}

function comparableHeader(name: string, value: string, isJson: boolean): string {
  switch (name.toLowerCase()) {
    case 'date':
      return value.endsWith('2030 00:00:00 GMT') ? value : '<date>';
    case 'server':
      return value === 'Kestrel' || value === 'Lamplighter' ? '<server>' : value;
    case 'content-length':
      return isJson ? '<length>' : value;
    default:
      return plain(value);
  }
}

function shortened(text: string): string {
  return text.length > LONGEST_BODY && !text.endsWith(' chars)')
    ? `${text.slice(0, LONGEST_BODY)}…(${text.length} chars)`
    : text;
}

function comparableJson(body: string | undefined): unknown {
  try {
    return comparableValue(JSON.parse(body ?? ''));
  } catch {
    return plain(body ?? '');
  }
}

/** Values as handlers saw them, too. Key order does not count; `undefined` is absence. */
export function comparableValue(value: unknown): unknown {
  const text = JSON.stringify(value, (key: string, inner: unknown) => {
    if (key === 'invocationId') return '<id>';
    if (key === 'processUptime') return '<uptime>';
    if (key === 'source' || key === 'stackTrace') return '<text>';
    if (key === 'at') return undefined;
    return typeof inner === 'string' ? plain(inner) : inner;
  });
  return text === undefined ? undefined : sorted(JSON.parse(text));
}

function plain(text: string): string {
  return text
    .replaceAll(/formdata-undici-\d+/g, 'formdata-undici-<n>')
    .replaceAll(/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\d*/g, '$1')
    .replace(/^4\.1037\.0\+.*$/, '4.1037.0+<build>')
    .replace(/^[\w-]{54}(?:==)?$/, '<generated key>')
    .replace(/^[^]*\nException: (retry boom)\n[^]*$/, '…Exception: $1…');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
