import { countDecidable, type DecidableCounts } from '../core/activity/count-decidable.ts';
import { partitionOf } from '../ledger/partitions.ts';
import { dropAlert } from '../ledger/alerts.ts';
import type { Candidate } from '../ledger/candidates.ts';
import { forgetDecisions, recordDecisions } from '../ledger/decisions.ts';
import { type Observation, writeObservations } from '../ledger/observations.ts';
import { endSaving } from '../ledger/savings.ts';
import { readStarts } from '../ledger/starts.ts';
import type { BlindSpot } from '../ledger/sweeps.ts';
import type { Decision } from '../core/idle/types.ts';
import { askOwner } from './ask-owner.ts';
import type { JudgedInstance } from './findings/find-in-workspace.ts';
import { goneOwners } from './findings/gone-owners.ts';
import type { Flow } from './flow.ts';
import { isFallenBack, judge, type JudgeBy } from './judge.ts';
import { isBlind, nextObservation } from './next-observation.ts';
import { isRunning, type WorkspaceReadings } from './readings.ts';
import { decideStart, startsAnything } from './schedule/decide-start.ts';
import { budgetGuard } from './schedule/over-budget.ts';
import { keepWish } from './stop-after-job/keep-wish.ts';
import { settleSaving } from './settle-savings.ts';
import { alertOnce } from './tell.ts';
import { weighedStart, weighInstance } from './weigh-instance.ts';
import { endWarningWith } from './withdraw-warning.ts';

export type WorkspaceTally = {
  readonly instances: number;
  readonly running: number;
  readonly asked: number;
  readonly decidable: number;
  readonly decidableBy: DecidableCounts;
  readonly byReason: Readonly<Record<string, number>>;
  readonly withdrawn: number;
  readonly undelivered: number;
  readonly blindSpots: readonly BlindSpot[];
  readonly candidates: readonly Candidate[];
  readonly judged: readonly JudgedInstance[];
};

/**
 * Judges every instance of one workspace: records what is kept and what goes on being warned, withdraws warnings that no
 * longer hold, and returns who would be warned anew, which only the whole fleet together may decide.
 */
export async function evaluateWorkspace(
  flow: Flow,
  readings: WorkspaceReadings,
  by: Omit<JudgeBy, 'tally'>,
): Promise<WorkspaceTally> {
  const { ledger } = flow.ports;
  const { now } = by;
  const starts = startsAnything(by.policy.policy, now) ? await readStarts(ledger, readings.ref) : null;
  const isOverBudget = budgetGuard(flow, by.policy.policy);
  const gone = await goneOwners(flow, readings.ref, readings.instances, by.policy.policy, now);
  const judging = readings.instances.map(async (instance) => {
    const judgeBy = { ...by, tally: readings.tally, goneOwners: gone };
    const judgement = judge(instance, judgeBy);
    const weighed = weighInstance(instance, judgement, now);
    const past = { saving: instance.saving?.saving ?? null, starts: starts?.get(instance.row) ?? [] };
    const start = decideStart(instance, judgement, judgeBy, past);
    const starting = start !== null && !(await isOverBudget(instance));
    return { instance, judgement, weighed: starting ? weighedStart(weighed, start.decision) : weighed };
  });
  const judged = await Promise.all(judging);

  const records = judged.flatMap(({ weighed }): Decision[] =>
    weighed.record === null ? [] : [weighed.record],
  );
  await recordDecisions(ledger, readings.ref, records, readings.decisions);

  let withdrawn = 0;
  for (const end of judged.flatMap(({ weighed }) => weighed.ends)) {
    const ended = await endWarningWith(flow, end.stored, end.close);
    if (ended && end.close.outcome === 'withdrawn') withdrawn += 1;
  }
  await forgetGone(flow, readings, now);

  const observations: Observation[] = [];
  const blindSpots: BlindSpot[] = [];
  for (const { instance, judgement } of judged) {
    let observation = nextObservation(instance, judgement, now);
    if (isBlind(observation, judgement, now)) {
      observation = await askOwner(flow, observation, judgement, now);
      blindSpots.push({
        ref: instance.compute.ref,
        sinceAt: observation.unknownSinceAt ?? now,
        because: judgement.verdict?.evidence.unknownBecause ?? null,
      });
    }
    observations.push(observation);
    await settleSaving(flow, instance, now);
    await keepWish(flow, instance, judgement, now);
  }
  await writeObservations(ledger, readings.ref, observations, readings.observations);
  await sayFallback(flow, readings, by);

  const byReason: Record<string, number> = {};
  for (const { weighed, judgement, instance } of judged) {
    if (weighed.candidate !== null) continue;
    const stands = readings.decisions.get(instance.row)?.reason;
    const reason = weighed.record?.reason ?? stands ?? judgement.decision.reason;
    byReason[reason] = (byReason[reason] ?? 0) + 1;
  }
  const verdicts = judged.flatMap(({ judgement }) => judgement.verdict ?? []);
  return {
    instances: readings.instances.length + readings.unread,
    running: judged.filter(({ instance }) => isRunning(instance.compute.state)).length,
    asked: verdicts.length,
    decidable: verdicts.filter(({ evidence }) => evidence.decidableBy !== 'neither').length,
    decidableBy: countDecidable(verdicts.map(({ evidence }) => evidence.decidableBy)),
    byReason,
    withdrawn,
    undelivered: byReason['keep.warning-undelivered'] ?? 0,
    blindSpots,
    candidates: judged.flatMap(({ weighed }) => [
      ...(weighed.candidate === null ? [] : [weighed.candidate]),
      ...weighed.resumes,
    ]),
    judged: judged.map(({ instance, judgement }) => ({ instance, judgement })),
  };
}

/** Deleted computes: their warnings end, their savings run no longer, and they have no latest decision. */
async function forgetGone(flow: Flow, { ref, gone }: WorkspaceReadings, now: number): Promise<void> {
  for (const stored of gone.warnings) {
    await endWarningWith(flow, stored, { outcome: 'gone', reason: 'deleted', tell: null });
  }
  for (const stored of gone.savings) await endSaving(flow.ports.ledger, stored, now, null);
  await forgetDecisions(
    flow.ports.ledger,
    ref,
    gone.decisions.map((decision) => decision.ref),
  );
}

async function sayFallback(
  flow: Flow,
  { ref, tally }: WorkspaceReadings,
  by: Omit<JudgeBy, 'tally'>,
): Promise<void> {
  if (tally.regrets === 0) return;
  const alertId = `regret-${partitionOf(ref)}`;
  if (!isFallenBack(by.policy.policy, tally)) {
    await dropAlert(flow.ports.ledger, alertId);
    return;
  }
  await alertOnce(flow, {
    alertId,
    code: 'regret.fallback',
    title: `${ref.workspace} falls back to mode warn`,
    sentence: `${tally.regrets} of ${tally.stops} stops of the last 30 days in ${ref.workspace} were regretted, more than ${by.policy.policy.regret.maxPercent} %; nothing is stopped there until fewer are.`,
  });
}
