import { hoursWithin, priceOfHours, type PricedSpan } from './hours.ts';

/** An estimate by list prices. What has no price is listed by its hours, outside the sum. */
export type CostTotal = {
  readonly usd: number;
  readonly hours: number;
  readonly unpriced: readonly { readonly name: string; readonly hours: number }[];
};

export type NamedSpan = PricedSpan & { readonly name: string };

/**
 * What the spans cost within the period: of running instances the cost of running, of stopped ones the cost avoided
 * (hours stopped by Lamplighter × list price; disk, public IP and load balancer are paid either way and are in neither).
 */
export function totalCost(
  spans: readonly NamedSpan[],
  period: { readonly fromAt: number; readonly toAt: number },
): CostTotal {
  let usd = 0;
  let hours = 0;
  const unpriced = new Map<string, number>();
  for (const span of spans) {
    const length = hoursWithin(span, period);
    const price = priceOfHours(length, span.pricePerHourUsd);
    if (length === 0) continue;
    hours += length;
    if (price === null) unpriced.set(span.name, (unpriced.get(span.name) ?? 0) + length);
    else usd += price;
  }
  return { usd, hours, unpriced: [...unpriced].map(([name, length]) => ({ name, hours: length })) };
}
