import { z } from 'zod';
import { type DecidableCounts, noneDecidable } from '../core/activity/count-decidable.ts';
import type { ComputeRef, WorkspaceRef } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, timeCodec, workspaceRefCodec } from './codec.ts';
import { historyKeptMs } from './time-key.ts';

/** The sweep that counts: a newer one supersedes it, and each step that acts checks that it is still this one. */
export type LatestSweep = {
  readonly number: number;
  readonly sweepId: string;
  readonly startedAt: number;
  readonly everyMs: number;
  /** Its orchestration was seen to be started. */
  readonly launched: boolean;
};

export type WorkspaceFault = {
  readonly workspace: WorkspaceRef | null;
  readonly subscriptionId: string;
  readonly code: string;
  readonly message: string;
};
export type BlindSpot = {
  readonly ref: ComputeRef;
  readonly sinceAt: number;
  readonly because: string | null;
};

/** What one sweep came to. Counts of instances are of those whose workspaces could be read. */
export type SweepSummary = {
  readonly sweepId: string;
  readonly number: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly status: 'running' | 'finished' | 'superseded' | 'failed';
  readonly policyHash: string;
  readonly workspaces: number;
  readonly instances: number;
  readonly running: number;
  /** Running instances whose activity was asked for, and those of which enough was seen to tell; the rest is the blind share. */
  readonly asked: number;
  readonly decidable: number;
  readonly decidableBy: DecidableCounts;
  readonly byReason: Readonly<Record<string, number>>;
  readonly warned: number;
  readonly withdrawn: number;
  /** Warnings that nobody could be told of yet. */
  readonly undelivered: number;
  readonly heldByBlastLimit: number;
  readonly batchId: string | null;
  readonly blindSpots: readonly BlindSpot[];
  readonly blindSpotCount: number;
  readonly faults: readonly WorkspaceFault[];
  readonly error: string | null;
};

const partition = 'sweeps';
const summaries = 'summaries';

const latestCodec = z
  .object({
    number: z.number(),
    sweepId: z.string(),
    startedAt: timeCodec,
    everyMs: z.number().default(300_000),
    launched: z.boolean().default(true),
  })
  .transform((value): LatestSweep => value);

const count = z.number().default(0);
const summaryCodec = z
  .object({
    sweepId: z.string(),
    number: count,
    startedAt: timeCodec,
    finishedAt: maybeTime,
    status: z.enum(['running', 'finished', 'superseded', 'failed']).catch('failed'),
    policyHash: z.string().default(''),
    workspaces: count,
    instances: count,
    running: count,
    asked: count,
    decidable: count,
    decidableBy: z
      .object({ metrics: count, session: count, both: count, neither: count })
      .default(noneDecidable),
    byReason: z.record(z.string(), z.number()).default({}),
    warned: count,
    withdrawn: count,
    undelivered: count,
    heldByBlastLimit: count,
    batchId: z.string().nullable().default(null),
    blindSpots: z
      .array(
        z.object({
          ref: computeRefCodec,
          sinceAt: timeCodec,
          because: z.string().nullable().default(null),
        }),
      )
      .default([]),
    blindSpotCount: count,
    faults: z
      .array(
        z.object({
          workspace: workspaceRefCodec.nullable().default(null),
          subscriptionId: z.string().default(''),
          code: z.string(),
          message: z.string(),
        }),
      )
      .default([]),
    error: z.string().nullable().default(null),
  })
  .transform((value): SweepSummary => value);

/** Null: there was never a sweep. */
export async function readLatestSweep(
  ledger: Ledger,
): Promise<{ readonly latest: LatestSweep; readonly etag: string } | null> {
  const row = await ledger.get('sweeps', partition, 'latest');
  return row === null ? null : { latest: decodeRow(latestCodec, row, 'latest sweep'), etag: row.etag };
}

/** Makes this the sweep that counts; `false`: somebody else was first. `etag` null: there was none before. */
export async function claimSweep(ledger: Ledger, next: LatestSweep, etag: string | null): Promise<boolean> {
  const value = encodeRow(next);
  const write =
    etag === null
      ? ({ kind: 'insert', row: 'latest', value } as const)
      : ({ kind: 'replace', row: 'latest', value, etag } as const);
  return (await ledger.write('sweeps', partition, write)).ok;
}

const amendTries = 5;

/**
 * Notes something about the sweep that counts, beside what others note about it at the same time; nothing, if it is
 * another by now.
 */
export async function amendSweep(
  ledger: Ledger,
  sweepId: string,
  noted: Partial<Pick<LatestSweep, 'everyMs' | 'launched'>>,
): Promise<void> {
  for (let tries = 0; tries < amendTries; tries += 1) {
    const stored = await readLatestSweep(ledger);
    if (stored?.latest.sweepId !== sweepId) return;
    if (await claimSweep(ledger, { ...stored.latest, ...noted }, stored.etag)) return;
  }
}

/** Whether no newer sweep has begun. */
export async function isLatestSweep(ledger: Ledger, sweepId: string): Promise<boolean> {
  return (await readLatestSweep(ledger))?.latest.sweepId === sweepId;
}

export async function writeSweepSummary(ledger: Ledger, summary: SweepSummary): Promise<void> {
  const value = encodeRow({ ...summary, expiresAt: summary.startedAt + historyKeptMs });
  await ledger.write('sweeps', summaries, { kind: 'put', row: summary.sweepId, value });
}

export async function readSweepSummary(ledger: Ledger, sweepId: string): Promise<SweepSummary | null> {
  const row = await ledger.get('sweeps', summaries, sweepId);
  return row === null ? null : decodeRow(summaryCodec, row, 'sweep summary');
}

/** A newer sweep has taken the place of this one. */
export async function endSuperseded(ledger: Ledger, sweepId: string): Promise<void> {
  const begun = await readSweepSummary(ledger, sweepId);
  if (begun?.status === 'running') await writeSweepSummary(ledger, { ...begun, status: 'superseded' });
}

/** Of the sweep that ended last; null: none ever did. */
export async function readLastFinishedSummary(ledger: Ledger): Promise<SweepSummary | null> {
  const row = await ledger.get('sweeps', partition, 'last-finished');
  return row === null ? null : decodeRow(summaryCodec, row, 'sweep summary');
}

/** The summary of a finished sweep is also kept as the last finished one: what the next is compared with. */
export async function writeLastFinishedSummary(ledger: Ledger, summary: SweepSummary): Promise<void> {
  await ledger.write('sweeps', partition, { kind: 'put', row: 'last-finished', value: encodeRow(summary) });
}

/** Summaries from that sweep id on (ids sort by time), the oldest first. */
export async function listSweepSummaries(
  ledger: Ledger,
  fromSweepId: string,
  limit = 1000,
): Promise<readonly SweepSummary[]> {
  const rows = await ledger.list('sweeps', summaries, { from: fromSweepId, limit });
  return rows.map((row) => decodeRow(summaryCodec, row, 'sweep summary'));
}
