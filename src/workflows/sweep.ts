import type { OrchestrationContext, Task } from 'durable-functions';
import type { EvaluateGroupInput, GroupOutcome } from '../fleet/evaluate-group.ts';
import type { PolicyComparison } from '../fleet/compare-policies.ts';
import type { SweepConclusion } from '../fleet/conclude-sweep.ts';
import type { SweepPlan, WorkspaceGroup } from '../fleet/plan-sweep.ts';
import { callPatiently } from './call-patiently.ts';
import { activities } from './names.ts';
import { minuteMs, nowOf } from './time.ts';
import { waitUntil } from './wait-until.ts';

export type SweepInput = { readonly sweepId: string };
export type SweepOutput = {
  readonly sweepId: string;
  readonly status: 'finished' | 'superseded';
  readonly warned: number;
};

type Steps<Result> = Generator<Task, Result, unknown>;
type Planned = Extract<SweepPlan, { kind: 'planned' }>;

function* plan(
  context: OrchestrationContext,
  input: SweepInput,
  giveUpAt: number,
): Steps<Exclude<SweepPlan, { kind: 'wait' }>> {
  for (;;) {
    const planned = yield* callPatiently<SweepPlan>(context, activities.planSweep, input, giveUpAt);
    if (planned.kind !== 'wait') return planned;
    yield* waitUntil(context, planned.until);
  }
}

/** A changed policy is weighed against the one in force on the same readings before it may decide anything. */
function* decidingPolicy(
  context: OrchestrationContext,
  input: SweepInput,
  planned: Planned,
  giveUpAt: number,
): Steps<string> {
  if (planned.proposedHash === null) return planned.policyHash;
  const comparisons =
    planned.groups.length === 0
      ? []
      : ((yield context.df.Task.all(
          planned.groups.map((group) =>
            context.df.callActivity(activities.comparePolicies, {
              sweepId: input.sweepId,
              currentHash: planned.policyHash,
              proposedHash: planned.proposedHash,
              group,
            }),
          ),
        )) as readonly PolicyComparison[]);
  const adopt = {
    sweepId: input.sweepId,
    currentHash: planned.policyHash,
    proposedHash: planned.proposedHash,
    comparisons,
  };
  const adopted = yield* callPatiently<{ readonly policyHash: string }>(
    context,
    activities.adoptPolicy,
    adopt,
    giveUpAt,
  );
  return adopted.policyHash;
}

/** Looks at every group; those that Azure throttled, or whose step failed, once more when they may be asked again. */
function* evaluate(
  context: OrchestrationContext,
  input: SweepInput,
  planned: Planned,
  policyHash: string,
): Steps<readonly GroupOutcome[]> {
  const { waitUntilAt } = planned;
  const done: GroupOutcome[] = [];
  let groups: readonly WorkspaceGroup[] = planned.groups;
  while (groups.length > 0) {
    const outcomes = (yield context.df.Task.all(
      groups.map((group) => {
        const asked: EvaluateGroupInput = { sweepId: input.sweepId, policyHash, group, waitUntilAt };
        return context.df.callActivity(activities.evaluateGroup, asked);
      }),
    )) as readonly GroupOutcome[];
    done.push(...outcomes);
    const again = outcomes.flatMap((outcome) => (outcome.again === null ? [] : [outcome.again]));
    groups = again.map((one) => one.group);
    if (again.length > 0) yield* waitUntil(context, Math.max(...again.map((one) => one.retryAt)));
  }
  return done;
}

/** One pass over the fleet. Every step that acts checks in the ledger that no newer sweep has begun. */
export function* sweep(context: OrchestrationContext): Steps<SweepOutput> {
  const input = context.df.getInput<SweepInput>();
  const giveUpAt = nowOf(context) + 30 * minuteMs;
  const planned = yield* plan(context, input, giveUpAt);
  if (planned.kind === 'superseded') return { sweepId: input.sweepId, status: 'superseded', warned: 0 };

  const policyHash = yield* decidingPolicy(context, input, planned, giveUpAt);
  const outcomes = yield* evaluate(context, input, planned, policyHash);
  const conclude = { sweepId: input.sweepId, policyHash, faults: planned.faults, outcomes };
  const concluded = yield* callPatiently<SweepConclusion>(
    context,
    activities.concludeSweep,
    conclude,
    giveUpAt,
  );
  if (concluded.kind === 'superseded') return { sweepId: input.sweepId, status: 'superseded', warned: 0 };

  if (concluded.toStart > 0) {
    yield* callPatiently(context, activities.startStops, { sweepId: input.sweepId }, giveUpAt);
  }
  return { sweepId: input.sweepId, status: 'finished', warned: concluded.warned };
}
