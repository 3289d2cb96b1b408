import { isBySchedule } from '../core/idle/brakes.ts';
import type { ComputeRef } from '../core/ids.ts';
import type { Flow } from './flow.ts';
import { judge } from './judge.ts';
import { lookAtWorkspaces } from './look-at-workspaces.ts';
import type { WorkspaceGroup } from './plan-sweep.ts';
import { readPolicy } from './policy-store.ts';
import { readUsedUpBudgets } from './quota/used-up-budgets.ts';
import { isRunning } from './readings.ts';
import { readTeams } from './teams.ts';

export type ComparePoliciesInput = {
  readonly sweepId: string;
  readonly currentHash: string;
  readonly proposedHash: string;
  readonly group: WorkspaceGroup;
};

/** What a changed policy would do to one group that the one in force does not. */
export type PolicyComparison = {
  readonly running: number;
  /** Computes (ledger rows) that would newly be warned or stopped, and the first of them for people. */
  readonly rows: readonly string[];
  readonly shown: readonly ComputeRef[];
  /** Workspaces that could not be compared. */
  readonly unread: number;
};

const shownAtMost = 100;

/** Both policies on the same readings; writes nothing. Never throws: what cannot be compared is counted. */
export async function comparePolicies(flow: Flow, input: ComparePoliciesInput): Promise<PolicyComparison> {
  try {
    return await compare(flow, input);
  } catch {
    return { running: 0, rows: [], shown: [], unread: input.group.workspaces.length };
  }
}

async function compare(flow: Flow, input: ComparePoliciesInput): Promise<PolicyComparison> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const current = await readPolicy(ledger, input.currentHash);
  const proposed = await readPolicy(ledger, input.proposedHash);
  const policies = [current.policy, proposed.policy];
  const teams = await readTeams(flow, policies);
  // A halt ends some day: what the policy would do then is what matters.
  const halt = null;
  const looks = await lookAtWorkspaces(flow, input.group, {
    now,
    policies,
    waitUntilAt: now,
    isSurelyActive: () => false,
  });
  const budgets = [await readUsedUpBudgets(flow, current), await readUsedUpBudgets(flow, proposed)] as const;
  const rows: string[] = [];
  const shown: ComputeRef[] = [];
  let running = 0;
  for (const look of looks) {
    if (look.kind !== 'read') continue;
    const { tally } = look.readings;
    for (const instance of look.readings.instances) {
      if (isRunning(instance.compute.state)) running += 1;
      const by = { now, teams, halt, tally };
      const before = judge(instance, { ...by, policy: current, budgets: budgets[0] }).decision;
      const after = judge(instance, { ...by, policy: proposed, budgets: budgets[1] }).decision;
      if (after.action === 'keep' || before.action !== 'keep' || isBySchedule(after)) continue;
      rows.push(instance.row);
      shown.push(instance.compute.ref);
    }
  }
  const unread = looks.filter((look) => look.kind !== 'read').length;
  return { running, rows, shown: shown.slice(0, shownAtMost), unread };
}
