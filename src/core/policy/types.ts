import type { Mode } from '../idle/types.ts';

/** A policy as parsed and defaulted: every duration in milliseconds, every key there. Keys as in the policy file. */
export type IdlePolicy = {
  readonly enabled: boolean;
  readonly afterMs: number;
  readonly warnMs: number;
  readonly graceAfterStartMs: number;
  readonly cpuBelow: number;
  readonly cpuCoresBelow: number;
  readonly gpuBelow: number;
  readonly networkBelow: number;
  readonly minCoverage: number;
  readonly noiseUpTo: number;
  readonly ingestionDelayMs: number;
  readonly evidence: 'metrics' | 'session' | 'both';
  readonly maxSnoozeMs: number;
  readonly unknownAlertAfterMs: number;
};

export type MaxUptimePolicy = {
  readonly afterMs: number;
  readonly warnMs: number;
  readonly evenIfUnknown: boolean;
  readonly evenIfActive: boolean;
};

/** What the whole policy says of one compute, overrides applied. */
export type ComputePolicy = {
  readonly policyHash: string;
  readonly mode: Mode;
  readonly idle: IdlePolicy;
  readonly maxUptime: MaxUptimePolicy | null;
  readonly jobStalledAfterMs: number;
  readonly session: { readonly staleAfterMs: number; readonly reportMaxAgeMs: number };
  /** The match that protects it, rendered for the sentence; null: not protected. */
  readonly protectedBy: string | null;
  /** The exemption that holds now. */
  readonly exemption: { readonly until: number; readonly why: string | null } | null;
};
