import { stopOf } from '../core/idle/decide.ts';
import type { Decision } from '../core/idle/types.ts';
import { warningFate, type WarningFate } from '../core/idle/warning-fate.ts';
import { readHalt } from '../ledger/flags.ts';
import type { StoredWarning } from '../ledger/warnings.ts';
import { goneOwnerNow } from './findings/gone-owners.ts';
import type { Flow } from './flow.ts';
import { judge, openWarningOf } from './judge.ts';
import type { ComputeLook } from './look-at-compute.ts';
import type { LoadedPolicy } from './policy-store.ts';
import { readUsedUpBudgets } from './quota/used-up-budgets.ts';
import { readTeams } from './teams.ts';

/** Decides by every policy that has a say: the first that does not ask for the stop speaks. */
export async function decideAgain(
  flow: Flow,
  stored: StoredWarning,
  look: Extract<ComputeLook, { kind: 'read' }>,
  policies: readonly LoadedPolicy[],
  stuckInStopping: boolean,
): Promise<{ readonly decision: Decision; readonly fate: WarningFate }> {
  const { ledger, clock } = flow.ports;
  const teams = await readTeams(
    flow,
    policies.map(({ policy }) => policy),
  );
  const halt = await readHalt(ledger);
  const open = openWarningOf(stored.warning);
  const gone = await goneOwnerNow(
    flow,
    look.readings,
    policies.map(({ policy }) => policy),
  );
  const budgets = await Promise.all(policies.map((policy) => readUsedUpBudgets(flow, policy)));
  const verdicts = policies.map((policy, index) => {
    const by = {
      now: clock.now(),
      policy,
      teams,
      halt,
      tally: look.tally,
      budgets: budgets[index] ?? null,
      goneOwners: gone,
    };
    const { decision } = judge(look.readings, by);
    return { decision: stuckInStopping ? pushedAgain(decision, stored) : decision };
  });
  const weighed = verdicts.map(({ decision }) => ({
    decision,
    fate:
      open === null
        ? ({ fate: 'withdrawn', why: 'another-rule' } as const)
        : warningFate(open, decision, 'second'),
  }));
  const objection = weighed.find(({ fate }) => fate.fate !== 'due');
  const chosen = objection ?? weighed[0];
  if (chosen === undefined) throw new Error('There is always a policy in force.');
  return chosen;
}

/**
 * A machine that hangs in Stopping sends no samples, so that nothing can be told of it by and by. Its stop was accepted
 * after a full look: not to see it is then no objection to a second push; use, jobs, snooze, halt and mode are.
 */
function pushedAgain(decision: Decision, { warning }: StoredWarning): Decision {
  const unseen = decision.reason === 'keep.unknown.metrics' || decision.reason === 'keep.idle-short';
  if (!unseen || warning.stopAcceptedAt === null) return decision;
  const lastActiveAt = decision.evidence?.lastActiveAt ?? null;
  if (lastActiveAt !== null && lastActiveAt > warning.stopAcceptedAt) return decision;
  return { ...decision, action: 'stop', reason: stopOf(warning.reason), rules: [warning.reason] };
}
