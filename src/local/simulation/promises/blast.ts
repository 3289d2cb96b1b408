import type { Policy } from '../../../core/policy/types.ts';

const fewMachines = 5;

/** What is wrong with so many warnings of one sweep, or stops of one moment; null: nothing. */
export function beyondBlastLimit(
  count: number,
  running: number,
  limits: Policy['limits'],
  what: 'warned in one sweep' | 'stopped at one moment',
): string | null {
  const share = Math.ceil((running * limits.maxStopsPercent) / 100 - 1e-9);
  const limit = Math.min(limits.maxStops, Math.max(fewMachines, share));
  return count <= limit
    ? null
    : `${count} instances ${what}, and the limit is ${limit} of ${running} running`;
}
