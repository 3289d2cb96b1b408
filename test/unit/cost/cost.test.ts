import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hoursWithin, priceOfHours } from '../../../src/core/cost/hours.ts';
import { usdText } from '../../../src/core/cost/money.ts';
import { standingCost } from '../../../src/core/cost/stopped-cost.ts';
import { totalCost } from '../../../src/core/cost/total-cost.ts';
import { hour, now } from '../../support/instance-under-judgement.ts';

const period = { fromAt: now - 10 * hour, toAt: now };
const span = (name: string, fromAt: number, untilAt: number | null, pricePerHourUsd: number | null) => ({
  name,
  fromAt,
  untilAt,
  pricePerHourUsd,
});

const hours = (fromAt: number, untilAt: number | null) => hoursWithin({ fromAt, untilAt }, period);

describe('cost', () => {
  it('counts the hours of a span that lie in the period', () => {
    expect(hours(now - 3 * hour, null)).toBe(3);
    expect(hours(now - 30 * hour, now - 9 * hour)).toBe(1);
    expect(hours(now - 30 * hour, now - 20 * hour)).toBe(0);
    expect(hours(now - hour, now + 5 * hour)).toBe(1);
    expect(hours(now - hour, now - 2 * hour)).toBe(0);
    expect(hours(now + hour, null)).toBe(0);
  });

  it('sums list price × hours and lists what has no price by its hours, never guessed', () => {
    const total = totalCost(
      [
        span('ci-a', now - 4 * hour, null, 0.5),
        span('ci-b', now - 2 * hour, now - hour, 3),
        span('ci-c', now - 6 * hour, now - 5 * hour, null),
        span('ci-c', now - 3 * hour, null, null),
        span('ci-d', now + hour, null, null),
      ],
      period,
    );
    expect(total).toEqual({ usd: 5, hours: 9, unpriced: [{ name: 'ci-c', hours: 4 }] });
  });

  it('knows a price of nothing from no price', () => {
    expect(priceOfHours(3, 0)).toBe(0);
    for (const price of [null, Number.NaN, -1]) expect(priceOfHours(3, price)).toBeNull();
  });

  it('is the same whether a span is counted whole or in parts', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.nat(20), (from, cut, to) => {
        const at = [from, cut, to].sort((a, b) => a - b).map((hours) => now - 15 * hour + hours * hour);
        const [a = 0, b = 0, c = 0] = at;
        const whole = totalCost([span('x', a, c, 2)], period).usd;
        expect(totalCost([span('x', a, b, 2), span('x', b, c, 2)], period).usd).toBeCloseTo(whole, 9);
      }),
    );
  });

  it('of a stopped instance names what is still billed, priced or not', () => {
    const prices = { diskPerMonth: 19.71, publicIpPerHour: 0.005, loadBalancerPerHour: null };
    const known = standingCost(prices, true);
    expect(known.usdPerMonth).toBeCloseTo(23.36, 6);
    expect(known).toMatchObject({ priced: ['OS disk (120 GB)', 'public IP'], unpriced: ['load balancer'] });
    expect(standingCost(prices, false)).toEqual({
      usdPerMonth: 19.71,
      priced: ['OS disk (120 GB)'],
      unpriced: ['load balancer'],
    });
    expect(standingCost(prices, null).unpriced).toEqual(['public IP', 'load balancer']);
    const unknown = { diskPerMonth: null, publicIpPerHour: null, loadBalancerPerHour: null };
    expect(standingCost(unknown, true)).toEqual({
      usdPerMonth: null,
      priced: [],
      unpriced: ['OS disk (120 GB)', 'public IP', 'load balancer'],
    });
  });

  it.each([
    [1234.5, '1,234.50 USD'],
    [0, '0.00 USD'],
    [0.0084, '0.0084 USD'],
    [0.29, '0.29 USD'],
    [-3, '-3.00 USD'],
    [null, 'price unknown'],
    [Number.NaN, 'price unknown'],
  ])('of %s is written as %s', (amount, text) => {
    expect(usdText(amount)).toBe(text);
  });
});
