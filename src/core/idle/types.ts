import type { ActiveReason, ActivityEvidence, ActivityVerdict, UnknownReason } from '../activity/types.ts';
import type { ComputeRef } from '../ids.ts';
import type { Compute, Person } from '../computes.ts';
import type { ComputePolicy } from '../policy/types.ts';
import type { ExceededBudget } from '../quota/stop-budgets.ts';
import type { ScheduledStop, StopClaim } from '../schedule/stop-claims.ts';

export const warnReasons = [
  'warn.owner-gone',
  'warn.idle',
  'warn.job-ended',
  'warn.budget',
  'warn.schedule',
  'warn.max-uptime',
] as const;
export type StopReason =
  | 'stop.owner-gone'
  | 'stop.idle'
  | 'stop.job-ended'
  | 'stop.budget'
  | 'stop.schedule'
  | 'stop.max-uptime';
export type WarnReason = (typeof warnReasons)[number];
export type StartReason = 'start.schedule';
export type KeepReason =
  | ActiveReason
  | UnknownReason
  | 'keep.grace'
  | 'keep.idle-short'
  /** Idle long enough, but the policy switches the idle rule off for it. */
  | 'keep.idle-off'
  | 'keep.halted'
  | 'keep.warning-undelivered'
  | 'keep.snoozed'
  | 'keep.exempt'
  | 'keep.protected'
  | 'keep.not-settled'
  | 'keep.not-running'
  | 'keep.mode'
  | 'keep.blast-limit';
export type ReasonCode = StopReason | WarnReason | StartReason | KeepReason;

export type Mode = 'off' | 'observe' | 'warn' | 'enforce';

/** A warning that is out and has been neither withdrawn nor followed by a stop. */
export type OpenWarning = {
  readonly warningId: string;
  readonly reason: WarnReason;
  readonly warnedAt: number;
  readonly stopDueAt: number;
  /** Since when it was idle as the warning was decided (the decision's `facts.idleSinceAt`). */
  readonly idleSinceAt?: number;
  /** The start that it was judged by (the decision's `facts.startedAt`): a failed stop hides it from Azure's answer. */
  readonly startedAt?: number;
  /** Of a schedule's warning: which stop it announces. */
  readonly schedule?: ScheduledStop;
};

/** A stop of a schedule, with the use of the instance over its `quietFor`. */
export type JudgedClaim = StopClaim & {
  readonly activity: ActivityVerdict | null;
  /** Its warning is decided and waits to be delivered. */
  readonly isBeingWarned: boolean;
};

/** Somebody's wish that it stops once its job has ended, with the use of the instance since then. */
export type JudgedWish = {
  /** Null: every job on it. */
  readonly job: string | null;
  /** Who asked for it, for the sentence. */
  readonly by: string;
  readonly quietForMs: number;
  /** Since when no job on it is unfinished, as far as was seen; null: one is, or nobody knows. */
  readonly clearAt: number | null;
  /** Judged over `quietForMs`, and never from before `clearAt`. */
  readonly activity: ActivityVerdict | null;
};

/** A warning of mode `warn` that came due: nothing was stopped. Forget it when the instance was active or restarted. */
export type LapsedWarning = { readonly reason: WarnReason; readonly warnedAt: number };

/** `limits` of the policy file. */
export type StopLimits = { readonly maxStops: number; readonly maxStopsPercent: number };

export type DecisionInput = {
  readonly now: number;
  readonly compute: Pick<Compute, 'ref' | 'state' | 'provisioningState' | 'owner' | 'vmSize'> &
    Partial<Pick<Compute, 'lastOperation'>>;
  readonly pricePerHourUsd: number | null;
  readonly policy: ComputePolicy;
  /** See `runningSince`. */
  readonly startedAt: number | null;
  /** Judged over `policy.idle.afterMs`; null: not looked at (mode off, not running …). Where it is needed, null is unknown. */
  readonly activity: ActivityVerdict | null;
  /** The snooze that holds, if one does. */
  readonly snooze: { readonly until: number; readonly by: string | null } | null;
  /** The halt flag, if it is set. */
  readonly halt: { readonly by: string | null; readonly why: string | null } | null;
  /** Delivered and still open; at most one per reason. */
  readonly openWarnings: readonly OpenWarning[];
  /** What its schedules ask for at this time. */
  readonly scheduledStops?: readonly JudgedClaim[];
  /** The used-up budget that stops what is idle; null: none. */
  readonly budget?: ExceededBudget | null;
  /** The wish that holds, if one does. */
  readonly stopAfterJob?: JudgedWish | null;
  /** Its owner's account is disabled or gone, and the policy stops what is idle of theirs. */
  readonly ownerGone?: boolean;
  /** The last one, where it was neither active nor restarted since. */
  readonly lapsedWarning: LapsedWarning | null;
};

/** The facts of the reason that the sentence is made of; only those that the reason needs are there. */
export type DecisionFacts = {
  readonly state?: string;
  /** What of Azure's own has stopped it. */
  readonly stoppedBy?: 'schedule' | 'idle-shutdown';
  readonly idleForMs?: number;
  readonly idleAfterMs?: number;
  readonly startedAt?: number;
  readonly uptimeMs?: number;
  readonly until?: number;
  readonly why?: string;
  readonly match?: string;
  readonly limit?: number;
  readonly count?: number;
  readonly cpuBelowPercent?: number;
  readonly cpuCoresBelow?: number;
  readonly mode?: Mode;
  readonly by?: string;
  readonly graceMs?: number;
  readonly maxUptimeMs?: number;
  readonly warnedAt?: number;
  /** Since when it is idle, as far back as this look and the open warning reach. */
  readonly idleSinceAt?: number;
  readonly activity?: ActivityVerdict['activity'];
  readonly gpuBelowPercent?: number;
  readonly networkBelowMegabytes?: number;
  readonly minCoverage?: number;
  /** `idle.evidence` of the policy: with `metrics` the sentence says what metrics do not see. */
  readonly evidenceRule?: 'metrics' | 'session' | 'both';
  /** Name of the schedule that asks for a stop, or waits for the instance to be quiet. */
  readonly schedule?: string;
  /** Of a wish: the job that had to end; left out: every job on it. */
  readonly job?: string;
  readonly askedBy?: string;
  readonly jobsClearAt?: number;
  /** It was used since its jobs have ended: the wish whose warning is out is over. */
  readonly usedAfterJob?: boolean;
  /** The schedule's own time of that stop. */
  readonly scheduledAt?: number;
  readonly scheduleWarnMs?: number;
  readonly quietForMs?: number;
  readonly evenIfActive?: boolean;
  /** The schedule starts all that it covers, not only what it stopped. */
  readonly startsAll?: boolean;
  /** Whose budget is used up. */
  readonly budgetOf?: string;
  readonly spentUsd?: number;
  readonly budgetUsd?: number;
};

/**
 * One value feeds the ledger, card, CLI, API, page, log and metric. `would` says what a keep by mode or brake
 * stood in the way of.
 */
export type Decision = {
  readonly ref: ComputeRef;
  readonly owner: Person | null;
  readonly vmSize: string | null;
  readonly at: number;
  readonly action: 'keep' | 'warn' | 'stop' | 'start';
  readonly reason: ReasonCode;
  readonly would?: WarnReason | StopReason;
  /** The rules whose conditions hold: a warning of a rule that is not among them is to be withdrawn. */
  readonly rules?: readonly WarnReason[];
  readonly facts: DecisionFacts;
  readonly evidence: ActivityEvidence | null;
  readonly policyHash: string;
  /** When the stop is due, for a warning. */
  readonly stopDueAt?: number;
  readonly pricePerHourUsd: number | null;
};
