type Headers = { get(name: string): string | undefined };

const defaultWaitMs = 30_000;
/** A header that asks for days is a mistake of somebody; we look again after an hour. */
const maxWaitMs = 3_600_000;
const minWaitMs = 1000;

function waitMs(headers: Headers | undefined, now: number): number | null {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const text = headers?.get(name)?.trim();
    if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  }
  const text = headers?.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Date.parse takes "-5" for a year; an HTTP date begins with a weekday.
  const at = /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at - now;
}

/** When to try again: Retry-After in seconds or as an HTTP date, Azure's variants in milliseconds, else in 30 s; 1 s to 1 h. */
export function retryAt(headers: Headers | undefined, now: number): number {
  const wanted = waitMs(headers, now) ?? defaultWaitMs;
  return now + Math.min(Math.max(wanted, minWaitMs), maxWaitMs);
}
