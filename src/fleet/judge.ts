import { assessActivity } from '../core/activity/assess-activity.ts';
import type { ActivityVerdict } from '../core/activity/types.ts';
import { decide } from '../core/idle/decide.ts';
import { fallsBack } from '../core/idle/regret.ts';
import type { Decision, OpenWarning } from '../core/idle/types.ts';
import type { ObjectId } from '../core/ids.ts';
import { policyFor } from '../core/policy/policy-for.ts';
import type { ComputePolicy, Policy } from '../core/policy/types.ts';
import { type ExceededBudget, exceededBudgetOf, type StopBudgets } from '../core/quota/stop-budgets.ts';
import { judgedClaims, schedulesFor } from './schedule/judged-claims.ts';
import type { Halt } from '../ledger/flags.ts';
import type { Tally } from '../ledger/tallies.ts';
import type { Warning } from '../ledger/warnings.ts';
import type { LoadedPolicy } from './policy-store.ts';
import { type InstanceReadings, isRunning } from './readings.ts';
import { subjectOf } from './subject-of.ts';
import type { TeamMembers } from './teams.ts';

/** What a policy's used-up budgets are, and who is in which of the teams that they ask for. */
export type BudgetsOfPolicy = { readonly budgets: StopBudgets; readonly teams: TeamMembers };

export type JudgeBy = {
  readonly now: number;
  readonly policy: LoadedPolicy;
  readonly teams: TeamMembers;
  readonly halt: Halt | null;
  /** Null: no budget of the policy stops anything. */
  readonly budgets: BudgetsOfPolicy | null;
  /** Owners whose account is surely disabled or gone; left out where the policy stops nothing of theirs. */
  readonly goneOwners?: ReadonlySet<ObjectId>;
  readonly tally: Tally;
};
export type Judgement = {
  readonly decision: Decision;
  readonly verdict: ActivityVerdict | null;
  readonly policy: ComputePolicy;
  /** Use since its jobs have ended, where somebody wishes it stopped after them. */
  readonly afterJob: ActivityVerdict | null;
  /** Names of the schedules that surely cover it. */
  readonly schedules: readonly string[];
};

/** Too many stops were regretted: the workspace is only warned until the rate has come down. */
export const isFallenBack = (policy: Policy, { stops, regrets }: Tally): boolean =>
  fallsBack(
    { stops, regrets, percent: stops === 0 ? null : (regrets / stops) * 100 },
    policy.regret.maxPercent,
  );

/** A warning whose clock runs, as the rules see it. */
export const openWarningOf = (warning: Warning): OpenWarning | null =>
  warning.warnedAt === null || warning.stopDueAt === null
    ? null
    : {
        warningId: warning.warningId,
        reason: warning.reason,
        warnedAt: warning.warnedAt,
        stopDueAt: warning.stopDueAt,
        ...(warning.idleSinceAt === null ? {} : { idleSinceAt: warning.idleSinceAt }),
        ...(warning.startedAt === null ? {} : { startedAt: warning.startedAt }),
        ...(warning.schedule == null ? {} : { schedule: warning.schedule }),
      };

function usedUpBudget(
  { compute, size }: InstanceReadings,
  of: BudgetsOfPolicy | null,
): ExceededBudget | null {
  if (of === null) return null;
  const { ref, location, owner } = compute;
  const subject = subjectOf({ compute, size }, of.teams);
  return exceededBudgetOf(of.budgets, { workspace: ref, location, owner, subject });
}

/** One instance under one policy: the same at every look. */
export function judge(readings: InstanceReadings, by: JudgeBy): Judgement {
  const { compute, observation } = readings;
  const subject = subjectOf(readings, by.teams);
  const stated = policyFor(by.policy.policy, by.policy.hash, subject, by.now);
  const fallenBack = stated.mode === 'enforce' && isFallenBack(by.policy.policy, by.tally);
  const policy: ComputePolicy = fallenBack ? { ...stated, mode: 'warn' } : stated;
  const assess = (windowMs: number, notBefore: number | null = null): ActivityVerdict =>
    assessActivity({
      now: by.now,
      windowMs,
      policy,
      startedAt:
        notBefore === null ? readings.startedAt : Math.max(notBefore, readings.startedAt ?? notBefore),
      state: compute.state,
      size: readings.size,
      jobs: readings.jobs,
      lastJobEndedAt: notBefore === null ? observation.lastJobEndedAt : null,
      metrics: readings.metrics,
      reports: readings.reports,
    });
  const isJudged = policy.mode !== 'off' && isRunning(compute.state);
  const verdict = isJudged ? assess(policy.idle.afterMs) : null;
  const wish = readings.wish === null || readings.wish.wish.endedAt !== null ? null : readings.wish.wish;
  const afterJob =
    isJudged && wish !== null && wish.clearAt !== null && by.now < wish.untilAt
      ? assess(wish.quietForMs, wish.clearAt)
      : null;
  const decision = decide({
    now: by.now,
    compute,
    pricePerHourUsd: readings.size?.pricePerHourUsd ?? null,
    policy,
    startedAt: readings.startedAt,
    activity: verdict,
    snooze: readings.snooze,
    halt: by.halt?.halted === true ? { by: by.halt.by, why: by.halt.why } : null,
    openWarnings: readings.warnings.flatMap(({ warning }) => openWarningOf(warning) ?? []),
    stopAfterJob: wish === null ? null : { ...wish, activity: afterJob },
    ownerGone:
      isJudged &&
      by.policy.policy.owners.gone === 'stop' &&
      compute.owner !== null &&
      by.goneOwners?.has(compute.owner.objectId) === true,
    budget: isJudged ? usedUpBudget(readings, by.budgets) : null,
    scheduledStops: isJudged ? judgedClaims(readings, by.policy.policy, subject, by.now, assess) : [],
    lapsedWarning:
      observation.warnedInMode === null
        ? null
        : { reason: observation.warnedInMode.reason, warnedAt: observation.warnedInMode.at },
  });
  const schedules = schedulesFor(by.policy.policy, subject).flatMap(({ schedule, matching }) =>
    matching === 'yes' ? [schedule.name] : [],
  );
  return { decision, verdict, policy, afterJob, schedules };
}
