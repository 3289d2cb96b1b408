import type { ActiveReason, ActivityEvidence, UnknownReason } from '../activity/types.ts';
import type { ComputeRef } from '../ids.ts';
import type { Person } from '../computes.ts';

export type StopReason = 'stop.idle' | 'stop.max-uptime';
export type WarnReason = 'warn.idle' | 'warn.max-uptime';
export type KeepReason =
  | ActiveReason
  | UnknownReason
  | 'keep.grace'
  | 'keep.idle-short'
  | 'keep.halted'
  | 'keep.warning-undelivered'
  | 'keep.snoozed'
  | 'keep.exempt'
  | 'keep.protected'
  | 'keep.not-settled'
  | 'keep.not-running'
  | 'keep.mode'
  | 'keep.blast-limit';
export type ReasonCode = StopReason | WarnReason | KeepReason;

export type Mode = 'off' | 'observe' | 'warn' | 'enforce';

/** A warning that is out and has been neither withdrawn nor followed by a stop. */
export type OpenWarning = {
  readonly warningId: string;
  readonly reason: WarnReason;
  readonly warnedAt: number;
  readonly stopDueAt: number;
};

/** The facts of the reason that the sentence is made of; only those that the reason needs are there. */
export type DecisionFacts = {
  readonly state?: string;
  readonly idleForMs?: number;
  readonly idleAfterMs?: number;
  readonly startedAt?: number;
  readonly uptimeMs?: number;
  readonly until?: number;
  readonly why?: string;
  readonly match?: string;
  readonly limit?: number;
  readonly count?: number;
  readonly cpuBelowPercent?: number;
  readonly cpuCoresBelow?: number;
  readonly mode?: Mode;
};

/**
 * One value feeds the ledger, card, CLI, API, page, log and metric. `would` says what a keep by mode or brake
 * stood in the way of.
 */
export type Decision = {
  readonly ref: ComputeRef;
  readonly owner: Person | null;
  readonly vmSize: string | null;
  readonly at: number;
  readonly action: 'keep' | 'warn' | 'stop';
  readonly reason: ReasonCode;
  readonly would?: WarnReason | StopReason;
  readonly facts: DecisionFacts;
  readonly evidence: ActivityEvidence | null;
  readonly policyHash: string;
  /** When the stop is due, for a warning. */
  readonly stopDueAt?: number;
  readonly pricePerHourUsd: number | null;
};
