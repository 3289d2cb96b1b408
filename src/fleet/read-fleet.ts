import { inScope } from '../config/in-scope.ts';
import type { Scope } from '../config/settings.ts';
import type { Person } from '../core/computes.ts';
import type { WorkspaceRef } from '../core/ids.ts';
import { readPolicyInForce } from './policy-store.ts';
import { lastStopOf } from './say-regret.ts';
import { type KnownOutlook, outlookOf } from './schedule/outlook-of.ts';
import { readWishes } from '../ledger/after-job-wishes.ts';
import { readWorkspaceDecisions, type RecordedDecision } from '../ledger/decisions.ts';
import { readObservations } from '../ledger/observations.ts';
import { readOpenSavings, type StoredSaving } from '../ledger/savings.ts';
import { partitionOf } from '../ledger/partitions.ts';
import { readSnoozes } from '../ledger/snoozes.ts';
import { readOpenWarnings } from '../ledger/warnings.ts';
import { listSeenWorkspaces } from '../ledger/workspaces.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ComputeKnowledge } from '../present/json/compute-view.ts';

export const readAtOnce = 16;

/** Yields the results in the items' order, reading a few at a time; what the consumer does not ask for is not read. */
export async function* inChunks<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  for (let from = 0; from < items.length; from += readAtOnce) {
    yield* await Promise.all(items.slice(from, from + readAtOnce).map(read));
  }
}

/** Workspaces the ledger knows, those in scope, in a stable order. */
export async function knownWorkspaces(ledger: Ledger, scope: Scope): Promise<readonly WorkspaceRef[]> {
  const seen = await listSeenWorkspaces(ledger);
  return seen
    .map((one) => one.ref)
    .filter((ref) => inScope(scope, ref))
    .sort((one, other) => (partitionOf(one) < partitionOf(other) ? -1 : 1));
}

export type FleetFilter = {
  readonly mayUse: (owner: Person | null) => boolean;
  readonly wants: (decision: RecordedDecision) => boolean;
};

const byName = (one: RecordedDecision, other: RecordedDecision): number =>
  one.ref.compute.toLowerCase() < other.ref.compute.toLowerCase() ? -1 : 1;

async function outlooks(
  ledger: Ledger,
  workspace: WorkspaceRef,
  savings: ReadonlyMap<string, StoredSaving>,
  now: number,
): Promise<(row: string, snoozedUntil: number | null) => KnownOutlook | null> {
  const { policy } = await readPolicyInForce(ledger);
  if (policy.schedules.length === 0) return () => null;
  const observations = await readObservations(ledger, workspace);
  return (row, snoozedUntil) => {
    const seen = observations.get(row);
    const saving = savings.get(row)?.saving ?? null;
    return seen === undefined ? null : outlookOf(policy, seen, saving, snoozedUntil, now);
  };
}

/** The workspace's computes that pass the filter, with warnings and snoozes read only where there are any. */
export async function readWorkspaceComputes(
  ledger: Ledger,
  workspace: WorkspaceRef,
  filter: FleetFilter,
  now: number,
): Promise<readonly ComputeKnowledge[]> {
  const decisions = await readWorkspaceDecisions(ledger, workspace);
  const wanted = [...decisions].filter(
    ([, decision]) => filter.mayUse(decision.owner) && filter.wants(decision),
  );
  if (wanted.length === 0) return [];
  const [warnings, snoozes, wishes, savings] = await Promise.all([
    readOpenWarnings(ledger, workspace),
    readSnoozes(ledger, workspace, now),
    readWishes(ledger, workspace),
    readOpenSavings(ledger, workspace),
  ]);
  const outlookFor = await outlooks(ledger, workspace, savings, now);
  return wanted
    .sort(([, one], [, other]) => byName(one, other))
    .map(([row, decision]) => ({
      decision,
      warnings: (warnings.get(row) ?? []).map((stored) => stored.warning),
      snooze: snoozes.get(row) ?? null,
      wish: wishes.get(row)?.wish ?? null,
      lastStop: lastStopOf(decision, savings.get(row)?.saving ?? null, now),
      outlook: outlookFor(row, snoozes.get(row)?.until ?? null),
    }));
}
