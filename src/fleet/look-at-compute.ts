import { jobsByCompute } from '../core/activity/jobs.ts';
import type { Reading } from '../core/activity/types.ts';
import { computeKey, type ComputeRef, workspaceKey } from '../core/ids.ts';
import type { Job } from '../core/computes.ts';
import type { Policy } from '../core/policy/types.ts';
import { readWish } from '../ledger/after-job-wishes.ts';
import { readObservation } from '../ledger/observations.ts';
import { placeOf } from '../ledger/partitions.ts';
import { readReportingComputes } from '../ledger/reports.ts';
import { readSnooze } from '../ledger/snoozes.ts';
import { readTally, type Tally } from '../ledger/tallies.ts';
import { readOpenWarningsOf } from '../ledger/warnings.ts';
import { readSeenWorkspace } from '../ledger/workspaces.ts';
import type { AzureResult, MetricsByCompute, MetricsQuery } from '../ports/azure.ts';
import { faultOf } from './fault-of.ts';
import type { Flow } from './flow.ts';
import type { WorkspaceLedger } from './ledger-of-workspace.ts';
import { metricsWindow } from './metrics-window.ts';
import { readInstance } from './read-instance.ts';
import type { InstanceReadings } from './readings.ts';
import { asksForUsers } from './teams.ts';

export type ComputeLook =
  | {
      readonly kind: 'read';
      readonly readings: InstanceReadings;
      readonly tally: Tally;
      /** Jobs on it that have not ended, also those that wait while it is off. */
      readonly unfinished: Reading<readonly Job[]>;
      /** What could not be read, and when it may be tried again: then nobody may conclude that it is idle. */
      readonly unread: { readonly retryAt: number; readonly message: string } | null;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly retryAt: number; readonly message: string };

const againAfterMs = 60_000;
/** Where no sweep has counted them: more only makes the metrics call ask for more rows. */
const computesInCaseUnknown = 500;

async function settled<T>(call: Promise<AzureResult<T>>): Promise<AzureResult<T>> {
  try {
    return await call;
  } catch (thrown) {
    return { ok: false, kind: 'failed', status: 0, ...faultOf(thrown) };
  }
}

const reading = <T>(result: AzureResult<T>): Reading<T> =>
  result.ok ? { ok: true, value: result.value } : { ok: false, why: result.message };

async function ledgerOf(flow: Flow, ref: ComputeRef, now: number): Promise<WorkspaceLedger> {
  const { ledger } = flow.ports;
  const { row } = placeOf(ref);
  const [observation, warnings, snooze, wish, reporting, tally] = await Promise.all([
    readObservation(ledger, ref),
    readOpenWarningsOf(ledger, ref),
    readSnooze(ledger, ref, now),
    readWish(ledger, ref),
    readReportingComputes(ledger, ref),
    readTally(ledger, ref, now),
  ]);
  return {
    decisions: new Map(),
    observations: observation.at === 0 ? new Map() : new Map([[row, observation]]),
    warnings: new Map([[row, warnings]]),
    snoozes: snooze === null ? new Map() : new Map([[row, snooze]]),
    wishes: wish === null ? new Map() : new Map([[row, wish]]),
    savings: new Map(),
    reporting,
    tally,
  };
}

const silent: AzureResult<MetricsByCompute> = {
  ok: false,
  kind: 'failed',
  status: 0,
  code: 'metrics.silent',
  message: 'Azure Monitor answered nothing.',
};

/** Asks for this compute alone; where nothing bears its name as the list spells it, for the whole workspace. */
async function measure(
  flow: Flow,
  ref: ComputeRef,
  location: string,
  query: MetricsQuery,
): Promise<AzureResult<MetricsByCompute>> {
  const ask = async (asked: MetricsQuery): Promise<AzureResult<MetricsByCompute>> =>
    (await flow.ports.metrics.query(location, ref.subscriptionId, asked)).get(workspaceKey(ref)) ?? silent;
  const alone = await ask({ ...query, compute: ref.compute, computesAtMost: 1 });
  return !alone.ok || alone.value.has(computeKey(ref)) ? alone : ask(query);
}

/** Reads everything about one instance, all of it anew: the same readings as a sweep's, for the look before a stop. */
export async function lookAtCompute(
  flow: Flow,
  ref: ComputeRef,
  policies: readonly Policy[],
  now: number,
  /** Judges an instance that is stuck in Stopping as what it was when its stop was accepted. */
  asRunning: boolean,
): Promise<ComputeLook> {
  const { computes, jobs, sizes } = flow.ports;
  const got = await settled(computes.get(ref));
  if (!got.ok) {
    if (got.kind === 'missing') return { kind: 'missing' };
    const retryAt = got.kind === 'throttled' ? got.retryAt : now + againAfterMs;
    return { kind: 'unreadable', retryAt, message: got.message };
  }
  const seen = await readSeenWorkspace(flow.ports.ledger, ref);
  const location = seen === null || seen.location === '' ? got.value.location : seen.location;
  const range = metricsWindow(policies, now);
  const query = { workspaces: [ref], ...range, computesAtMost: seen?.computes ?? computesInCaseUnknown };
  const [ledger, unfinished, measured, known] = await Promise.all([
    ledgerOf(flow, ref, now),
    settled(jobs.listUnfinished(ref)),
    settled(measure(flow, ref, location, query)),
    settled(sizes.list(ref.subscriptionId, location)),
  ]);
  const compute =
    asRunning && got.value.state?.toLowerCase() === 'stopping'
      ? { ...got.value, state: 'Running' }
      : got.value;
  const jobsRead = reading(unfinished);
  const own: Reading<readonly Job[]> = jobsRead.ok
    ? { ok: true, value: jobsByCompute(jobsRead.value).get(ref.compute.toLowerCase()) ?? [] }
    : jobsRead;
  const metricsRead = reading(measured);
  const readings = await readInstance(flow, compute, {
    now,
    fromAt: range.fromAt,
    sizes: reading(known),
    ledger,
    jobs: own,
    metrics: metricsRead.ok ? { ok: true, value: metricsRead.value.get(computeKey(ref)) ?? [] } : metricsRead,
    loadHistory: null,
    namesWanted: policies.some(asksForUsers),
    readSingly: true,
  });
  return {
    kind: 'read',
    readings,
    tally: ledger.tally,
    unfinished: own,
    unread: unreadOf([unfinished, measured, known], now),
  };
}

function unreadOf(
  results: readonly AzureResult<unknown>[],
  now: number,
): Extract<ComputeLook, { kind: 'read' }>['unread'] {
  const failed = results.flatMap((result) => (result.ok ? [] : [result]));
  const [first] = failed;
  if (first === undefined) return null;
  const times = failed.map((one) => (one.kind === 'throttled' ? one.retryAt : now + againAfterMs));
  return { retryAt: Math.max(...times), message: first.message };
}
