import type { Job } from '../computes.ts';
import type { ComputePolicy } from '../policy/types.ts';

/** Metrics that tell load, and with it use. */
export type LoadMetric = 'cpuPercent' | 'cpuMillicores' | 'gpuPercent' | 'networkIn' | 'networkOut';
export type MetricName = LoadMetric | 'diskFreeMegabytes';

/** One time series of one compute: several exist per metric (per run, per GPU device, per network device). */
export type MetricSeries = {
  readonly metric: MetricName;
  /** Minute starts, ascending not required; `value` may be null or unusable (NaN, negative): then the point is missing. */
  readonly points: readonly { readonly at: number; readonly value: number | null }[];
};

/** A reading that could not be had is said so; it is never an empty list. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

export type ReportLoad = 'busy' | 'idle';

/** What the optional session agent on an instance saw in one minute. */
export type SessionReport = {
  readonly at: number;
  readonly kernels: ReportLoad;
  readonly terminals: ReportLoad;
  readonly ssh: ReportLoad;
  readonly vscode: ReportLoad;
  /** Null: the agent could not read it. A report with neither processes nor GPU proves activity, never idleness. */
  readonly processes: ReportLoad | null;
  readonly gpu: ReportLoad | null;
  readonly containers: ReportLoad | null;
  /** Last input on any connection (SSH, editor, open tab), if one is open. */
  readonly lastInputAt: number | null;
  readonly diskFreeMegabytes: number | null;
};

/** A job not terminal, with what the ledger knows of how long nothing about it has changed. */
export type ObservedJob = Job & { readonly unchangedSinceAt: number | null };

export type ActiveReason =
  | 'keep.active.job'
  | 'keep.active.gpu'
  | 'keep.active.cpu'
  | 'keep.active.network'
  | 'keep.active.session';
export type UnknownReason = 'keep.unknown.metrics' | 'keep.unknown.jobs';

/** Which sources were good enough to decide by. */
export type DecidableBy = 'metrics' | 'session' | 'both' | 'neither';

/** The values the sentence, the card and the page are made of. Small: it is stored with each decision. */
export type ActivityEvidence = {
  readonly windowFromAt: number;
  readonly windowToAt: number;
  /** 0 to 1, the lowest over the required metrics; null if no metrics were asked for. */
  readonly coverage: number | null;
  readonly bucketsPresent: number;
  readonly bucketsExpected: number;
  readonly cpuPercentMax: number | null;
  readonly cpuCoresMax: number | null;
  readonly gpuPercentMax: number | null;
  readonly networkMegabytesMax: number | null;
  readonly lastActiveAt: number | null;
  /** Name and status of the job that keeps it, if one does. */
  readonly job: { readonly name: string; readonly status: string } | null;
  readonly stalledJobs: readonly string[];
  /** What the session agent saw busy: kernels, terminals, ssh … */
  readonly session: string | null;
  readonly decidableBy: DecidableBy;
  /** Why it is unknown, in a few words (no data; 7 of 19 samples missing; GPU not seen; jobs: 503 …). */
  readonly unknownBecause: string | null;
};

/** Whether a job that has not ended may be on the instance; a stalled one has not ended either. */
export type UnfinishedJobs = 'none' | 'some' | 'unread';

type VerdictParts = {
  /** End of the window − the later of its start and the end of the last activity; never negative. */
  readonly idleForMs: number;
  readonly unfinishedJobs: UnfinishedJobs;
  readonly evidence: ActivityEvidence;
};

export type ActivityVerdict =
  | (VerdictParts & { readonly activity: 'active'; readonly reason: ActiveReason })
  | (VerdictParts & { readonly activity: 'idle' })
  | (VerdictParts & { readonly activity: 'unknown'; readonly reason: UnknownReason });

export type ActivityInput = {
  readonly now: number;
  /** Length of the window: `idle.after`, or another rule's (a schedule's `quietFor`). */
  readonly windowMs: number;
  readonly policy: Pick<ComputePolicy, 'idle' | 'jobStalledAfterMs' | 'session'>;
  /** Arrival in Running, see `runningSince`; null: not known. Then the window begins with the first sample seen. */
  readonly startedAt: number | null;
  /** As Azure spells it. */
  readonly state: string | null;
  /** From the region's list of sizes; null: not listed, so nobody knows whether it has a GPU. */
  readonly size: { readonly vCPUs: number; readonly gpus: number } | null;
  /** Jobs on this instance (`jobsByCompute`); terminal ones are ignored. */
  readonly jobs: Reading<readonly ObservedJob[]>;
  /** When the last job on this instance was seen to have ended, as far as the ledger knows. */
  readonly lastJobEndedAt: number | null;
  readonly metrics: Reading<readonly MetricSeries[]>;
  /** Empty for an instance without the agent. */
  readonly reports: readonly SessionReport[];
};
