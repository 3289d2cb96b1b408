import type { Decision, WarnReason } from '../idle/types.ts';
import { explain } from './explain.ts';

/** Why a warning was taken back: what keeps the instance, and for a budget that it is used up no longer. */
export function explainWithdrawal(of: WarnReason, decision: Decision): string {
  const isAboutUse = decision.reason === 'keep.idle-off' || decision.reason === 'keep.idle-short';
  const lifted = of === 'warn.budget' && isAboutUse && decision.facts.budgetOf === undefined;
  const sentence = explain(decision);
  return lifted ? sentence.replace(/\.$/, ', and its budget is no longer used up.') : sentence;
}
