import { z } from 'zod';
import type { ActivityEvidence } from '../core/activity/types.ts';
import { computeKey, type ComputeRef, shortHash, type WorkspaceRef } from '../core/ids.ts';
import type { Decision, ReasonCode, WarnReason } from '../core/idle/types.ts';
import type { Ledger, LedgerRow, LedgerWrite } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, personCodec, timeCodec } from './codec.ts';
import { partitionOf, placeOf, withPrefix } from './partitions.ts';
import { dayMs, historyKeptMs, newestFirst } from './time-key.ts';
import { writeInChunks } from './write-in-chunks.ts';

/** A decision as the ledger holds it; `sinceAt`: since when action and reason have been these. */
export type RecordedDecision = Decision & { readonly sinceAt: number };

const number = z.number().nullable().default(null);
const evidenceCodec = z
  .object({
    windowFromAt: timeCodec,
    windowToAt: timeCodec,
    coverage: number,
    bucketsPresent: z.number().default(0),
    bucketsExpected: z.number().default(0),
    cpuPercentMax: number,
    cpuCoresMax: number,
    gpuPercentMax: number,
    networkMegabytesMax: number,
    lastActiveAt: number,
    job: z.object({ name: z.string(), status: z.string() }).nullable().default(null),
    stalledJobs: z.array(z.string()).default([]),
    session: z.string().nullable().default(null),
    decidableBy: z.enum(['metrics', 'session', 'both', 'neither']).catch('neither'),
    unknownBecause: z.string().nullable().default(null),
  })
  .transform((value): ActivityEvidence => value);

export const decisionCodec = z
  .object({
    ref: computeRefCodec,
    owner: personCodec.nullable().default(null),
    vmSize: z.string().nullable().default(null),
    at: timeCodec,
    action: z.enum(['keep', 'warn', 'stop', 'start']),
    reason: z.string(),
    would: z.string().optional(),
    rules: z.array(z.string()).optional(),
    facts: z.record(z.string(), z.unknown()).default({}),
    evidence: evidenceCodec.nullable().catch(null),
    policyHash: z.string().default(''),
    stopDueAt: timeCodec.optional(),
    pricePerHourUsd: z.number().nullable().default(null),
    sinceAt: maybeTime,
  })
  .transform((value): RecordedDecision => {
    const { would, rules, stopDueAt, ...rest } = value;
    return {
      ...rest,
      reason: value.reason as ReasonCode,
      facts: value.facts,
      sinceAt: value.sinceAt ?? value.at,
      ...(would === undefined ? {} : { would: would as NonNullable<Decision['would']> }),
      ...(rules === undefined ? {} : { rules: rules as readonly WarnReason[] }),
      ...(stopDueAt === undefined ? {} : { stopDueAt }),
    };
  });

const decode = (row: LedgerRow): RecordedDecision => decodeRow(decisionCodec, row, 'decision');
const historyPartition = (ref: ComputeRef): string => `h-${shortHash(computeKey(ref), 24)}`;

/** The latest decision about one compute; null: never seen. */
export async function readDecision(ledger: Ledger, ref: ComputeRef): Promise<RecordedDecision | null> {
  const { partition, row } = placeOf(ref);
  const found = await ledger.get('decisions', partition, row);
  return found === null ? null : decode(found);
}

/** The latest decisions about all computes of the workspace, by compute row (`placeOf(ref).row`). */
export async function readWorkspaceDecisions(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<ReadonlyMap<string, RecordedDecision>> {
  const rows = await ledger.list('decisions', partitionOf(workspace), withPrefix('c-'));
  return new Map(rows.map((row) => [row.row, decode(row)]));
}

/** Decisions at which action or reason changed, the newest first. */
export async function readDecisionHistory(
  ledger: Ledger,
  ref: ComputeRef,
  limit = 100,
): Promise<readonly RecordedDecision[]> {
  return (await ledger.list('decisions', historyPartition(ref), { limit })).map(decode);
}

const sameOutcome = (a: Decision, b: Decision): boolean =>
  a.action === b.action && a.reason === b.reason && a.would === b.would;

// The current row of a compute that never changes would otherwise be written each sweep, or expire while it is true.
const needsWriting = (decision: Decision, previous: RecordedDecision | undefined): boolean =>
  previous === undefined ||
  !sameOutcome(decision, previous) ||
  decision.reason !== 'keep.not-running' ||
  decision.facts.state !== previous.facts.state ||
  decision.at - previous.at >= dayMs;

/**
 * Records decisions about computes of one workspace: a history row where action or reason changed, then the current
 * rows. `previous` as from `readWorkspaceDecisions`; an older decision never replaces a newer one.
 */
export async function recordDecisions(
  ledger: Ledger,
  workspace: WorkspaceRef,
  decisions: readonly Decision[],
  previous: ReadonlyMap<string, RecordedDecision>,
): Promise<void> {
  const writes: LedgerWrite[] = [];
  for (const decision of decisions) {
    const { row } = placeOf(decision.ref);
    const before = previous.get(row);
    if (before !== undefined && before.at > decision.at) continue;
    const changed = before === undefined || !sameOutcome(decision, before);
    const value = encodeRow({
      ...decision,
      sinceAt: changed ? decision.at : before.sinceAt,
      expiresAt: decision.at + historyKeptMs,
    });
    if (changed) {
      await ledger.write('decisions', historyPartition(decision.ref), {
        kind: 'put',
        row: `${newestFirst(decision.at)}-${decision.reason}`,
        value,
      });
    }
    if (needsWriting(decision, before)) writes.push({ kind: 'put', row, value });
  }
  await writeInChunks(ledger, 'decisions', partitionOf(workspace), writes);
}

/** Records one decision, whatever was recorded before. */
export async function recordDecision(ledger: Ledger, decision: Decision): Promise<void> {
  const before = await readDecision(ledger, decision.ref);
  const previous = before === null ? [] : [[placeOf(decision.ref).row, before] as const];
  await recordDecisions(ledger, decision.ref, [decision], new Map(previous));
}

/** Computes that are there no more have no current decision; their history stays. */
export async function forgetDecisions(
  ledger: Ledger,
  workspace: WorkspaceRef,
  gone: readonly ComputeRef[],
): Promise<void> {
  const rows = gone.map((ref) => placeOf(ref).row);
  const writes = rows.flatMap((row): LedgerWrite[] => [
    { kind: 'delete', row },
    { kind: 'delete', row: row.replace(/^c-/, 'o-') },
  ]);
  await writeInChunks(ledger, 'decisions', partitionOf(workspace), writes);
}
