import type { VmSize } from '../computes.ts';
import type { PolicySubject } from '../policy/subject.ts';
import type { ApprovalOccasion, ApprovalRule } from '../policy/types.ts';
import { limitText } from '../quota/limit-text.ts';
import type { QuotaVerdict } from '../quota/types.ts';
import { documentedSupport, isIsolatedSize } from '../targets/series-facts.ts';
import { type ApprovalNeed, approvalNeed } from './approval-need.ts';

/** Whose approval a machine needs that nothing refuses; null: nobody's. What-if and requests both ask this. */
export function machineApproval(
  rules: readonly ApprovalRule[],
  subject: PolicySubject,
  size: VmSize,
  verdict: QuotaVerdict,
  asked: {
    /** For SSH where the rules want that approved. */
    readonly asksForSsh: boolean;
    /** It is the first machine of its user. */
    readonly isFirst: boolean;
  },
): ApprovalNeed | null {
  const also = verdict.approvals.map((limit) => limitText(limit).replace(/\.$/, ''));
  if (asked.asksForSsh) also.push('it asks for SSH');
  const occasions: ApprovalOccasion[] = [
    ...(asked.isFirst ? (['firstRequest'] as const) : []),
    ...(isIsolatedSize(size.name) ? (['isolated'] as const) : []),
    ...(documentedSupport(size.name) === 'ask-azure' ? (['askedOfAzure'] as const) : []),
  ];
  const weight = { pricePerHourUsd: size.pricePerHourUsd, cores: size.vCPUs, gpus: size.gpus, occasions };
  return approvalNeed(rules, subject, weight, also);
}
