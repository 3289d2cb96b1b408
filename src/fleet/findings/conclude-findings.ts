import { isOver, nextLives } from '../../core/findings/life.ts';
import { quotaFindings } from '../../core/findings/quota-findings.ts';
import { aboutKey, type FindingRecord } from '../../core/findings/types.ts';
import { quotaVerdict } from '../../core/quota/quota-verdict.ts';
import type { QuotaVerdict, UnreadWorkspace } from '../../core/quota/types.ts';
import { groupPartition, readOpenGroupFindings, writeFindings } from '../../ledger/findings.ts';
import { readInventory } from '../../ledger/inventory.ts';
import { partitionOf } from '../../ledger/partitions.ts';
import type { WorkspaceFault } from '../../ledger/sweeps.ts';
import type { Flow } from '../flow.ts';
import type { LoadedPolicy } from '../policy-store.ts';
import { heldIn, spentIn } from '../quota/spent.ts';
import type { TeamMembers } from '../teams.ts';
import { readAllTeams } from './all-teams.ts';
import { tellFindings } from './tell-findings.ts';

/** The limits of the policy, held against the fleet as the sweeps have seen it. */
export async function fleetVerdict(
  flow: Flow,
  policy: LoadedPolicy,
  teams: TeamMembers,
  faults: readonly WorkspaceFault[],
): Promise<{ readonly verdict: QuotaVerdict; readonly blind: boolean }> {
  const now = flow.ports.clock.now();
  const inventory = await readInventory(flow.ports.ledger);
  const known = new Set(inventory.map(({ workspace }) => partitionOf(workspace)));
  const unread = [
    ...inventory
      .filter((one) => one.unread > 0)
      .map(({ workspace, location }): UnreadWorkspace => ({ workspace, location })),
    // What was seen before still stands; of one never seen nothing is known.
    ...faults.flatMap(({ workspace }): UnreadWorkspace[] =>
      workspace === null || known.has(partitionOf(workspace)) ? [] : [{ workspace, location: '' }],
    ),
  ];
  const verdict = quotaVerdict({
    quotas: policy.policy.quotas,
    asked: null,
    holdings: heldIn(inventory, teams),
    reserved: [],
    spent: spentIn(inventory, teams, now),
    unread,
    azure: null,
  });
  return { verdict, blind: unread.length > 0 };
}

/** Raises, tells and ends the findings about groups, once the whole fleet was looked at. */
export async function concludeFindings(
  flow: Flow,
  policy: LoadedPolicy,
  faults: readonly WorkspaceFault[],
): Promise<void> {
  const { ledger } = flow.ports;
  const open = await readOpenGroupFindings(ledger);
  if (policy.policy.quotas.length === 0 && open.length === 0) return;
  const now = flow.ports.clock.now();
  const { verdict, blind } = await fleetVerdict(
    flow,
    policy,
    await readAllTeams(flow, policy.policy),
    faults,
  );
  const records = open.map(({ record }) => record);
  const byAbout = new Map<string, FindingRecord[]>();
  for (const record of records) {
    const key = aboutKey(record.about);
    byAbout.set(key, [...(byAbout.get(key) ?? []), record]);
  }
  const steps = quotaFindings(verdict, records, blind).flatMap((look) =>
    nextLives(look, byAbout.get(aboutKey(look.about)) ?? [], now),
  );
  const told = await tellFindings(flow, steps);
  const settled = told.map((record, index) => ({ record, over: isOver(record, steps[index]?.tell ?? null) }));
  await writeFindings(ledger, groupPartition, settled, open);
}
