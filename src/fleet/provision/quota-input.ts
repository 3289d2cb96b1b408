import type { Policy } from '../../core/policy/types.ts';
import type { MachineAsked, QuotaInput, Reserved } from '../../core/quota/types.ts';
import type { FleetFacts } from './fleet-facts.ts';

/** Limits of the policy reach beyond the region; without any, only Azure's own are asked for. */
export const isWide = (policy: Policy): boolean => policy.quotas.length > 0;

/** Everything that quota is judged by, read anew (or moments ago). */
export async function quotaInput(
  facts: FleetFacts,
  policy: Policy,
  asked: MachineAsked,
  reserved: readonly Reserved[],
): Promise<QuotaInput> {
  const azure = facts.usages(asked.workspace.subscriptionId, asked.location);
  if (!isWide(policy)) {
    return {
      quotas: policy.quotas,
      asked,
      holdings: [],
      reserved,
      spent: [],
      unread: [],
      azure: await azure,
    };
  }
  const teams = await facts.teams(policy);
  const { holdings, unread } = await facts.holdings(teams);
  const hasBudget = policy.quotas.some(({ moneyPerMonth }) => moneyPerMonth !== null);
  const spent = hasBudget ? await facts.spent(teams) : [];
  return { quotas: policy.quotas, asked, holdings, reserved, spent, unread, azure: await azure };
}
