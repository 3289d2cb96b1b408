import type { FindingRecord } from '../../core/findings/types.ts';
import { computeKey, type ComputeRef } from '../../core/ids.ts';
import { policyFor } from '../../core/policy/policy-for.ts';
import type { SeenAttachment } from '../../ledger/attachment-index.ts';
import { type Duplicate, duplicatesAmong } from '../../core/targets/attachment-duplicates.ts';
import type { LoadedPolicy } from '../policy-store.ts';
import { attachmentSubject } from './settle-findings.ts';

/** An attachment that the policy wants detached, and the finding that it comes from. */
export type WantedDetach = {
  readonly ref: ComputeRef;
  readonly later: ComputeRef;
  readonly toldAt: number | null;
};

/** Which of the two sides the policy takes off: the later one, or all that were there before it. */
export function sideToDetach(
  { later, earlier }: Duplicate,
  { policy }: LoadedPolicy,
): Duplicate['earlier'] | [] {
  switch (policy.attachments.duplicate[later.kind]) {
    case 'report':
      return [];
    case 'detachNewer':
      return [later];
    case 'detachOlder':
      return earlier;
  }
}

/** Whether the policy lets Lamplighter take this one off by itself. */
export function mayDetach(
  attachment: Duplicate['later'],
  { policy, hash }: LoadedPolicy,
  now: number,
): boolean {
  const own = policyFor(policy, hash, attachmentSubject(attachment), now);
  return own.mode === 'enforce' && own.protectedBy === null && own.exemption === null;
}

const isAccepted = ({ accepted }: FindingRecord, now: number): boolean =>
  accepted !== null && now < accepted.until;

/** What follows from the findings that stand, in the fleet as it was seen. */
export function wantedDetaches(
  fleet: readonly SeenAttachment[],
  standing: readonly FindingRecord[],
  policy: LoadedPolicy,
  now: number,
): readonly WantedDetach[] {
  const duplicates = duplicatesAmong(fleet);
  const found = standing.filter(
    (record) => record.code === 'attachment.duplicate' && !isAccepted(record, now),
  );
  return found.flatMap(({ about, toldAt }) => {
    const duplicate = about.kind === 'compute' ? duplicates.get(computeKey(about.ref)) : undefined;
    if (duplicate === undefined) return [];
    return sideToDetach(duplicate, policy)
      .filter((one) => mayDetach(one, policy, now))
      .map(({ ref }) => ({ ref, later: duplicate.later.ref, toldAt }));
  });
}
