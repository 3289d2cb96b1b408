import { clusterFacts, clusterFindings, isQuiet } from '../../core/findings/cluster-findings.ts';
import { lookOf } from '../../core/findings/rule.ts';
import { sizeFindings } from '../../core/findings/size-findings.ts';
import { targetFindings } from '../../core/findings/target-findings.ts';
import type { FindingLook } from '../../core/findings/types.ts';
import type { Reading } from '../../core/activity/types.ts';
import { jobsByCompute } from '../../core/activity/jobs.ts';
import type { Compute, Job, VmSize } from '../../core/computes.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import type { PolicySubject } from '../../core/policy/subject.ts';
import { type TeamMembers, teamsOf } from '../teams.ts';
import type { FindBy } from './find-by.ts';

export type ClusterSight = {
  readonly look: FindingLook;
  /** Nothing runs and nothing waits on it, as far as could be seen. */
  readonly quiet: boolean;
};

export const isCluster = ({ kind }: Compute): boolean => kind.toLowerCase() === 'amlcompute';

export const targetSubject = (compute: Compute, size: VmSize | null, teams: TeamMembers): PolicySubject => ({
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

/** Jobs that name the cluster and have not ended, queued ones too; null: they cannot be read. */
function unfinishedOn(compute: Compute, jobs: Reading<readonly Job[]>): number | null {
  if (!jobs.ok) return null;
  return jobsByCompute(jobs.value).get(compute.ref.compute.toLowerCase())?.length ?? 0;
}

/** Holds a training cluster against the rules about clusters. */
export function lookAtCluster(
  compute: Compute,
  size: VmSize | null,
  jobs: Reading<readonly Job[]>,
  by: Pick<FindBy, 'policy' | 'teams'>,
): ClusterSight {
  const facts = clusterFacts(compute);
  const unfinished = unfinishedOn(compute, jobs);
  const { policy } = by.policy;
  const { sizes } = resourceRulesFor(policy, targetSubject(compute, size, by.teams));
  const look = lookOf({ kind: 'compute', ref: compute.ref }, null, {
    ...clusterFindings(facts, policy.clusters, unfinished, size),
    ...sizeFindings(compute.vmSize, sizes),
  });
  return { look, quiet: isQuiet(facts, unfinished) };
}

/** Holds an attached target against the rules about its kind; those about attachments are looked at elsewhere. */
export const lookAtTarget = (compute: Compute): FindingLook =>
  lookOf({ kind: 'compute', ref: compute.ref }, compute.owner, targetFindings(compute));
