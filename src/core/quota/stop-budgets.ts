import { matching } from '../policy/match.ts';
import type { Quota } from '../policy/types.ts';
import { groupsOf } from './groups.ts';
import { groupText } from './limit-text.ts';
import { policyLimits } from './policy-limits.ts';
import type { LimitState, Member, Spent } from './types.ts';

/** A budget that is used up, and that stops what of its group is idle. */
export type ExceededBudget = {
  /** Whose it is, in words: `ada`, `Team vision`, `The whole fleet`. */
  readonly of: string;
  /** Month to date, UTC, at list prices: no less than this. */
  readonly spentUsd: number;
  readonly limitUsd: number;
};

/** The budgets of a policy with `onExceeded: stop`, and which of their groups have used them up. */
export type StopBudgets = {
  readonly quotas: readonly Quota[];
  readonly exceeded: ReadonlyMap<string, LimitState>;
};

const keyOf = (quotaIndex: number | null, group: string): string => `${quotaIndex ?? ''}|${group}`;

export const stopsByBudget = ({ moneyPerMonth, onExceeded }: Quota): boolean =>
  moneyPerMonth !== null && onExceeded === 'stop';

/** `spent`: no more than is certain, since what nobody knows exceeds nothing. */
export function stopBudgets(all: readonly Quota[], spent: readonly Spent[]): StopBudgets {
  const quotas = all.filter(stopsByBudget);
  const limits = policyLimits({
    quotas,
    asked: null,
    holdings: [],
    reserved: [],
    spent,
    unread: [],
    azure: null,
  });
  const exceeded = limits
    .filter(({ unit, state }) => unit === 'usd-this-month' && state === 'exceeded')
    .map((limit) => [keyOf(limit.quotaIndex, limit.group.key), limit] as const);
  return { quotas, exceeded: new Map(exceeded) };
}

/**
 * The first used-up budget, in file order, that an instance surely counts towards; null: none. One of which it is not
 * known whether it counts is stopped by no budget.
 */
export function exceededBudgetOf({ quotas, exceeded }: StopBudgets, member: Member): ExceededBudget | null {
  if (exceeded.size === 0) return null;
  for (const [index, quota] of quotas.entries()) {
    if (matching(quota.match, member.subject) !== 'yes') continue;
    for (const { key } of groupsOf(quota.per, member) ?? []) {
      const limit = exceeded.get(keyOf(index, key));
      if (limit === undefined) continue;
      return { of: groupText(limit.group), spentUsd: limit.used, limitUsd: limit.limit };
    }
  }
  return null;
}
