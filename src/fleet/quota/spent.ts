import { type MonthSpend, spentUntil } from '../../core/cost/month-spend.ts';
import type { PolicySubject } from '../../core/policy/subject.ts';
import type { Holding, Member, Spent } from '../../core/quota/types.ts';
import { type InventoryMachine, readInventory, type WorkspaceInventory } from '../../ledger/inventory.ts';
import type { Flow } from '../flow.ts';
import { type TeamMembers, teamsOf } from '../teams.ts';

function subjectOf(
  machine: InventoryMachine,
  { workspace }: WorkspaceInventory,
  teams: TeamMembers,
): PolicySubject {
  const { owner, gpus } = machine;
  return {
    subscription: workspace.subscriptionId,
    workspace: workspace.workspace,
    compute: machine.ref.compute,
    kind: 'ComputeInstance',
    user: owner === null ? null : [owner.objectId, ...(owner.name === null ? [] : [owner.name])],
    teams: teamsOf(teams, owner?.objectId ?? null),
    vmSize: machine.vmSize,
    family: machine.family,
    gpu: gpus === null ? null : gpus > 0,
    tags: machine.tags,
  };
}

const memberOf = (machine: InventoryMachine, of: WorkspaceInventory, teams: TeamMembers): Member => ({
  workspace: of.workspace,
  location: of.location,
  owner: machine.owner,
  subject: subjectOf(machine, of, teams),
});

const spentOf = (
  machine: InventoryMachine,
  member: Member,
  now: number,
  seenAt: number,
): readonly Spent[] => {
  const spend: MonthSpend | null = machine.spend;
  if (spend === null) return [];
  const { usd, unpricedHours } = spentUntil(spend, now, seenAt);
  return usd === 0 && unpricedHours === 0 ? [] : [{ ...member, usd, unpricedHours }];
};

/** What every instance that a sweep saw has cost this month, deleted ones included. */
export function spentIn(
  inventory: readonly WorkspaceInventory[],
  teams: TeamMembers,
  now: number,
  /** Until when it is certain that what was running ran on; left out: until now. */
  seenAt: (workspace: WorkspaceInventory['workspace']) => number = () => now,
): readonly Spent[] {
  return inventory.flatMap((one) => {
    const certainUntil = seenAt(one.workspace);
    return one.machines.flatMap((machine) =>
      spentOf(machine, memberOf(machine, one, teams), now, certainUntil),
    );
  });
}

/** Every instance as the last sweep saw it. */
export function heldIn(inventory: readonly WorkspaceInventory[], teams: TeamMembers): readonly Holding[] {
  return inventory.flatMap((one) =>
    one.machines
      .filter(({ isGone }) => !isGone)
      .map((machine) => ({
        ...memberOf(machine, one, teams),
        ref: machine.ref,
        state: machine.state,
        cores: machine.cores,
        gpus: machine.gpus,
      })),
  );
}

/** For budgets, where everything else is read from Azure. */
export async function readSpent(flow: Flow, teams: TeamMembers): Promise<readonly Spent[]> {
  return spentIn(await readInventory(flow.ports.ledger), teams, flow.ports.clock.now());
}
