import { Temporal } from 'temporal-polyfill';
import type { Compute, VmSize } from '../computes.ts';
import { usdText } from '../cost/money.ts';
import { hoursPerMonth } from '../cost/stopped-cost.ts';
import { durationText } from '../explain/duration-text.ts';
import type { Policy } from '../policy/types.ts';
import { countMember, innerOf, memberOf, membersOf, textMember } from './arm-properties.ts';
import { broken, type RuleResult } from './rule.ts';

/** What a cluster's row tells; null where it does not, as while it is created or after it failed. */
export type ClusterFacts = {
  readonly minNodes: number | null;
  readonly scaleDownAfterMs: number | null;
  /** Nodes that run a job or are being made ready for one. */
  readonly busyNodes: number | null;
  readonly dedicated: boolean;
};

function durationMs(text: string | null): number | null {
  if (text === null) return null;
  try {
    return Temporal.Duration.from(text).total('milliseconds');
  } catch {
    return null;
  }
}

export function clusterFacts(compute: Compute): ClusterFacts {
  const inner = innerOf(compute) ?? {};
  const given = memberOf(inner, 'scaleSettings');
  const scale = membersOf(given);
  const counts = membersOf(memberOf(inner, 'nodeStateCounts'));
  const running = countMember(counts, 'runningNodeCount');
  return {
    // Azure requires only the maximum; where the minimum is left out it is none.
    minNodes:
      memberOf(scale, 'maxNodeCount') === undefined ? null : (countMember(scale, 'minNodeCount') ?? 0),
    scaleDownAfterMs: durationMs(textMember(scale, 'nodeIdleTimeBeforeScaleDown')),
    busyNodes: running === null ? null : running + (countMember(counts, 'preparingNodeCount') ?? 0),
    dedicated: textMember(inner, 'vmPriority')?.toLowerCase() !== 'lowpriority',
  };
}

/** Whether it was seen that nothing runs and nothing waits; false also where that cannot be told. */
export const isQuiet = (facts: ClusterFacts, unfinishedJobs: number | null): boolean =>
  facts.busyNodes === 0 && unfinishedJobs === 0;

function minNodesFinding(
  facts: ClusterFacts,
  rules: Policy['clusters'],
  unfinishedJobs: number | null,
  size: VmSize | null,
): RuleResult {
  const { minNodes } = facts;
  if (minNodes === null) return 'unknown';
  if (minNodes <= rules.maxMinNodes) return 'kept';
  // Work in progress says nothing about what is kept in vain, neither way.
  if (!isQuiet(facts, unfinishedJobs)) return 'unknown';
  const kept = minNodes - rules.maxMinNodes;
  // What low-priority nodes cost is not listed.
  const price = facts.dedicated ? (size?.pricePerHourUsd ?? null) : null;
  const usdPerMonth = price === null ? null : kept * price * hoursPerMonth;
  const cost = usdPerMonth === null ? 'at a price that is not known' : `for ${usdText(usdPerMonth)} a month`;
  const advice = facts.dedicated ? ' Low-priority nodes cost a fraction where work may be interrupted.' : '';
  return broken(
    `It keeps at least ${minNodes} nodes running, ${rules.maxMinNodes} are allowed, and no node runs a job: ${kept} stand idle ${cost}.`,
    `Set its minimum to ${rules.maxMinNodes} nodes; they start with the next job.${advice}`,
    {
      usdPerMonth,
      remedy:
        rules.remedy === 'repair'
          ? { kind: 'scale', minNodes: rules.maxMinNodes, scaleDownAfterMs: null }
          : null,
    },
  );
}

function scaleDownFinding(facts: ClusterFacts, rules: Policy['clusters']): RuleResult {
  const { scaleDownAfterMs } = facts;
  if (scaleDownAfterMs === null) return 'unknown';
  if (scaleDownAfterMs <= rules.maxScaleDownAfterMs) return 'kept';
  return broken(
    `Its nodes stay for ${durationText(scaleDownAfterMs)} after their last job, longer than ${durationText(rules.maxScaleDownAfterMs)}.`,
    `Set its idle time before scale-down to ${durationText(rules.maxScaleDownAfterMs)}.`,
    {
      remedy:
        rules.remedy === 'repair'
          ? { kind: 'scale', minNodes: null, scaleDownAfterMs: rules.maxScaleDownAfterMs }
          : null,
    },
  );
}

/** `unfinishedJobs` null: jobs cannot be read, and so may protect it. */
export const clusterFindings = (
  facts: ClusterFacts,
  rules: Policy['clusters'],
  unfinishedJobs: number | null,
  size: VmSize | null,
): Readonly<Record<'cluster.min-nodes' | 'cluster.scale-down', RuleResult>> => ({
  'cluster.min-nodes': minNodesFinding(facts, rules, unfinishedJobs, size),
  'cluster.scale-down': scaleDownFinding(facts, rules),
});
