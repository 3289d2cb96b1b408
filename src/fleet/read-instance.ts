import { nativeText } from '../core/explain/native-text.ts';
import { nativeSchedulesOf } from '../core/schedule/native-schedules.ts';
import { nextGpuIdle } from '../core/activity/gpu-idle.ts';
import type { MetricSeries, Reading } from '../core/activity/types.ts';
import type { Compute, Job, Person, VmSize } from '../core/computes.ts';
import { runningSince } from '../core/idle/running-since.ts';
import { placeOf } from '../ledger/partitions.ts';
import { nothingObserved, type Observation } from '../ledger/observations.ts';
import { readReports } from '../ledger/reports.ts';
import type { Flow } from './flow.ts';
import type { WorkspaceLedger } from './ledger-of-workspace.ts';
import { observeJobs } from './observe-jobs.ts';
import { type InstanceReadings, isRunning } from './readings.ts';

/** A clock on an instance may be ahead of ours. */
const reportSkewMs = 10 * 60_000;

export type ReadFor = {
  readonly now: number;
  /** Start of the longest window that any policy asks for. */
  readonly fromAt: number;
  readonly sizes: Reading<ReadonlyMap<string, VmSize>>;
  readonly ledger: WorkspaceLedger;
  /** Jobs on this compute. */
  readonly jobs: Reading<readonly Job[]>;
  readonly metrics: Reading<readonly MetricSeries[]>;
  /** Load of the last days, where a job is older than the watch. */
  readonly loadHistory: readonly MetricSeries[] | null;
  readonly namesWanted: boolean;
  /** Azure was asked for this compute alone. */
  readonly readSingly: boolean;
};

/** ARM gives an assigned user's object id only; a policy may name people by their names. */
async function named(
  flow: Flow,
  owner: Person | null,
  known: Person | null,
  wanted: boolean,
): Promise<Person | null> {
  if (owner === null || owner.name !== null) return owner;
  if (known !== null && known.objectId === owner.objectId && known.name !== null) return known;
  if (!wanted) return owner;
  const person = await flow.ports.directory.person(owner.objectId);
  return person.ok ? { objectId: owner.objectId, name: person.value.name } : owner;
}

/** What a row of the list leaves out, completed by what was known before. */
export function completed(compute: Compute, before: Observation | undefined): Compute {
  const known = before?.known ?? null;
  if (known === null) return compute;
  return {
    ...compute,
    // Whether a job runs still is for the list of jobs to say, not for what was shown some time ago.
    state: compute.state ?? (isRunning(known.state) ? 'Running' : known.state),
    vmSize: compute.vmSize ?? known.vmSize,
    owner: compute.owner ?? known.owner,
  };
}

/** Puts everything that is known of one instance together. */
export async function readInstance(flow: Flow, listed: Compute, from: ReadFor): Promise<InstanceReadings> {
  const { row } = placeOf(listed.ref);
  const { now } = from;
  const before = from.ledger.observations.get(row);
  const known = before?.known ?? null;
  const isThin = listed.state === null;
  const whole = completed(listed, before);
  const owner = await named(flow, whole.owner, known?.owner ?? null, from.namesWanted);
  const compute: Compute = { ...whole, owner };
  const running = isRunning(compute.state);

  const warnings = from.ledger.warnings.get(row) ?? [];
  const remembered =
    known?.startedAt ?? warnings.find(({ warning }) => warning.startedAt !== null)?.warning.startedAt;
  const startedAt = isThin ? (remembered ?? null) : runningSince(compute, remembered ?? null);
  const size = from.sizes.ok ? (from.sizes.value.get(compute.vmSize?.toLowerCase() ?? '') ?? null) : null;

  const jobs = running ? observeJobs(from.jobs, from.metrics, before, now, from.loadHistory) : null;
  const reports =
    running && from.ledger.reporting.has(row)
      ? await readReports(flow.ports.ledger, compute.ref, from.fromAt, now + reportSkewMs)
      : [];
  const observation: Observation = {
    ...(before ?? nothingObserved(compute.ref)),
    ref: compute.ref,
    at: now,
    known: {
      state: compute.state,
      vmSize: compute.vmSize,
      owner,
      startedAt: running ? startedAt : null,
      nativeSchedules: nativeSchedulesOf(compute)?.map(nativeText) ?? known?.nativeSchedules ?? [],
      readSinglyAt: from.readSingly ? now : isThin ? (known?.readSinglyAt ?? null) : null,
    },
    jobs: jobs?.jobs ?? [],
    gpuIdle: running
      ? nextGpuIdle(before?.gpuIdle ?? null, from.jobs, from.metrics, size?.gpus ?? null)
      : null,
    lastJobEndedAt: jobs?.lastJobEndedAt ?? before?.lastJobEndedAt ?? null,
  };
  return {
    compute,
    row,
    startedAt,
    size,
    jobs: jobs?.observed ?? { ok: true, value: [] },
    metrics: from.metrics,
    reports,
    snooze: from.ledger.snoozes.get(row) ?? null,
    warnings,
    wish: from.ledger.wishes.get(row) ?? null,
    before,
    observation,
    saving: from.ledger.savings.get(row) ?? null,
  };
}
