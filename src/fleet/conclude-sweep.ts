import { addDecidable } from '../core/activity/count-decidable.ts';
import { applyBrakes, type Braked } from '../core/idle/brakes.ts';
import { detectCoverageLoss } from '../core/idle/coverage.ts';
import { computeKey, type ComputeKey, type WorkspaceRef } from '../core/ids.ts';
import type { Decision } from '../core/idle/types.ts';
import {
  type Batch,
  insertBatch,
  newBatch,
  readNewestBatch,
  replaceBatch,
  type StoredBatch,
} from '../ledger/batches.ts';
import { type Candidate, holdCandidates, readCandidates } from '../ledger/candidates.ts';
import { readWorkspaceDecisions, recordDecisions } from '../ledger/decisions.ts';
import { partitionOf, placeOf } from '../ledger/partitions.ts';
import {
  readLastFinishedSummary,
  endSuperseded,
  readLatestSweep,
  readSweepSummary,
  type SweepSummary,
  type WorkspaceFault,
  writeLastFinishedSummary,
  writeSweepSummary,
} from '../ledger/sweeps.ts';
import { reviewAttachments } from './attachments/review-attachments.ts';
import { addReasons, type GroupOutcome } from './evaluate-group.ts';
import { faultOf } from './fault-of.ts';
import { concludeFindings } from './findings/conclude-findings.ts';
import type { Flow } from './flow.ts';
import { emptySummary } from './plan-sweep.ts';
import { type LoadedPolicy, readPolicy } from './policy-store.ts';
import type { DurableStarter } from './start-orchestration.ts';
import { alertOnce, deliverWaitingAlerts } from './tell.ts';

export type ConcludeSweepInput = {
  readonly sweepId: string;
  readonly policyHash: string;
  readonly faults: readonly WorkspaceFault[];
  readonly outcomes: readonly GroupOutcome[];
};
export type SweepConclusion =
  | { readonly kind: 'superseded' }
  | { readonly kind: 'concluded'; readonly warned: number; readonly toStart: number };

const shownBlindSpots = 100;

/** Joins what all groups found: brakes first, then every decision on record, before anybody is warned. */
export async function concludeSweep(
  flow: Flow,
  input: ConcludeSweepInput,
  client: DurableStarter | null = null,
): Promise<SweepConclusion> {
  const { ledger, clock } = flow.ports;
  const stored = await readLatestSweep(ledger);
  if (stored?.latest.sweepId !== input.sweepId || input.outcomes.some((one) => one.superseded)) {
    await endSuperseded(ledger, input.sweepId);
    return { kind: 'superseded' };
  }
  const { latest } = stored;
  const total = (of: (outcome: GroupOutcome) => number): number =>
    input.outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  const running = total((outcome) => outcome.running);

  const candidates = await readCandidates(ledger, input.sweepId);
  const fresh = candidates.filter((candidate) => candidate.resume === null);
  const batch = await readNewestBatch(ledger);
  const released = releasedIn(batch, input.sweepId);
  const loaded = await readPolicy(ledger, input.policyHash);
  const { policy } = loaded;
  const keys = new Set(
    fresh
      .filter(({ decision }) => released.has(placeOf(decision.ref).row))
      .map(({ decision }) => computeKey(decision.ref)),
  );
  const braked = brake(fresh, running, policy.limits, keys);
  const heldRefs = new Set(braked.held.map((decision) => computeKey(decision.ref)));

  await recordAll(flow, braked.decisions);
  await holdCandidates(
    ledger,
    input.sweepId,
    fresh.filter(({ decision }) => heldRefs.has(computeKey(decision.ref))),
  );
  const batchId = await settleBatch(flow, input.sweepId, batch, braked);

  const warned = braked.decisions.filter(({ action }) => action === 'warn').length;
  const blindSpots = input.outcomes.flatMap((outcome) => outcome.blindSpots);
  const summary: SweepSummary = {
    ...emptySummary(latest.sweepId, latest.number, latest.startedAt),
    finishedAt: clock.now(),
    status: 'finished',
    policyHash: input.policyHash,
    workspaces: (await readSweepSummary(ledger, input.sweepId))?.workspaces ?? 0,
    instances: total((outcome) => outcome.instances),
    running,
    asked: total((outcome) => outcome.asked),
    decidable: total((outcome) => outcome.decidable),
    decidableBy: addDecidable(input.outcomes.map((outcome) => outcome.decidableBy)),
    byReason: addReasons([
      ...input.outcomes.map((outcome) => outcome.byReason),
      countReasons(braked.decisions),
    ]),
    warned,
    withdrawn: total((outcome) => outcome.withdrawn),
    undelivered: total((outcome) => outcome.undelivered),
    heldByBlastLimit: braked.held.length,
    batchId,
    blindSpots: blindSpots.toSorted((a, b) => a.sinceAt - b.sinceAt).slice(0, shownBlindSpots),
    blindSpotCount: total((outcome) => outcome.blindSpotCount),
    faults: [...input.faults, ...input.outcomes.flatMap((outcome) => outcome.faults)],
  };
  await writeSummary(flow, summary);
  await deliverWaitingAlerts(flow);
  await findInGroups(flow, loaded, summary.faults, client);
  return { kind: 'concluded', warned, toStart: candidates.length - braked.held.length };
}

/** Findings about groups and attachments stand in no stop's way: what goes wrong with them is told, and tried again at the next sweep. */
async function findInGroups(
  flow: Flow,
  policy: LoadedPolicy,
  faults: readonly WorkspaceFault[],
  client: DurableStarter | null,
): Promise<void> {
  const alertId = 'findings-of-groups';
  try {
    await concludeFindings(flow, policy, faults);
    await reviewAttachments(flow, policy, client);
  } catch (thrown) {
    const { code, message } = faultOf(thrown);
    if (code === 'ledger.unavailable') return;
    await alertOnce(flow, {
      alertId,
      code: 'findings.failed',
      title: 'Quotas, budgets and attachments could not be looked at',
      sentence: `Findings about quotas, budgets and attachments are not up to date: ${message}`,
    });
  }
}

/** A release counts in the sweep that spends it, also when that sweep's step runs twice. */
const releasedIn = (stored: StoredBatch | null, sweepId: string): ReadonlySet<string> => {
  if (stored === null) return new Set();
  const { batch } = stored;
  const holds = batch.status === 'released' || (batch.status === 'spent' && batch.spentBy === sweepId);
  return new Set(holds ? batch.rows : []);
};

const brake = (
  candidates: readonly Candidate[],
  runningCount: number,
  limits: Parameters<typeof applyBrakes>[1]['limits'],
  released: ReadonlySet<ComputeKey>,
): Braked =>
  applyBrakes(
    candidates.map((candidate) => candidate.decision),
    { runningCount, limits, released, openWarnings: new Map() },
  );

async function recordAll(flow: Flow, decisions: readonly Decision[]): Promise<void> {
  const byWorkspace = new Map<string, { readonly ref: WorkspaceRef; readonly decisions: Decision[] }>();
  for (const decision of decisions) {
    const partition = partitionOf(decision.ref);
    const entry = byWorkspace.get(partition) ?? { ref: decision.ref, decisions: [] };
    entry.decisions.push(decision);
    byWorkspace.set(partition, entry);
  }
  for (const { ref, decisions: ofWorkspace } of byWorkspace.values()) {
    const previous = await readWorkspaceDecisions(flow.ports.ledger, ref);
    await recordDecisions(flow.ports.ledger, ref, ofWorkspace, previous);
  }
}

/** Opens, renews or ends the batch of what the limit holds; admins are told of a new one. Returns the held batch's id. */
async function settleBatch(
  flow: Flow,
  sweepId: string,
  stored: StoredBatch | null,
  braked: Braked,
): Promise<string | null> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const before = stored?.batch ?? null;
  if (stored !== null && before?.status === 'released') {
    await replaceBatch(ledger, stored, { ...before, status: 'spent', spentBy: sweepId, updatedAt: now });
  }
  if (braked.held.length === 0) {
    if (stored !== null && before?.status === 'held') {
      await replaceBatch(ledger, stored, { ...before, status: 'lapsed', updatedAt: now });
    }
    return null;
  }
  const refs = braked.held.map((decision) => decision.ref);
  const renewed = newBatch(`batch-${sweepId}`, now, braked.limit, refs);
  if (stored !== null && before?.status === 'held') {
    const kept: Batch = { ...renewed, batchId: before.batchId, heldAt: before.heldAt };
    await replaceBatch(ledger, stored, kept);
    await tellBatch(flow, kept);
    return kept.batchId;
  }
  await insertBatch(ledger, renewed);
  await tellBatch(flow, renewed);
  return renewed.batchId;
}

const tellBatch = (flow: Flow, batch: Batch): Promise<void> =>
  alertOnce(flow, {
    alertId: `blast-${batch.batchId}`,
    code: 'blast-limit.held',
    title: `${batch.count} instances held by the blast limit`,
    sentence: `${batch.count} instances would newly be warned or stopped in one sweep, more than the limit of ${batch.limit}, so none of them is; an admin who finds that right releases batch ${batch.batchId}.`,
  });

function countReasons(decisions: readonly Decision[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of decisions) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

async function writeSummary(flow: Flow, summary: SweepSummary): Promise<void> {
  const { ledger } = flow.ports;
  const previous = await readLastFinishedSummary(ledger);
  if (previous !== null && previous.sweepId !== summary.sweepId) {
    const loss = detectCoverageLoss(previous, summary);
    if (loss !== null) {
      await alertOnce(flow, {
        alertId: `coverage-${summary.sweepId}`,
        code: 'coverage.lost',
        title: 'Lamplighter suddenly sees much less of the fleet',
        sentence: `Activity could be told for ${loss.before.decidable} of ${loss.before.asked} running instances before, and now for ${loss.now.decidable} of ${loss.now.asked}; what is not seen is not stopped.`,
      });
    }
  }
  await writeSweepSummary(ledger, summary);
  await writeLastFinishedSummary(ledger, summary);
}
