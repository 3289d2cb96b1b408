import type { ReasonCode } from '../idle/types.ts';

/** Pauses between busy reports, and looks that saw too little, neither begin nor end it. */
const inBetween: ReadonlySet<ReasonCode> = new Set([
  'keep.idle-short',
  'keep.unknown.metrics',
  'keep.unknown.jobs',
]);

/**
 * Since when nothing but session reports keeps the instance running: whatever else decides (a job or a metric that
 * shows use, a warning, a snooze, not running) ends it.
 */
export function reportsOnlySince(before: number | null, reason: ReasonCode, now: number): number | null {
  if (reason === 'keep.active.session') return before ?? now;
  return inBetween.has(reason) ? before : null;
}
