/** Prices of what a stopped instance goes on using, where the deployment's price source knows them; USD. */
export type StandingPrices = {
  readonly diskPerMonth: number | null;
  readonly publicIpPerHour: number | null;
  readonly loadBalancerPerHour: number | null;
};

export const noStandingPrices: StandingPrices = {
  diskPerMonth: null,
  publicIpPerHour: null,
  loadBalancerPerHour: null,
};

export type StandingCost = {
  /** Estimate for 730 hours; null where none of the items has a price. */
  readonly usdPerMonth: number | null;
  readonly priced: readonly string[];
  /** Billed as well, at a price that is not known. */
  readonly unpriced: readonly string[];
};

/** Azure's own convention for a month of hours. */
export const hoursPerMonth = 730;

const perMonth = (perHour: number | null): number | null =>
  perHour === null ? null : perHour * hoursPerMonth;

/** What an instance costs that is stopped: its OS disk of 120 GB, a public IP if it has one, and a standard load balancer. */
export function standingCost(prices: StandingPrices, hasPublicIp: boolean | null): StandingCost {
  const items: readonly (readonly [string, number | null])[] = [
    ['OS disk (120 GB)', prices.diskPerMonth],
    // Where nobody knows whether it has one, its price must not be added, nor the item be forgotten.
    ...(hasPublicIp === false
      ? []
      : [['public IP', hasPublicIp === null ? null : perMonth(prices.publicIpPerHour)] as const]),
    ['load balancer', perMonth(prices.loadBalancerPerHour)],
  ];
  const known = items.filter((item): item is readonly [string, number] => item[1] !== null);
  return {
    usdPerMonth: known.length === 0 ? null : known.reduce((sum, [, price]) => sum + price, 0),
    priced: known.map(([name]) => name),
    unpriced: items.filter(([, price]) => price === null).map(([name]) => name),
  };
}
