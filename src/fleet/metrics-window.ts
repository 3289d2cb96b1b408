import { metricsRange } from '../core/activity/window.ts';
import type { Policy } from '../core/policy/types.ts';

/** The longest quiet after a job that a person may ask for. */
export const longestQuietMs = 15 * 60_000;

/** What to ask Azure Monitor for so that every compute can be judged, whatever override applies to it. */
export function metricsWindow(
  policies: readonly Policy[],
  now: number,
): { readonly fromAt: number; readonly toAt: number } {
  const idles = policies.flatMap((policy) => [
    policy.idle,
    ...policy.overrides.map((override) => ({ ...policy.idle, ...override.idle })),
  ]);
  const quiets = policies.flatMap((policy) => policy.schedules.map((schedule) => schedule.quietForMs));
  const longestMs = Math.max(longestQuietMs, ...idles.map((idle) => idle.afterMs), ...quiets);
  const delays = idles.map((idle) => idle.ingestionDelayMs);
  return {
    fromAt: metricsRange(now, longestMs, Math.max(...delays)).fromAt,
    toAt: metricsRange(now, longestMs, Math.min(...delays)).toAt,
  };
}
