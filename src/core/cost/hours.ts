const hourMs = 3_600_000;

/** A stretch of time at one list price; `untilAt` null: it goes on. */
export type PricedSpan = {
  readonly fromAt: number;
  readonly untilAt: number | null;
  readonly pricePerHourUsd: number | null;
};

/** Length within `period`, in hours; a span that ends before it begins (skewed clocks) has none. */
export function hoursWithin(
  span: Pick<PricedSpan, 'fromAt' | 'untilAt'>,
  period: { readonly fromAt: number; readonly toAt: number },
): number {
  const from = Math.max(span.fromAt, period.fromAt);
  const until = Math.min(span.untilAt ?? period.toAt, period.toAt);
  return Math.max(0, until - from) / hourMs;
}

/** List price × hours, in USD; null: the price is not known, and an unknown price is never guessed. */
export const priceOfHours = (hours: number, pricePerHourUsd: number | null): number | null =>
  pricePerHourUsd === null || !(pricePerHourUsd >= 0) || !Number.isFinite(hours)
    ? null
    : hours * pricePerHourUsd;
