import type { DecidableCounts } from '../../core/activity/count-decidable.ts';
import type { ComputeRef, WorkspaceRef } from '../../core/ids.ts';
import type { Mode } from '../../core/idle/types.ts';
import type { FindingRecord } from '../../core/findings/types.ts';
import { hoursPerMonth } from '../../core/cost/stopped-cost.ts';
import { addressOf } from './compute-address.ts';
import { type ComputeKnowledge, type ComputeView, computeViewOf } from './compute-view.ts';
import { type FindingView, findingViewOf } from './finding-view.ts';
import { instantOf } from './scalars.ts';

/**
 * What Lamplighter would do: `warn` its owner; `stop` what it has warned of; `start`; `hold`: only the mode, a halt or a
 * brake stands in the way; `keep`.
 */
export type PlannedStep = 'warn' | 'stop' | 'start' | 'hold' | 'keep';

export type PlannedCompute = ComputeView & {
  readonly step: PlannedStep;
  /** If it goes on running, at list price; null: not running, or the price is not known. */
  readonly usdPerMonth: number | null;
};

export type PlannedSetting = {
  readonly compute: ReturnType<typeof addressOf>;
  readonly sentence: string;
};

/** The output of `lamplighter plan --json`. */
export type PlanView = {
  readonly formatVersion: 1;
  readonly at: string;
  readonly policy: {
    readonly name: string;
    readonly hash: string;
    readonly mode: Mode;
    /** Null: it may be put in force at once; else whom it would newly warn or stop, more than its predecessor's limit. */
    readonly needsApproval: { readonly count: number; readonly limit: number } | null;
  };
  /** Where warnings, snoozes and session reports were read; null: they are not known. */
  readonly ledger: string | null;
  readonly subscriptions: readonly string[];
  readonly workspaces: number;
  readonly decidable: {
    readonly asked: number;
    readonly decidable: number;
    readonly by: DecidableCounts;
  };
  readonly counts: Readonly<Record<PlannedStep, number>> & {
    readonly instances: number;
    readonly running: number;
    readonly settings: number;
    readonly deletions: number;
    readonly findings: number;
  };
  /** Whether there is anything to do, also where only the mode or a brake stands in the way. */
  readonly changes: boolean;
  readonly halt: { readonly by: string; readonly why: string | null } | null;
  readonly computes: readonly PlannedCompute[];
  readonly settings: readonly PlannedSetting[];
  /** What would be deleted for good, as somebody consented. */
  readonly deletions: readonly { readonly compute: ReturnType<typeof addressOf> }[];
  readonly findings: readonly FindingView[];
  /** What could not be read. */
  readonly faults: readonly {
    readonly subscription: string;
    readonly workspace: string | null;
    readonly code: string;
    readonly message: string;
  }[];
  /** Actions that the sign-in lacks; null: Azure did not name it. */
  readonly missing: readonly { readonly action: string | null; readonly what: string }[];
};

/** What a draft of a sweep gives, as far as it is shown. */
export type PlanFacts = {
  readonly at: number;
  readonly policy: { readonly hash: string; readonly policy: { readonly mode: Mode } };
  readonly policyName: string;
  readonly ledgerName: string | null;
  readonly subscriptions: readonly string[];
  readonly unapproved: { readonly count: number; readonly limit: number } | null;
  readonly halt: { readonly halted: boolean; readonly by: string; readonly why: string | null } | null;
  readonly summary: {
    readonly workspaces: number;
    readonly instances: number;
    readonly running: number;
    readonly asked: number;
    readonly decidable: number;
    readonly decidableBy: DecidableCounts;
    readonly faults: readonly {
      readonly workspace: WorkspaceRef | null;
      readonly subscriptionId: string;
      readonly code: string;
      readonly message: string;
    }[];
  };
  readonly computes: readonly ComputeKnowledge[];
  readonly findings: readonly FindingRecord[];
  readonly settings: readonly { readonly ref: ComputeRef; readonly sentence: string }[];
  readonly deletions: readonly ComputeRef[];
  readonly missing: PlanView['missing'];
};

const isRunning = (state: string | null): boolean => state !== null && /^(running|jobrunning)$/i.test(state);

function stepOf({ decision, warnings }: ComputeKnowledge): PlannedStep {
  switch (decision.action) {
    case 'stop':
      return 'stop';
    case 'start':
      return 'start';
    case 'warn':
      return warnings.some(({ stopDueAt }) => stopDueAt !== null) ? 'stop' : 'warn';
    case 'keep':
      return decision.would === undefined ? 'keep' : 'hold';
  }
}

const order: Readonly<Record<PlannedStep, number>> = { stop: 0, warn: 1, start: 2, hold: 3, keep: 4 };
const unknownLast = ({ step, decision }: PlannedCompute): number =>
  order[step] * 2 + (decision.reason.startsWith('keep.unknown') || step !== 'keep' ? 0 : 1);
const nameOf = ({ subscription, resourceGroup, workspace, compute }: ComputeView): string =>
  `${subscription}/${resourceGroup}/${workspace}/${compute}`.toLowerCase();

function plannedOf(known: ComputeKnowledge): PlannedCompute {
  const view = computeViewOf(known);
  const { pricePerHourUsd, state } = view;
  return {
    ...view,
    step: stepOf(known),
    usdPerMonth: pricePerHourUsd !== null && isRunning(state) ? pricePerHourUsd * hoursPerMonth : null,
  };
}

export function planViewOf(facts: PlanFacts): PlanView {
  const { summary, unapproved, halt } = facts;
  const computes = facts.computes
    .map(plannedOf)
    .toSorted((a, b) => unknownLast(a) - unknownLast(b) || (nameOf(a) < nameOf(b) ? -1 : 1));
  const count = (step: PlannedStep): number => computes.filter((one) => one.step === step).length;
  const counts = {
    stop: count('stop'),
    warn: count('warn'),
    start: count('start'),
    hold: count('hold'),
    keep: count('keep'),
    instances: summary.instances,
    running: summary.running,
    settings: facts.settings.length,
    deletions: facts.deletions.length,
    findings: facts.findings.length,
  };
  return {
    formatVersion: 1,
    at: instantOf(facts.at),
    policy: {
      name: facts.policyName,
      hash: facts.policy.hash,
      mode: facts.policy.policy.mode,
      needsApproval: unapproved === null ? null : { count: unapproved.count, limit: unapproved.limit },
    },
    ledger: facts.ledgerName,
    subscriptions: facts.subscriptions,
    workspaces: summary.workspaces,
    decidable: { asked: summary.asked, decidable: summary.decidable, by: summary.decidableBy },
    counts,
    changes: counts.stop + counts.warn + counts.start + counts.hold + counts.settings + counts.deletions > 0,
    halt: halt?.halted === true ? { by: halt.by, why: halt.why } : null,
    computes,
    settings: facts.settings.map(({ ref, sentence }) => ({ compute: addressOf(ref), sentence })),
    deletions: facts.deletions.map((ref) => ({ compute: addressOf(ref) })),
    findings: facts.findings.map((record) => findingViewOf(record, facts.at)),
    faults: summary.faults.map(({ workspace, subscriptionId, code, message }) => ({
      subscription: subscriptionId,
      workspace: workspace === null ? null : `${workspace.resourceGroup}/${workspace.workspace}`,
      code,
      message,
    })),
    missing: facts.missing,
  };
}
