import type { SessionReport } from '../../core/activity/types.ts';
import { parseComputeArmId, type ComputeKey } from '../../core/ids.ts';
import { storeReport } from '../../ledger/reports.ts';
import { bodyOf, SimulatedAgent } from '../simulation-agent.ts';
import type { Life } from './life.ts';
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

/** Older reports are no longer kept when the run begins. */
const rememberedMs = 7 * 24 * 60 * minuteMs;

/**
 * The session agents: one report a minute from each instance that has one and runs. Those of before the run were taken in
 * their time and lie in the ledger when it begins.
 */
export class SessionAgents {
  readonly #stage: Stage;
  readonly #life: () => Life;
  readonly #agents = new Map<ComputeKey, SimulatedAgent>();
  readonly #arrived = new Map<ComputeKey, SessionReport[]>();
  #isPastTaken = false;

  constructor(stage: Stage, life: () => Life) {
    this.#stage = stage;
    this.#life = life;
  }

  /** When the next reports are due after `now`; null: no instance has an agent any more. */
  nextAt(now: number): number | null {
    const { startAt } = this.#stage.scenario;
    const ranges = [...this.#stage.described.values()].flatMap((compute) => compute.reports);
    const next = startAt + (Math.floor((now - startAt) / minuteMs) + 1) * minuteMs;
    return ranges.some(({ toAt }) => toAt > next) ? next : null;
  }

  /** All reports of this moment. Those that Lamplighter cannot take are lost. */
  async report(): Promise<void> {
    const { described, azure, now } = this.#stage;
    if (!this.#isPastTaken) await this.#takePast();
    this.#isPastTaken = true;
    for (const [key, { reports }] of described) {
      if (reports.length === 0) continue;
      const report = reportAt(reports, now);
      const record = azure.compute(key);
      const isUp = record?.state === 'Running' || record?.state === 'JobRunning';
      if (report === null || record === undefined || !isUp) continue;
      if (!(await this.#post(key, record.id, report))) continue;
      const arrived = this.#arrived.get(key);
      if (arrived === undefined) this.#arrived.set(key, [report]);
      else arrived.push(report);
    }
  }

  /** Reports that Lamplighter has of this compute, the oldest first. */
  arrivedFrom(key: ComputeKey): readonly SessionReport[] {
    return this.#arrived.get(key) ?? [];
  }

  async #takePast(): Promise<void> {
    const { described, azure, ledger, scenario } = this.#stage;
    for (const [key, { reports }] of described) {
      const record = azure.compute(key);
      if (record === undefined || reports.length === 0) continue;
      const arrived: SessionReport[] = [];
      for (let at = scenario.startAt - rememberedMs; at < scenario.startAt; at += minuteMs) {
        const report = reportAt(reports, at);
        const wasUp = record.runs.some((run) => run.fromAt <= at && (run.toAt === null || at < run.toAt));
        if (report === null || !wasUp) continue;
        await storeReport(ledger, parseComputeArmId(record.id), report);
        arrived.push(report);
      }
      if (arrived.length > 0) this.#arrived.set(key, arrived);
    }
  }

  /** Signed, through the app's own door for reports; `false`: it was not taken. */
  async #post(key: ComputeKey, computeId: string, report: SessionReport): Promise<boolean> {
    const { host, flow } = this.#life();
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      if (this.#stage.outages.isOut('ledger', this.#stage.now)) return false;
      agent = new SimulatedAgent();
      await agent.enrol(flow, parseComputeArmId(computeId), null);
      this.#agents.set(key, agent);
    }
    const { body, headers } = agent.request('report', bodyOf(report), report.at);
    const target = '/api/reports';
    const response = await host.request({ method: 'POST', target, headers: Object.entries(headers), body });
    return response.status < 300;
  }
}
