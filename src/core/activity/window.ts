import { ceilToMinute, clockSkewMs, floorToMinute, minuteMs } from './minutes.ts';

/** Buckets this far apart speak for each other: two of them are use, a lone one may be an agent or an update. */
export const neighbourMinutes = 10;

/** The half-open stretch of time that is judged, and its whole minutes. */
export type Window = {
  readonly fromAt: number;
  readonly toAt: number;
  /** First whole minute. */
  readonly firstMinuteAt: number;
  readonly minutes: number;
};

/** W = [max(end − length, startedAt), end), where end leaves out what Azure may not have published yet. */
export function windowOf(
  now: number,
  windowMs: number,
  ingestionDelayMs: number,
  startedAt: number | null,
): Window {
  const toAt = floorToMinute(now - ingestionDelayMs);
  const longest = toAt - windowMs;
  return windowFrom(startedAt === null || startedAt < longest ? longest : startedAt, toAt);
}

/** A start after the end (a machine younger than the delay, or a skewed clock) leaves an empty window. */
export function windowFrom(fromAt: number, toAt: number): Window {
  const from = Math.min(fromAt, toAt);
  const firstMinuteAt = ceilToMinute(from);
  return { fromAt: from, toAt, firstMinuteAt, minutes: Math.max(0, (toAt - firstMinuteAt) / minuteMs) };
}

/**
 * What to ask Azure Monitor for, half-open, so that the verdict is as good as it can be: ten minutes more on the left,
 * since a bucket just before the window tells noise from use in it, and all up to now on the right, since use that is
 * visible already is use.
 */
export const metricsRange = (
  now: number,
  windowMs: number,
  ingestionDelayMs: number,
): { readonly fromAt: number; readonly toAt: number } => ({
  fromAt: floorToMinute(now - ingestionDelayMs - windowMs) - neighbourMinutes * minuteMs,
  toAt: Math.max(floorToMinute(now), floorToMinute(now - ingestionDelayMs) + minuteMs),
});

export const latestCredibleAt = (now: number): number => now + clockSkewMs;
