import type { Compute, VmSize } from '../core/computes.ts';
import type { PolicySubject } from '../core/policy/subject.ts';
import { type TeamMembers, teamsOf } from './teams.ts';

/** What policy may match of a compute. What is not known is null and never matches by chance. */
export const subjectOf = (
  { compute, size }: { readonly compute: Compute; readonly size: VmSize | null },
  teams: TeamMembers,
): PolicySubject => ({
  subscription: compute.ref.subscriptionId,
  workspace: compute.ref.workspace,
  compute: compute.ref.compute,
  kind: compute.kind,
  user:
    compute.owner === null
      ? null
      : [compute.owner.objectId, ...(compute.owner.name === null ? [] : [compute.owner.name])],
  teams: teamsOf(teams, compute.owner?.objectId ?? null),
  vmSize: compute.vmSize,
  family: size?.family ?? null,
  gpu: size === null ? null : size.gpus > 0,
  tags: compute.tags,
});
