import type { WorkspaceRef } from '../../core/ids.ts';
import { stopBudgets, stopsByBudget } from '../../core/quota/stop-budgets.ts';
import { readInventory } from '../../ledger/inventory.ts';
import { partitionOf } from '../../ledger/partitions.ts';
import { listSeenWorkspaces } from '../../ledger/workspaces.ts';
import { readAllTeams } from '../findings/all-teams.ts';
import type { Flow } from '../flow.ts';
import type { BudgetsOfPolicy } from '../judge.ts';
import type { LoadedPolicy } from '../policy-store.ts';
import { spentIn } from './spent.ts';

/**
 * The used-up budgets of one policy, from what the fleet has surely cost this month: a machine counts as running no longer
 * than until the last sweep that saw its workspace. Null: no budget of the policy stops anything, and nothing is read.
 * `seenNow`: workspaces that were read this moment.
 */
export async function readUsedUpBudgets(
  flow: Flow,
  { policy }: LoadedPolicy,
  seenNow: readonly WorkspaceRef[] = [],
): Promise<BudgetsOfPolicy | null> {
  if (!policy.quotas.some(stopsByBudget)) return null;
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const [teams, inventory, seen] = await Promise.all([
    readAllTeams(flow, policy),
    readInventory(ledger),
    listSeenWorkspaces(ledger),
  ]);
  const seenAt = new Map([
    ...seen.map((one) => [partitionOf(one.ref), one.seenAt] as const),
    ...seenNow.map((ref) => [partitionOf(ref), now] as const),
  ]);
  const spent = spentIn(inventory, teams, now, (workspace) => seenAt.get(partitionOf(workspace)) ?? 0);
  return { budgets: stopBudgets(policy.quotas, spent), teams };
}
