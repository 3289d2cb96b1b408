import type { MetricSeries, ObservedJob, Reading, SessionReport } from '../core/activity/types.ts';
import type { Compute, Job, VmSize } from '../core/computes.ts';
import type { ComputeRef, WorkspaceRef } from '../core/ids.ts';
import type { StoredWish } from '../ledger/after-job-wishes.ts';
import type { RecordedDecision } from '../ledger/decisions.ts';
import type { Observation } from '../ledger/observations.ts';
import type { StoredSaving } from '../ledger/savings.ts';
import type { Snooze } from '../ledger/snoozes.ts';
import type { Tally } from '../ledger/tallies.ts';
import type { StoredWarning } from '../ledger/warnings.ts';

/** Everything that is known of one instance at one look. */
export type InstanceReadings = {
  readonly compute: Compute;
  /** Key of the compute in the ledger's maps. */
  readonly row: string;
  readonly startedAt: number | null;
  readonly size: VmSize | null;
  readonly jobs: Reading<readonly ObservedJob[]>;
  readonly metrics: Reading<readonly MetricSeries[]>;
  readonly reports: readonly SessionReport[];
  readonly snooze: Snooze | null;
  readonly warnings: readonly StoredWarning[];
  /** That it be stopped once its job has ended; one that has ended, only until that is told. */
  readonly wish: StoredWish | null;
  /** As it was before this look; `observation` carries what this look adds. */
  readonly before: Observation | undefined;
  readonly observation: Observation;
  readonly saving: StoredSaving | null;
};

export type WorkspaceReadings = {
  readonly ref: WorkspaceRef;
  readonly location: string;
  readonly instances: readonly InstanceReadings[];
  /** Clusters and attached targets, as the list shows them. */
  readonly others: readonly Compute[];
  /** Every compute that is there, also those that could not be read. */
  readonly listed: readonly ComputeRef[];
  /** All unfinished jobs of the workspace; null: nobody asked for them, since nothing runs. */
  readonly unfinishedJobs: Reading<readonly Job[]> | null;
  /** Instances of which not even the state could be read. */
  readonly unread: number;
  /** What the ledger holds about computes that are there no more. */
  readonly gone: {
    readonly warnings: readonly StoredWarning[];
    readonly savings: readonly StoredSaving[];
    readonly decisions: readonly RecordedDecision[];
  };
  readonly decisions: ReadonlyMap<string, RecordedDecision>;
  readonly observations: ReadonlyMap<string, Observation>;
  readonly tally: Tally;
  readonly computes: number;
};

export const isRunning = (state: string | null): boolean =>
  state !== null && /^(running|jobrunning)$/i.test(state);
