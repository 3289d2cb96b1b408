import { clusterFacts, clusterFindings, isQuiet } from '../../core/findings/cluster-findings.ts';
import { lookOf } from '../../core/findings/rule.ts';
import { sizeFindings } from '../../core/findings/size-findings.ts';
import { targetFindings } from '../../core/findings/target-findings.ts';
import type { FindingLook } from '../../core/findings/types.ts';
import type { Reading } from '../../core/activity/types.ts';
import { jobsByCompute } from '../../core/activity/jobs.ts';
import type { Compute, Job, VmSize } from '../../core/computes.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import { subjectOf } from '../subject-of.ts';
import type { FindBy } from './find-by.ts';

export type ClusterSight = {
  readonly look: FindingLook;
  /** Nothing runs and nothing waits on it, as far as could be seen. */
  readonly quiet: boolean;
};

export const isCluster = ({ kind }: Compute): boolean => kind.toLowerCase() === 'amlcompute';

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
  const { sizes } = resourceRulesFor(policy, subjectOf({ compute, size }, by.teams));
  const look = lookOf({ kind: 'compute', ref: compute.ref }, null, {
    ...clusterFindings(facts, policy.clusters, unfinished, size),
    ...sizeFindings(compute.vmSize, sizes),
  });
  return { look, quiet: isQuiet(facts, unfinished) };
}

/** Holds an attached target against the rules about its kind; those about attachments are looked at elsewhere. */
export const lookAtTarget = (compute: Compute): FindingLook =>
  lookOf({ kind: 'compute', ref: compute.ref }, compute.owner, targetFindings(compute));
