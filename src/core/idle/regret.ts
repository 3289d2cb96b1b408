const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** A restart so soon after a stop says that the stop was wrong. */
export const regretWithinMs = 15 * minuteMs;
const countedForMs = 30 * dayMs;

/** One stop by Lamplighter; `regrettedAt`: its owner restarted it soon after, or said "I was using it". */
export type PastStop = { readonly stoppedAt: number; readonly regrettedAt: number | null };

export type RegretRate = {
  readonly stops: number;
  readonly regrets: number;
  /** Null where nothing was stopped. */
  readonly percent: number | null;
};

/** Whether somebody's start of an instance means regret of the stop before it. */
export const isRegret = (stop: { readonly stoppedAt: number }, startedAt: number): boolean =>
  startedAt >= stop.stoppedAt && startedAt - stop.stoppedAt <= regretWithinMs;

/** Over the stops of the last 30 days, of one workspace. */
export function regretRate(stops: readonly PastStop[], now: number): RegretRate {
  const recent = stops.filter((stop) => stop.stoppedAt <= now && now - stop.stoppedAt < countedForMs);
  const regrets = recent.filter((stop) => stop.regrettedAt !== null).length;
  return {
    stops: recent.length,
    regrets,
    percent: recent.length === 0 ? null : (regrets / recent.length) * 100,
  };
}

/** Above the limit (`regret.maxPercent`) the workspace falls back to mode `warn`. */
export const fallsBack = (rate: RegretRate, maxPercent: number): boolean =>
  rate.percent !== null && rate.percent > maxPercent;
