import type { SessionReport } from '../../core/activity/types.ts';
import { parseComputeArmId, type ComputeKey } from '../../core/ids.ts';
import { storeReport } from '../../ledger/reports.ts';
import type { Stage } from './stage.ts';
import type { ReportRange } from './scenario/types.ts';

const minuteMs = 60_000;

/** What the agent posts at one moment, if a range covers it; of several the later one. */
export function reportAt(ranges: readonly ReportRange[], at: number): SessionReport | null {
  const range = ranges.findLast(({ fromAt, toAt }) => fromAt <= at && at < toAt);
  if (range === undefined) return null;
  const { kernels, terminals, ssh, vscode, processes, gpu, containers, lastInputAt } = range;
  const connected = ssh === 'busy' || vscode === 'busy';
  return {
    at,
    kernels,
    terminals,
    ssh,
    vscode,
    processes,
    gpu,
    containers,
    // Until the last input, and where the file names none, an open connection has input all the time.
    lastInputAt: lastInputAt === null ? (connected ? at : null) : Math.min(lastInputAt, at),
    diskFreeMegabytes: null,
  };
}

/**
 * The session agents: one report a minute from each instance that has one and runs. They begin with the run: before it
 * nothing was there to take a report, whatever the ranges say.
 */
export class SessionAgents {
  readonly #stage: Stage;
  readonly #arrived = new Map<ComputeKey, SessionReport[]>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** When the next reports are due after `now`; null: no instance has an agent any more. */
  nextAt(now: number): number | null {
    const { startAt } = this.#stage.scenario;
    const ranges = [...this.#stage.described.values()].flatMap((compute) => compute.reports);
    const next = startAt + (Math.floor((now - startAt) / minuteMs) + 1) * minuteMs;
    return ranges.some(({ toAt }) => toAt > next) ? next : null;
  }

  /** All reports of one moment. Those that the ledger cannot take are lost. */
  async report(at: number): Promise<void> {
    const { described, azure, outages } = this.#stage;
    if (outages.isOut('ledger', at)) return;
    for (const [key, { reports }] of described) {
      if (reports.length === 0) continue;
      const report = reportAt(reports, at);
      const record = azure.compute(key);
      const wasUp = record?.runs.some((run) => run.fromAt <= at && (run.toAt === null || at < run.toAt));
      if (report === null || record === undefined || wasUp !== true) continue;
      await post(this.#stage, record.id, report);
      const arrived = this.#arrived.get(key);
      if (arrived === undefined) this.#arrived.set(key, [report]);
      else arrived.push(report);
    }
  }

  /** Reports that Lamplighter has of this compute, the oldest first. */
  arrivedFrom(key: ComputeKey): readonly SessionReport[] {
    return this.#arrived.get(key) ?? [];
  }
}

/** How a report reaches Lamplighter: the row that its door for reports writes. */
async function post(stage: Stage, computeId: string, report: SessionReport): Promise<void> {
  await storeReport(stage.ledger, parseComputeArmId(computeId), report);
}
