import { z } from 'zod';
import type { ComputeRef, WorkspaceRef } from '../core/ids.ts';
import type { Decision, WarnReason } from '../core/idle/types.ts';
import type { Ledger, LedgerRow, LedgerWrite } from '../ports/ledger.ts';
import { decodeRow, encodeRow, maybeTime } from './codec.ts';
import { decisionCodec } from './decisions.ts';
import { partitionOf, placeOf } from './partitions.ts';
import { dayMs } from './time-key.ts';
import { writeInChunks } from './write-in-chunks.ts';

/**
 * A compute that a sweep would warn anew. Kept in the ledger between the sweep's steps, because a fleet's candidates are
 * more than an orchestration should carry.
 */
export type Candidate = {
  readonly decision: Decision;
  readonly warnMs: number;
  readonly startedAt: number | null;
  /** A warning that is out already, whose workflow may have been lost: it is started again, nothing is warned anew. */
  readonly resume: {
    readonly warningId: string;
    readonly reason: WarnReason;
    readonly sweepId: string;
  } | null;
};

const codec = z.object({
  decision: decisionCodec,
  warnMs: z.number(),
  startedAt: maybeTime,
  resume: z
    .object({
      warningId: z.string(),
      reason: z.string().transform((value) => value as WarnReason),
      sweepId: z.string(),
    })
    .nullable()
    .default(null),
});
const partitionFor = (sweepId: string): string => `candidates-${sweepId}`;
const heldPartitionFor = (sweepId: string): string => `held-${sweepId}`;
const decode = (row: LedgerRow): Candidate => decodeRow(codec, row, 'candidate');
// A compute whose long warning is resumed may be warned anew by another rule in the same sweep.
const rowFor = (candidate: Candidate): string => {
  const { row } = placeOf(candidate.decision.ref);
  return candidate.resume === null ? row : `${row}-${candidate.resume.warningId}`;
};

export async function writeCandidates(
  ledger: Ledger,
  sweepId: string,
  candidates: readonly Candidate[],
): Promise<void> {
  const writes = candidates.map((candidate): LedgerWrite => {
    const value = encodeRow({ ...candidate, expiresAt: candidate.decision.at + 2 * dayMs });
    return { kind: 'put', row: rowFor(candidate), value };
  });
  await writeInChunks(ledger, 'sweeps', partitionFor(sweepId), writes);
}

async function removeCandidates(
  ledger: Ledger,
  sweepId: string,
  candidates: readonly Candidate[],
): Promise<void> {
  const writes = candidates.map((one): LedgerWrite => ({ kind: 'delete', row: rowFor(one) }));
  await writeInChunks(ledger, 'sweeps', partitionFor(sweepId), writes);
}

/**
 * Those that a brake holds stay in the list, so that the brake counts the same when its step runs again, and are not
 * started. The mark lies beside them: a group that is evaluated late for a second time cannot wipe it out.
 */
export async function holdCandidates(
  ledger: Ledger,
  sweepId: string,
  candidates: readonly Candidate[],
): Promise<void> {
  const writes = candidates.map((one): LedgerWrite => {
    const value = encodeRow({ expiresAt: one.decision.at + 2 * dayMs });
    return { kind: 'put', row: rowFor(one), value };
  });
  await writeInChunks(ledger, 'sweeps', heldPartitionFor(sweepId), writes);
}

/** A workspace that is looked at again in the same sweep begins anew. */
export async function dropCandidates(
  ledger: Ledger,
  sweepId: string,
  workspaces: readonly WorkspaceRef[],
): Promise<void> {
  const partitions = new Set(workspaces.map(partitionOf));
  const stale = (await readCandidates(ledger, sweepId)).filter((one) =>
    partitions.has(partitionOf(one.decision.ref)),
  );
  await removeCandidates(ledger, sweepId, stale);
}

/** Null: it is none any more, or was none. */
export async function readCandidate(
  ledger: Ledger,
  sweepId: string,
  ref: ComputeRef,
): Promise<Candidate | null> {
  const row = await ledger.get('sweeps', partitionFor(sweepId), placeOf(ref).row);
  return row === null ? null : decode(row);
}

export async function readCandidates(ledger: Ledger, sweepId: string): Promise<readonly Candidate[]> {
  return (await ledger.list('sweeps', partitionFor(sweepId))).map(decode);
}

/** All but those that a brake holds. */
export async function readStartable(ledger: Ledger, sweepId: string): Promise<readonly Candidate[]> {
  const candidates = await readCandidates(ledger, sweepId);
  const held = new Set((await ledger.list('sweeps', heldPartitionFor(sweepId))).map(({ row }) => row));
  return candidates.filter((candidate) => !held.has(rowFor(candidate)));
}
