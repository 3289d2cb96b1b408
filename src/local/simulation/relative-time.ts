import { formatDuration } from '../../core/policy/duration.ts';

/** A time as scenario files say it, counted from the start; moments within a second are told by that second. */
export const relativeTime = (at: number, startAt: number): string =>
  formatDuration(Math.floor((at - startAt) / 1000) * 1000);
