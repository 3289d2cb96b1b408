const latestMs = 9_999_999_999_999;

/** A key part that sorts the newest first, 13 digits. */
export const newestFirst = (at: number): string => String(latestMs - Math.trunc(at)).padStart(13, '0');
/** A key part that sorts the oldest first, 13 digits. */
export const oldestFirst = (at: number): string => String(Math.max(0, Math.trunc(at))).padStart(13, '0');

export const dayMs = 86_400_000;
/** How long rows are kept that only explain the past. */
export const historyKeptMs = 90 * dayMs;
