import { describeMatch } from '../policy/describe-match.ts';
import { matching } from '../policy/match.ts';
import type { PolicySubject } from '../policy/subject.ts';
import type { ApprovalOccasion, ApprovalRule } from '../policy/types.ts';

/** How many have to agree, and by when. */
export type ApprovalNeed = {
  readonly approvers: number;
  readonly remindAfterMs: number;
  readonly expiresAfterMs: number;
  /** Why, as clauses for a sentence. */
  readonly because: readonly string[];
};

export type Weight = {
  /** Null: Azure does not say; then it may be more than any limit. */
  readonly pricePerHourUsd: number | null;
  readonly cores: number;
  readonly gpus: number;
  /** What of the occasions holds. */
  readonly occasions: readonly ApprovalOccasion[];
};

const occasionWords: Readonly<Record<ApprovalOccasion, string>> = {
  firstRequest: 'it is the first machine of its user',
  isolated: 'the size has its server to itself',
  askedOfAzure: 'Azure grants quota of this series only when asked',
};

const hourMs = 3_600_000;
/** Where no rule of the policy says more: a soft quota that is exceeded, or SSH. */
const byDefault = { approvers: 1, remindAfterMs: 4 * hourMs, expiresAfterMs: 24 * hourMs };

function exceeded(above: ApprovalRule['above'], weight: Weight): boolean {
  if (above === null) return true;
  return (
    (above.pricePerHour !== null &&
      (weight.pricePerHourUsd ?? Number.POSITIVE_INFINITY) > above.pricePerHour) ||
    (above.cores !== null && weight.cores > above.cores) ||
    (above.gpus !== null && weight.gpus > above.gpus)
  );
}

/**
 * Whether a machine needs somebody's approval; null: it does not. The first rule that applies decides; one of which
 * it is not known whether it does counts as if it did.
 */
export function approvalNeed(
  rules: readonly ApprovalRule[],
  subject: PolicySubject,
  weight: Weight,
  /** Why it needs approval whatever the rules say, as clauses. */
  also: readonly string[],
): ApprovalNeed | null {
  const rule = rules.find(
    (one) =>
      matching(one.match, subject) !== 'no' &&
      exceeded(one.above, weight) &&
      (one.when === null || one.when.some((occasion) => weight.occasions.includes(occasion))),
  );
  if (rule === undefined) return also.length === 0 ? null : { ...byDefault, because: also };
  return {
    approvers: rule.approvers,
    remindAfterMs: rule.remindAfterMs,
    expiresAfterMs: rule.expiresAfterMs,
    because: [
      `the policy asks for it (${describeMatch(rule.match)})`,
      ...(rule.when ?? []).filter((one) => weight.occasions.includes(one)).map((one) => occasionWords[one]),
      ...also,
    ],
  };
}
