/** `2026-03-02 08:15 UTC` of an RFC 3339 time, or a dash. */
export const momentText = (iso: string | null): string =>
  iso === null ? '–' : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

export const usdText = (usd: number | null): string => (usd === null ? 'not known' : `$${usd.toFixed(2)}`);
