import { quotaVerdict } from '../../core/quota/quota-verdict.ts';
import type { Spent } from '../../core/quota/types.ts';
import type { Policy } from '../../core/policy/types.ts';
import { readInventory } from '../../ledger/inventory.ts';
import { readAllTeams } from '../findings/all-teams.ts';
import type { Flow } from '../flow.ts';
import { subjectOf } from '../subject-of.ts';
import { spentIn } from '../quota/spent.ts';
import type { InstanceReadings } from '../readings.ts';
import type { TeamMembers } from '../teams.ts';

type Spending = { readonly teams: TeamMembers; readonly spent: readonly Spent[] };

async function readSpending(flow: Flow, policy: Policy): Promise<Spending> {
  const teams = await readAllTeams(flow, policy);
  const inventory = await readInventory(flow.ports.ledger);
  return { teams, spent: spentIn(inventory, teams, flow.ports.clock.now()) };
}

/**
 * Tells whether a budget that an instance counts towards is exceeded this month: then no schedule starts it. A budget
 * that only reports stands in nobody's way. What was spent is read once, at the first question.
 */
export function budgetGuard(
  flow: Flow,
  policy: Policy,
): (readings: Pick<InstanceReadings, 'compute' | 'size'>) => Promise<boolean> {
  const budgets = policy.quotas.filter(({ moneyPerMonth }) => moneyPerMonth !== null);
  let spending: Promise<Spending> | null = null;
  return async (readings) => {
    if (budgets.length === 0) return false;
    spending ??= readSpending(flow, policy);
    const { teams, spent } = await spending;
    const { compute, size } = readings;
    const { limits } = quotaVerdict({
      quotas: budgets,
      asked: {
        workspace: compute.ref,
        location: compute.location,
        owner: compute.owner,
        subject: subjectOf(readings, teams),
        requestId: null,
        family: size?.family ?? '',
        cores: 0,
        gpus: 0,
      },
      holdings: [],
      reserved: [],
      spent,
      unread: [],
      azure: null,
    });
    return limits.some(
      ({ code, state, effect }) => code === 'refuse.budget' && state === 'exceeded' && effect !== 'report',
    );
  };
}
