import type { ComputeRef } from '../../core/ids.ts';
import { recordDecision } from '../../ledger/decisions.ts';
import { readHalt } from '../../ledger/flags.ts';
import { findAtInstance } from '../findings/find-at-compute.ts';
import { goneOwnerNow } from '../findings/gone-owners.ts';
import type { Flow } from '../flow.ts';
import { stopInstanceId } from '../ids.ts';
import { judge } from '../judge.ts';
import { lookAtCompute } from '../look-at-compute.ts';
import type { LoadedPolicy } from '../policy-store.ts';
import { type DurableWaker, wakeOrchestration } from '../start-orchestration.ts';
import { readUsedUpBudgets } from '../quota/used-up-budgets.ts';
import { keepWish } from '../stop-after-job/keep-wish.ts';
import { readTeams } from '../teams.ts';
import { weighInstance } from '../weigh-instance.ts';
import { endWarningWith } from '../withdraw-warning.ts';
import type { Reconciled } from './reconcile.ts';

/**
 * Looks at an instance as a sweep does, and does of it what only helps its owner: withdraws warnings that no longer hold,
 * raises and ends findings, and records what is. Whom to warn anew is for a sweep to say, which sees the whole fleet.
 */
export async function reconcileInstance(
  flow: Flow,
  client: DurableWaker,
  ref: ComputeRef,
  policy: LoadedPolicy,
): Promise<Reconciled> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const look = await lookAtCompute(flow, ref, [policy.policy], now, false);
  if (look.kind === 'missing') return { kind: 'done', outcome: 'gone' };
  if (look.kind === 'unreadable') return { kind: 'wait', until: look.retryAt };
  const [teams, halt, budgets] = await Promise.all([
    readTeams(flow, [policy.policy]),
    readHalt(ledger),
    readUsedUpBudgets(flow, policy),
  ]);
  const goneOwners = await goneOwnerNow(flow, look.readings, [policy.policy]);
  const judgement = judge(look.readings, {
    now,
    policy,
    teams,
    halt,
    budgets,
    goneOwners,
    tally: look.tally,
  });
  if (judgement.policy.mode === 'off') return { kind: 'done', outcome: 'off' };
  await findAtInstance(flow, look.readings, judgement, { now, policy, teams, halt, budgets, sweepId: null });
  // What could not be read is no news.
  if (look.unread !== null) return { kind: 'wait', until: look.unread.retryAt };
  const weighed = weighInstance(look.readings, judgement, now);
  if (weighed.record !== null) await recordDecision(ledger, weighed.record);
  for (const { stored, close } of weighed.ends) {
    if (!(await endWarningWith(flow, stored, close))) continue;
    await wakeOrchestration(client, stopInstanceId(ref, stored.warning.warningId), 'reconciled');
  }
  await keepWish(flow, look.readings, judgement, now);
  return { kind: 'done', outcome: weighed.ends.length > 0 ? 'withdrawn' : 'looked' };
}
