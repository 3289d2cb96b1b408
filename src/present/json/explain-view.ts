import type { ActivityEvidence, Reading, SessionReport } from '../../core/activity/types.ts';
import type { Compute, VmSize } from '../../core/computes.ts';
import { hoursPerMonth, standingCost } from '../../core/cost/stopped-cost.ts';
import type { TriedRule } from '../../core/explain/rules-tried.ts';
import type { Decision } from '../../core/idle/types.ts';
import type { ComputePolicy } from '../../core/policy/types.ts';
import { addressOf } from './compute-address.ts';
import { type DecisionView, decisionViewOf } from './decision-view.ts';
import { instantOf, instantOrNull } from './scalars.ts';

type Named = { readonly name: string; readonly status: string };

/** What each witness said over the window. */
export type EvidenceView = {
  readonly fromAt: string;
  readonly toAt: string;
  readonly activity: 'active' | 'idle' | 'unknown';
  readonly decidableBy: ActivityEvidence['decidableBy'];
  readonly unknownBecause: string | null;
  readonly lastActiveAt: string | null;
  readonly metrics: {
    readonly coverage: number | null;
    readonly samples: number;
    readonly expected: number;
    readonly cpuPercentMax: number | null;
    readonly cpuCoresMax: number | null;
    readonly gpuPercentMax: number | null;
    readonly networkMegabytesMax: number | null;
    /** Null: they could be read. */
    readonly unread: string | null;
  };
  readonly jobs: { readonly unfinished: readonly Named[]; readonly unread: string | null };
  readonly session: {
    readonly reports: number;
    readonly newestAt: string | null;
    readonly busy: string | null;
  };
};

/** The output of `lamplighter explain --json`. */
export type ExplainView = ReturnType<typeof addressOf> & {
  readonly formatVersion: 1;
  readonly at: string;
  readonly state: string | null;
  readonly startedAt: string | null;
  readonly vmSize: string | null;
  readonly owner: { readonly objectId: string; readonly name: string | null } | null;
  readonly policy: { readonly name: string; readonly hash: string; readonly mode: ComputePolicy['mode'] };
  readonly ledger: string | null;
  readonly decision: DecisionView;
  /** Null: its use was not looked at. */
  readonly evidence: EvidenceView | null;
  readonly rules: readonly TriedRule[];
  readonly resets: readonly string[];
  readonly warnings: readonly {
    readonly reason: string;
    readonly warnedAt: string | null;
    readonly stopDueAt: string | null;
  }[];
  readonly schedules: readonly {
    readonly name: string;
    readonly nextStopAt: string | null;
    readonly nextStartAt: string | null;
  }[];
  readonly cost: {
    readonly usdPerHour: number | null;
    readonly usdPerMonth: number | null;
    /** What goes on costing while it is stopped, at prices that are not known here. */
    readonly stoppedUnpriced: readonly string[];
  };
  readonly missing: readonly { readonly action: string | null; readonly what: string }[];
};

export type ExplainFacts = {
  readonly at: number;
  readonly policyName: string;
  readonly ledgerName: string | null;
  readonly policy: { readonly hash: string };
  readonly record: Decision | null;
  readonly judgement: {
    readonly decision: Decision;
    readonly policy: ComputePolicy;
    readonly verdict: {
      readonly activity: EvidenceView['activity'];
      readonly evidence: ActivityEvidence;
    } | null;
  };
  readonly readings: {
    readonly compute: Compute;
    readonly size: VmSize | null;
    readonly startedAt: number | null;
    readonly jobs: Reading<readonly Named[]>;
    readonly metrics: Reading<unknown>;
    readonly reports: readonly SessionReport[];
    readonly warnings: readonly {
      readonly warning: {
        readonly reason: string;
        readonly warnedAt: number | null;
        readonly stopDueAt: number | null;
      };
    }[];
  };
  readonly rules: readonly TriedRule[];
  readonly resets: readonly string[];
  readonly schedules: readonly {
    readonly name: string;
    readonly nextStopAt: number | null;
    readonly nextStartAt: number | null;
  }[];
  readonly hasPublicIp: boolean | null;
  readonly missing: ExplainView['missing'];
};

function evidenceOf({ judgement: { verdict }, readings }: ExplainFacts): EvidenceView | null {
  if (verdict === null) return null;
  const { activity, evidence } = verdict;
  const { jobs, metrics, reports } = readings;
  const newest = reports.length === 0 ? null : Math.max(...reports.map(({ at }) => at));
  return {
    fromAt: instantOf(evidence.windowFromAt),
    toAt: instantOf(evidence.windowToAt),
    activity,
    decidableBy: evidence.decidableBy,
    unknownBecause: evidence.unknownBecause,
    lastActiveAt: instantOrNull(evidence.lastActiveAt),
    metrics: {
      coverage: evidence.coverage,
      samples: evidence.bucketsPresent,
      expected: evidence.bucketsExpected,
      cpuPercentMax: evidence.cpuPercentMax,
      cpuCoresMax: evidence.cpuCoresMax,
      gpuPercentMax: evidence.gpuPercentMax,
      networkMegabytesMax: evidence.networkMegabytesMax,
      unread: metrics.ok ? null : metrics.why,
    },
    jobs: {
      unfinished: jobs.ok ? jobs.value.map(({ name, status }) => ({ name, status })) : [],
      unread: jobs.ok ? null : jobs.why,
    },
    session: { reports: reports.length, newestAt: instantOrNull(newest), busy: evidence.session },
  };
}

export function explainViewOf(facts: ExplainFacts): ExplainView {
  const { readings, judgement } = facts;
  const { compute, size } = readings;
  const decision = facts.record ?? judgement.decision;
  const usdPerHour = size?.pricePerHourUsd ?? null;
  const noPrices = { diskPerMonth: null, publicIpPerHour: null, loadBalancerPerHour: null };
  return {
    formatVersion: 1,
    ...addressOf(compute.ref),
    at: instantOf(facts.at),
    state: compute.state,
    startedAt: instantOrNull(readings.startedAt),
    vmSize: compute.vmSize,
    owner: compute.owner === null ? null : { objectId: compute.owner.objectId, name: compute.owner.name },
    policy: { name: facts.policyName, hash: facts.policy.hash, mode: judgement.policy.mode },
    ledger: facts.ledgerName,
    decision: decisionViewOf({ ...decision, sinceAt: decision.at }),
    evidence: evidenceOf(facts),
    rules: facts.rules,
    resets: facts.resets,
    warnings: readings.warnings.map(({ warning }) => ({
      reason: warning.reason,
      warnedAt: instantOrNull(warning.warnedAt),
      stopDueAt: instantOrNull(warning.stopDueAt),
    })),
    schedules: facts.schedules.map(({ name, nextStopAt, nextStartAt }) => ({
      name,
      nextStopAt: instantOrNull(nextStopAt),
      nextStartAt: instantOrNull(nextStartAt),
    })),
    cost: {
      usdPerHour,
      usdPerMonth: usdPerHour === null ? null : usdPerHour * hoursPerMonth,
      stoppedUnpriced: standingCost(noPrices, facts.hasPublicIp).unpriced,
    },
    missing: facts.missing,
  };
}
