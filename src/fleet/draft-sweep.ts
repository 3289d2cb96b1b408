import type { FindingRecord } from '../core/findings/types.ts';
import { LamplighterError } from '../core/errors.ts';
import type { WorkspaceRef } from '../core/ids.ts';
import { type Halt, readHalt } from '../ledger/flags.ts';
import { partitionOf } from '../ledger/partitions.ts';
import {
  dropPendingPolicy,
  type PendingPolicy,
  readPendingPolicy,
  writeCurrentPolicy,
} from '../ledger/policies.ts';
import { readSweepSummary, type SweepSummary } from '../ledger/sweeps.ts';
import type { ComputeKnowledge } from '../present/json/compute-view.ts';
import { adoptPolicy } from './adopt-policy.ts';
import { beginSweep } from './begin-sweep.ts';
import { comparePolicies, type PolicyComparison } from './compare-policies.ts';
import { concludeSweep } from './conclude-sweep.ts';
import { evaluateGroup, type GroupOutcome } from './evaluate-group.ts';
import { listFindings } from './findings/list-findings.ts';
import type { Flow } from './flow.ts';
import { fewAtATime, inParallel } from './in-parallel.ts';
import { planSweep, type SweepPlan, type WorkspaceGroup } from './plan-sweep.ts';
import { type LoadedPolicy, readPolicy } from './policy-store.ts';
import { type FleetFilter, readWorkspaceComputes } from './read-fleet.ts';
import type { DurableStarter } from './start-orchestration.ts';

export type DraftOptions = {
  /** Plans with the policy of the source even where an admin would have to approve it first. */
  readonly evenUnapproved: boolean;
  /** Waits until Azure may be asked again. */
  readonly waitUntil: (at: number) => Promise<void>;
  readonly onProgress: (done: number, of: number, what: string) => void;
};

/** What a sweep would come to, and why. */
export type SweepDraft = {
  readonly at: number;
  readonly summary: SweepSummary;
  readonly policy: LoadedPolicy;
  /** The policy that decided waits for an admin's approval in a deployment. */
  readonly unapproved: PendingPolicy | null;
  readonly halt: Halt | null;
  readonly looked: readonly WorkspaceRef[];
  readonly computes: readonly ComputeKnowledge[];
  /** Those that hold, accepted ones too. */
  readonly findings: readonly FindingRecord[];
};

type Planned = Extract<SweepPlan, { kind: 'planned' }>;

/** Workflows are what a sweep would start; a draft starts none. */
const startsNothing: DurableStarter = {
  startNew: async () => '',
  getStatus: () => Promise.reject(new Error('Nothing was started.')),
};

const lost = (): LamplighterError =>
  new LamplighterError('The draft of the sweep was overtaken.', {
    code: 'plan.overtaken',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Run it again; if it stays, please report it.',
  });

async function planned(flow: Flow, sweepId: string, options: DraftOptions): Promise<Planned> {
  for (;;) {
    const plan = await planSweep(flow, { sweepId });
    if (plan.kind === 'planned') return plan;
    if (plan.kind === 'superseded') throw lost();
    await options.waitUntil(plan.until);
  }
}

async function decidingPolicy(
  flow: Flow,
  sweepId: string,
  plan: Planned,
  options: DraftOptions,
): Promise<{ readonly hash: string; readonly unapproved: PendingPolicy | null }> {
  const { ledger, clock } = flow.ports;
  const { policyHash: currentHash, proposedHash } = plan;
  if (proposedHash === null) return { hash: currentHash, unapproved: null };
  const comparisons: PolicyComparison[] = [];
  for (const group of plan.groups) {
    comparisons.push(await comparePolicies(flow, { sweepId, currentHash, proposedHash, group }));
  }
  const { policyHash } = await adoptPolicy(flow, { sweepId, currentHash, proposedHash, comparisons });
  if (policyHash === proposedHash || !options.evenUnapproved) return { hash: policyHash, unapproved: null };
  const unapproved = (await readPendingPolicy(ledger))?.pending ?? null;
  await writeCurrentPolicy(ledger, { hash: proposedHash, sinceAt: clock.now(), approvedBy: null });
  return { hash: proposedHash, unapproved };
}

async function evaluated(
  flow: Flow,
  sweepId: string,
  policyHash: string,
  plan: Planned,
  options: DraftOptions,
): Promise<readonly GroupOutcome[]> {
  const { waitUntilAt } = plan;
  const of = plan.groups.reduce((sum, group) => sum + group.workspaces.length, 0);
  const done: GroupOutcome[] = [];
  let groups: readonly WorkspaceGroup[] = plan.groups;
  let looked = 0;
  while (groups.length > 0) {
    const outcomes: GroupOutcome[] = [];
    for (const group of groups) {
      options.onProgress(
        Math.min(looked, of),
        of,
        `${group.location}, ${group.workspaces.length} workspaces`,
      );
      outcomes.push(await evaluateGroup(flow, { sweepId, policyHash, group, waitUntilAt }));
      looked += group.workspaces.length;
    }
    done.push(...outcomes);
    const again = outcomes.flatMap((outcome) => (outcome.again === null ? [] : [outcome.again]));
    groups = again.map((one) => one.group);
    if (again.length > 0) await options.waitUntil(Math.max(...again.map((one) => one.retryAt)));
  }
  return done;
}

/**
 * Takes the steps of a sweep itself, one after the other, over ports whose writes go nowhere: the ledger has to be an
 * overlay, and everything that would write to Azure must only note it.
 */
export async function draftSweep(flow: Flow, options: DraftOptions): Promise<SweepDraft> {
  const { ledger, clock } = flow.ports;
  const { begun, sweepId } = await beginSweep(flow, startsNothing, 'now');
  if (!begun || sweepId === null) throw lost();
  const at = clock.now();
  // One that waits for approval is not proposed again.
  if (options.evenUnapproved) await dropPendingPolicy(ledger);
  const plan = await planned(flow, sweepId, options);
  const { hash, unapproved } = await decidingPolicy(flow, sweepId, plan, options);
  const outcomes = await evaluated(flow, sweepId, hash, plan, options);
  const concluded = await concludeSweep(
    flow,
    { sweepId, policyHash: hash, faults: plan.faults, outcomes },
    startsNothing,
  );
  const summary = await readSweepSummary(ledger, sweepId);
  if (concluded.kind === 'superseded' || summary === null) throw lost();
  const policy = await readPolicy(ledger, hash);
  return {
    at,
    summary,
    policy,
    unapproved,
    halt: await readHalt(ledger),
    looked: plan.groups.flatMap(({ workspaces }) => workspaces),
    computes: await computesOf(flow, plan, summary),
    findings: (await listFindings(flow)).filter(({ fixedAt }) => fixedAt === null),
  };
}

const everything: FleetFilter = { mayUse: () => true, wants: () => true };

/** What the ledger says of workspaces that could not be read is old: it is not part of the draft. */
async function computesOf(
  flow: Flow,
  plan: Planned,
  { faults }: SweepSummary,
): Promise<readonly ComputeKnowledge[]> {
  const { ledger, clock } = flow.ports;
  const unread = new Set(
    faults.flatMap(({ workspace }) => (workspace === null ? [] : [partitionOf(workspace)])),
  );
  const read = plan.groups
    .flatMap(({ workspaces }) => workspaces)
    .filter((ref) => !unread.has(partitionOf(ref)));
  const lists = await inParallel(read, fewAtATime, (ref) =>
    readWorkspaceComputes(ledger, ref, everything, clock.now()),
  );
  return lists.flat();
}
