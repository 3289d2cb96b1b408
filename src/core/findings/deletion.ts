import type { Compute } from '../computes.ts';
import type { ComputePolicy } from '../policy/types.ts';
import { stoppedSince } from './upkeep-findings.ts';
import type { Consent } from './types.ts';

export type DeletionInput = {
  readonly now: number;
  readonly consent: Consent;
  readonly compute: Compute;
  /** Whether the finding that was consented to still holds, by what was just read. */
  readonly holds: boolean;
  readonly unfinishedJobs: 'none' | 'some' | 'unknown';
  readonly policy: Pick<ComputePolicy, 'mode' | 'protectedBy' | 'exemption' | 'idle'>;
  readonly snoozedUntil: number | null;
  readonly halted: boolean;
  /** When the policy allows it at the earliest, by the finding's own term. */
  readonly notBeforeAt: number;
};

/**
 * What stands in the way of deleting an instance that somebody consented to. `void`: the consent was about something else
 * than what is there now, and is over; `waits`: it may still come to it. Null: nothing, now.
 */
export type DeletionHeld = { readonly kind: 'void' | 'waits'; readonly why: string };

const gone = (why: string): DeletionHeld => ({ kind: 'void', why });
const waits = (why: string): DeletionHeld => ({ kind: 'waits', why });

/** The same at every look: in the sweep, and once more right before the call. */
export function whyNotDeleted(input: DeletionInput): DeletionHeld | null {
  const { now, consent, compute, policy } = input;
  if (now >= consent.until) return gone('the consent has run out');
  if (compute.createdAt === null) return waits('Azure does not say when it was created');
  if (compute.createdAt !== consent.createdAt) return gone('another machine bears the name now');
  if (compute.state?.toLowerCase() !== 'stopped') return gone('it is not stopped any more');
  const sinceAt = stoppedSince(compute);
  if (sinceAt === null) return waits('Azure does not say since when it is stopped');
  if (sinceAt > consent.at) return gone('it was started since the consent');
  if (!input.holds) return waits('the finding does not hold by this look');
  if (input.unfinishedJobs === 'some') return waits('a job on it has not ended');
  if (input.unfinishedJobs === 'unknown') return waits('its jobs cannot be read');
  if (policy.mode !== 'enforce') return waits(`in mode ${policy.mode} nothing is deleted`);
  if (policy.protectedBy !== null) return waits('the policy protects it');
  if (policy.exemption !== null && now < policy.exemption.until) return waits('it is exempt');
  if (input.snoozedUntil !== null && now < input.snoozedUntil) return waits('it is snoozed');
  if (input.halted) return waits('Lamplighter is halted');
  if (now < input.notBeforeAt) return waits('its term has not run out');
  return now < consent.at + policy.idle.warnMs ? waits('the notice runs') : null;
}
