import type { Decision, WarnReason } from '../idle/types.ts';
import { explain } from './explain.ts';

/** Why a warning was taken back: what keeps the instance, for a budget that it is used up no longer, for a wish that it is over. */
export function explainWithdrawal(of: WarnReason, decision: Decision): string {
  const isAboutUse = decision.reason === 'keep.idle-off' || decision.reason === 'keep.idle-short';
  const lifted = of === 'warn.budget' && isAboutUse && decision.facts.budgetOf === undefined;
  const sentence = explain(decision);
  if (of === 'warn.job-ended' && decision.facts.usedAfterJob === true)
    return sentence.replace(/\.$/, ', and the wish to stop it after its job is over.');
  if (of === 'warn.owner-gone' && isAboutUse)
    return sentence.replace(/\.$/, ', and its owner is not known to be gone any more.');
  return lifted ? sentence.replace(/\.$/, ', and its budget is no longer used up.') : sentence;
}
