/** ISO time as .NET writes it: UTC, trailing zeros of the fraction cut. */
export function timestamp(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.?0+Z$/, 'Z');
}

/** As in status bodies: whole seconds, cut. */
export function wholeSeconds(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** Epoch ms; a fraction finer than a millisecond is cut. NaN if it is no time. */
export function parseTimestamp(text: string): number {
  return Date.parse(text);
}
