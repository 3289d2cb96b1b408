import { z } from 'zod';
import type { SessionReport } from '../core/activity/types.ts';
import { computeKey, type ComputeRef, shortHash, type WorkspaceRef } from '../core/ids.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { computeRefCodec, encodeRow, maybeTime, timeCodec } from './codec.ts';
import { partitionOf, placeOf, withPrefix } from './partitions.ts';
import { dayMs, oldestFirst } from './time-key.ts';

const minuteMs = 60_000;
// Longer than any window of the idle rule that is worth asking reports about.
const reportsKeptMs = 7 * dayMs;
const load = z.enum(['busy', 'idle']);
const maybeLoad = load.nullable().default(null);
export const sessionReportCodec = z
  .object({
    at: timeCodec,
    kernels: load,
    terminals: load,
    ssh: load,
    vscode: load,
    processes: maybeLoad,
    gpu: maybeLoad,
    containers: maybeLoad,
    lastInputAt: maybeTime,
    diskFreeMegabytes: z.number().nullable().default(null),
  })
  .transform((value): SessionReport => value);
const markCodec = z.object({ ref: computeRefCodec, lastReportAt: timeCodec });

const seriesPartition = (ref: ComputeRef): string => `r-${shortHash(computeKey(ref), 24)}`;
const minuteOf = (at: number): number => Math.floor(at / minuteMs) * minuteMs;

/** Stores what the session agent saw in one minute; the same minute again replaces it. */
export async function storeReport(ledger: Ledger, ref: ComputeRef, report: SessionReport): Promise<void> {
  const value = encodeRow({ ...report, expiresAt: report.at + reportsKeptMs });
  await ledger.write('reports', seriesPartition(ref), {
    kind: 'put',
    row: oldestFirst(minuteOf(report.at)),
    value,
  });
  const { partition, row } = placeOf(ref);
  const mark = { ref, lastReportAt: report.at, expiresAt: report.at + reportsKeptMs };
  await ledger.write('reports', partition, { kind: 'put', row, value: encodeRow(mark) });
}

/** Computes of the workspace that have an agent, with the time of a recent report, by compute row. */
export async function readReportingComputes(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<ReadonlyMap<string, number>> {
  const rows = await ledger.list('reports', partitionOf(workspace), withPrefix('c-'));
  const marks = rows.map((row) => [row.row, markCodec.safeParse(row.value).data?.lastReportAt] as const);
  return new Map(marks.filter((mark): mark is readonly [string, number] => mark[1] !== undefined));
}

const readable = (row: LedgerRow): readonly SessionReport[] => {
  const report = sessionReportCodec.safeParse(row.value).data;
  return report === undefined ? [] : [report];
};

/** Reports with `fromAt` ≤ at < `toAt`, the oldest first; one that cannot be read is a missing minute. */
export async function readReports(
  ledger: Ledger,
  ref: ComputeRef,
  fromAt: number,
  toAt: number,
): Promise<readonly SessionReport[]> {
  const rows = await ledger.list('reports', seriesPartition(ref), {
    from: oldestFirst(minuteOf(fromAt)),
    to: oldestFirst(toAt),
  });
  return rows.flatMap(readable).filter((report) => report.at >= fromAt && report.at < toAt);
}
