import type { FindingCode } from '../../../core/policy/codes.ts';
import type { Policy } from '../../../core/policy/types.ts';
import type { ReportLoad } from '../../../core/activity/types.ts';
import type { JsonObject } from '../../azure/json.ts';
import type { ComputeSpec, FailureScript, JobRange, MetricRange, WorldSpec } from '../../azure/world-spec.ts';
import type { FeatureUse } from './features.ts';

/** What the session agent on an instance sees from `fromAt` until before `toAt`, one report a minute. */
export type ReportRange = {
  readonly fromAt: number;
  readonly toAt: number;
  readonly kernels: ReportLoad;
  readonly terminals: ReportLoad;
  readonly ssh: ReportLoad;
  readonly vscode: ReportLoad;
  readonly processes: ReportLoad;
  readonly gpu: ReportLoad;
  readonly containers: ReportLoad;
  /**
   * Last input on an open connection, where the file says; until then, and for ever where it does not, connections that
   * are busy have input all the time.
   */
  readonly lastInputAt: number | null;
};

/** A compute of the simulated Azure, and what that Azure cannot know. */
export type ScenarioCompute = {
  readonly spec: ComputeSpec;
  readonly reports: readonly ReportRange[];
  readonly inUse: boolean | 'unknown' | null;
};

/** A policy as a plain value (merged, without defaults), as the text of a file, and as it is read. */
export type ScenarioPolicy = { readonly plain: unknown; readonly text: string; readonly policy: Policy };

export type OutageOf = 'metrics' | 'arm' | 'jobs' | 'ledger' | 'teams';
/** `workspace` only where several computes bear the name. */
export type ComputeName = { readonly compute: string; readonly workspace?: string };

/** The machine that a request makes, as far as the file says. */
export type RequestedMachine = {
  readonly metrics: readonly MetricRange[];
  readonly jobs: readonly JobRange[];
  readonly reports: readonly ReportRange[];
  readonly fails: FailureScript;
};

export type AttachTarget = {
  readonly id: string;
  readonly name: string;
  readonly workspace: string;
  readonly kind: string;
  readonly resourceId: string;
  readonly properties: JsonObject;
  readonly tags: Readonly<Record<string, string>>;
  readonly inUse: boolean | 'unknown' | null;
};

/** Who or what a finding is about; empty for one about everything. */
export type FindingSubject = {
  readonly compute?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly team?: string;
  readonly workspace?: string;
  readonly subscription?: string;
  readonly family?: string;
  readonly region?: string;
};

/** What people, Azure and fate do. `by` is the name of a user. */
export type Deed =
  | ({
      readonly do: 'snooze';
      /** Null: past the next scheduled stop. */ readonly forMs: number | null;
      readonly by: string;
    } & ComputeName)
  | { readonly do: 'outage'; readonly of: OutageOf; readonly forMs: number }
  | {
      readonly do: 'throttle';
      readonly of: 'arm' | 'metrics' | 'jobs';
      readonly retryAfterMs: number;
      readonly forMs: number;
    }
  | { readonly do: 'crash' }
  | ({ readonly do: 'crash'; readonly when: 'beforeStopCall' | 'afterStopCall' } & ComputeName)
  | ({
      readonly do: 'start' | 'stop' | 'restart' | 'delete';
      readonly by: string | null;
      /** Who or what makes Azure do it, as Azure shows it. */
      readonly trigger: 'User' | 'Schedule' | 'IdleShutdown';
    } & ComputeName)
  | { readonly do: 'setPolicy'; readonly policy: ScenarioPolicy }
  | { readonly do: 'skew'; readonly of: 'metrics'; readonly byMs: number }
  | {
      readonly do: 'request';
      readonly id: string;
      readonly by: string;
      readonly for: string;
      readonly workspace: string;
      readonly vmSize: string;
      /** Null: Lamplighter gives one. */
      readonly name: string | null;
      readonly repeat: number;
      readonly ssh: boolean | null;
      readonly publicIp: boolean | null;
      readonly subnet: string | null;
      /** Refused for want of room, it waits; with `autoStart` it is asked for by itself when there is some. */
      readonly waitingList: boolean;
      readonly autoStart: boolean;
      readonly tags: Readonly<Record<string, string>>;
      readonly machine: RequestedMachine;
    }
  | { readonly do: 'approve' | 'reject' | 'cancel'; readonly id: string; readonly by: string }
  | ({
      readonly do: 'event';
      readonly type: 'write' | 'delete' | 'action';
      readonly copies: number;
      readonly shuffled: boolean;
    } & ComputeName)
  | { readonly do: 'create'; readonly compute: ScenarioCompute; readonly by: string | null }
  | ({ readonly do: 'attach'; readonly by: string } & AttachTarget)
  | ({ readonly do: 'detach'; readonly id: string; readonly by: string } & ComputeName)
  | ({
      readonly do: 'reattach';
      readonly id: string;
      readonly by: string;
      readonly resourceId: string | null;
      readonly properties: JsonObject;
    } & ComputeName)
  | { readonly do: 'halt' | 'resume' | 'release'; readonly by: string }
  | ({ readonly do: 'regret'; readonly by: string } & ComputeName)
  | ({
      readonly do: 'consent';
      readonly finding: FindingCode;
      /** Null: as long as the product takes it for. */
      readonly until: number | null;
      readonly withdraw: boolean;
      readonly by: string;
    } & ComputeName)
  | ({
      readonly do: 'accept';
      readonly finding: FindingCode;
      readonly until: number;
      readonly by: string;
    } & FindingSubject);

/** `index`: place in the file; deeds of one time happen in that order. */
export type TimedDeed = { readonly at: number; readonly index: number; readonly line: number } & {
  readonly deed: Deed;
};

/** Inclusive at both ends; null: open on that side. */
export type Span = { readonly afterAt: number | null; readonly beforeAt: number | null };
/** The first event by Lamplighter of that kind lies in the span; or there is none at all. */
export type When = 'never' | Span;

export type ActKind = 'stopped' | 'warned' | 'started' | 'deleted' | 'detached' | 'patched';

export type Expectation =
  | ({
      readonly expect: 'act';
      readonly act: ActKind;
      readonly when: When;
      readonly reason: string | null;
    } & ComputeName)
  | ({ readonly expect: 'decision'; readonly decision: string; readonly at: number } & ComputeName)
  | ({ readonly expect: 'state'; readonly state: string; readonly at: number } & ComputeName)
  | ({ readonly expect: 'exists'; readonly exists: boolean; readonly at: number } & ComputeName)
  | {
      readonly expect: 'request' | 'attach' | 'detach' | 'reattach';
      readonly id: string;
      readonly status: string | null;
      readonly reason: string | null;
      readonly at: number;
      /** Computes in Azure at the end that carry this request. */
      readonly instances: number | null;
      /** How many times people were told of a request. */
      readonly told: number | null;
    }
  | {
      readonly expect: 'finding';
      readonly finding: FindingCode;
      readonly subject: FindingSubject;
      readonly raised: When | null;
      readonly fixed: When | null;
      readonly told: number | null;
    }
  | {
      readonly expect: 'armCalls';
      readonly operation: string;
      readonly atMost: number | null;
      readonly atLeast: number | null;
    };

/** One entry under `expect`: all its parts must hold. `source` is the entry as written. */
export type StatedExpectation = {
  readonly line: number;
  readonly source: unknown;
  readonly parts: readonly Expectation[];
};

/** A scenario as read: every time is milliseconds since 1970, every default filled in, every name looked up. */
export type Scenario = {
  readonly fileName: string;
  readonly name: string;
  readonly startAt: number;
  readonly endAt: number;
  readonly seed: number;
  readonly policy: ScenarioPolicy;
  readonly metricsDelayMs: number;
  readonly events: 'normal' | 'none' | 'hostile';
  /** The world at the start. Reports and use of its computes are in `computes`. */
  readonly world: WorldSpec;
  readonly computes: readonly ScenarioCompute[];
  readonly timeline: readonly TimedDeed[];
  readonly expectations: readonly StatedExpectation[];
  readonly uses: readonly FeatureUse[];
};
