import type { Workspace } from '../core/computes.ts';
import type { SubscriptionId, WorkspaceRef } from '../core/ids.ts';
import { canActOn } from '../core/policy/can-act-on.ts';
import type { Policy } from '../core/policy/types.ts';
import { inScope } from '../config/in-scope.ts';
import {
  amendSweep,
  endSuperseded,
  readLatestSweep,
  type WorkspaceFault,
  writeSweepSummary,
  type SweepSummary,
} from '../ledger/sweeps.ts';
import { faultOf } from './fault-of.ts';
import { noneDecidable } from '../core/activity/count-decidable.ts';
import type { Flow } from './flow.ts';
import { fewAtATime, inParallel } from './in-parallel.ts';
import { muteWorkspace } from './mute-workspace.ts';
import { readPolicy } from './policy-store.ts';
import { reloadPolicy } from './reload-policy.ts';

/** Workspaces of one subscription and region, few enough for one metrics call. */
export type WorkspaceGroup = {
  readonly subscriptionId: SubscriptionId;
  readonly location: string;
  readonly workspaces: readonly WorkspaceRef[];
};

export type SweepPlan =
  | {
      readonly kind: 'planned';
      /** Until when this sweep waits for what is throttled. */
      readonly waitUntilAt: number;
      readonly policyHash: string;
      readonly proposedHash: string | null;
      readonly groups: readonly WorkspaceGroup[];
      readonly faults: readonly WorkspaceFault[];
    }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'wait'; readonly until: number };

/** What is throttled for longer is left to the next sweep: the others' warnings must not wait for it. */
const patienceMs = 90_000;
const soonestAgainMs = 5_000;
const waitsUntil = (startedAt: number, everyMs: number): number =>
  startedAt + Math.min(patienceMs, everyMs / 3);

/** Azure Monitor takes this many resources in one batch. */
const workspacesPerGroup = 50;

export const emptySummary = (sweepId: string, number: number, startedAt: number): SweepSummary => ({
  sweepId,
  number,
  startedAt,
  finishedAt: null,
  status: 'running',
  policyHash: '',
  workspaces: 0,
  instances: 0,
  running: 0,
  asked: 0,
  decidable: 0,
  decidableBy: noneDecidable,
  byReason: {},
  warned: 0,
  withdrawn: 0,
  undelivered: 0,
  heldByBlastLimit: 0,
  batchId: null,
  blindSpots: [],
  blindSpotCount: 0,
  faults: [],
  error: null,
});

/** Which policy may decide, and which workspaces are to be looked at. */
export async function planSweep(flow: Flow, input: { readonly sweepId: string }): Promise<SweepPlan> {
  const { ledger } = flow.ports;
  const stored = await readLatestSweep(ledger);
  if (stored?.latest.sweepId !== input.sweepId) {
    await endSuperseded(ledger, input.sweepId);
    return { kind: 'superseded' };
  }
  const { latest } = stored;

  const { currentHash, proposedHash } = await reloadPolicy(flow);
  const current = (await readPolicy(ledger, currentHash)).policy;
  const proposed = proposedHash === null ? null : (await readPolicy(ledger, proposedHash)).policy;
  const everyMs = (proposed ?? current).sweep.everyMs;
  if (everyMs !== latest.everyMs || !latest.launched) {
    await amendSweep(ledger, latest.sweepId, { everyMs, launched: true });
  }

  const waitUntilAt = waitsUntil(latest.startedAt, everyMs);
  const listed = await listWorkspaces(flow, waitUntilAt);
  if (listed.retryAt !== null) {
    return { kind: 'wait', until: Math.max(listed.retryAt, flow.ports.clock.now() + soonestAgainMs) };
  }
  const policies = proposed === null ? [current] : [current, proposed];
  const looked = listed.workspaces.filter((one) => isLookedAt(flow, policies, one));
  for (const workspace of listed.workspaces) {
    const isOff = inScope(flow.scope, workspace) && !looked.includes(workspace);
    if (isOff) await muteWorkspace(flow, workspace, currentHash);
  }
  const summary = emptySummary(latest.sweepId, latest.number, latest.startedAt);
  await writeSweepSummary(ledger, {
    ...summary,
    policyHash: currentHash,
    workspaces: looked.length,
    faults: listed.faults,
  });
  return {
    kind: 'planned',
    waitUntilAt,
    policyHash: currentHash,
    proposedHash,
    groups: groupsOf(looked),
    faults: listed.faults,
  };
}

const isLookedAt = (flow: Flow, policies: readonly Policy[], workspace: Workspace): boolean =>
  inScope(flow.scope, workspace) &&
  policies.some((policy) =>
    canActOn(policy, { subscription: workspace.subscriptionId, workspace: workspace.workspace }),
  );

type Listed = {
  readonly workspaces: readonly Workspace[];
  readonly faults: readonly WorkspaceFault[];
  /** When to list again, if Azure will answer soon; a subscription that it withholds for longer is a fault of this sweep. */
  readonly retryAt: number | null;
};

async function listWorkspaces(flow: Flow, waitUntilAt: number): Promise<Listed> {
  const workspaces: Workspace[] = [];
  const faults: WorkspaceFault[] = [];
  const retries: number[] = [];
  await inParallel(flow.scope.subscriptions, fewAtATime, async (subscriptionId) => {
    try {
      const listed = await flow.ports.workspaces.list(subscriptionId);
      if (listed.ok) workspaces.push(...listed.value);
      else if (listed.kind === 'throttled' && listed.retryAt <= waitUntilAt) retries.push(listed.retryAt);
      else faults.push({ workspace: null, subscriptionId, ...faultOf(listed) });
    } catch (thrown) {
      faults.push({ workspace: null, subscriptionId, ...faultOf(thrown) });
    }
  });
  return { workspaces, faults, retryAt: retries.length === 0 ? null : Math.max(...retries) };
}

const byName = (a: Workspace, b: Workspace): number =>
  a.workspace < b.workspace ? -1 : a.workspace > b.workspace ? 1 : 0;

function groupsOf(workspaces: readonly Workspace[]): WorkspaceGroup[] {
  const byRegion = new Map<string, Workspace[]>();
  for (const workspace of workspaces.toSorted(byName)) {
    const key = `${workspace.subscriptionId}|${workspace.location.toLowerCase()}`;
    byRegion.set(key, [...(byRegion.get(key) ?? []), workspace]);
  }
  return [...byRegion.values()].flatMap((ofRegion) => {
    const [first] = ofRegion;
    if (first === undefined) return [];
    const groups: WorkspaceGroup[] = [];
    for (let from = 0; from < ofRegion.length; from += workspacesPerGroup) {
      const chunk = ofRegion.slice(from, from + workspacesPerGroup);
      groups.push({
        subscriptionId: first.subscriptionId,
        location: first.location,
        workspaces: chunk.map(({ subscriptionId, resourceGroup, workspace }) => ({
          subscriptionId,
          resourceGroup,
          workspace,
        })),
      });
    }
    return groups;
  });
}
