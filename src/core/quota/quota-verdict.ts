import { refusalCodes } from '../policy/codes.ts';
import { azureLimits } from './azure-limits.ts';
import { policyLimits } from './policy-limits.ts';
import type { LimitState, QuotaInput, QuotaVerdict } from './types.ts';

const rank = (state: LimitState): number => refusalCodes.indexOf(state.code);

function outcomeOf(verdict: Omit<QuotaVerdict, 'outcome'>): QuotaVerdict['outcome'] {
  if (verdict.refusals.length > 0) return 'refused';
  // Money that nobody can price is shown, and stands in nobody's way.
  const blind = verdict.unknown.some((one) => one.effect === 'refuse' && one.code !== 'refuse.budget');
  if (blind) return 'unknown';
  return verdict.approvals.length > 0 ? 'approval' : 'granted';
}

/**
 * Every limit that applies and where it stands: the one function behind what-if, the real request and the findings.
 * Ours count instances in every state, reservations included; Azure's own are checked for what is asked for.
 */
export function quotaVerdict(input: QuotaInput): QuotaVerdict {
  const ours = policyLimits(input);
  const azures = input.asked === null ? [] : azureLimits(input, input.asked);
  const limits = [...ours, ...azures].toSorted((one, other) => rank(one) - rank(other));
  const refusals = limits.filter((one) => one.state === 'exceeded' && one.effect === 'refuse');
  const verdict = {
    limits,
    refusals,
    codes: [...new Set(refusals.map(({ code }) => code))],
    // A soft limit of which it is not known whether it is kept is one for a person to judge.
    approvals: limits.filter(
      (one) =>
        one.effect === 'approval' &&
        (one.state === 'exceeded' || (one.state === 'unknown' && one.code !== 'refuse.budget')),
    ),
    unknown: limits.filter((one) => one.state === 'unknown'),
  };
  return { ...verdict, outcome: outcomeOf(verdict) };
}
