import type { Decision, KeepReason, OpenWarning } from './types.ts';

/** What a decision means for a warning that is out. */
export type WarningFate =
  | { readonly fate: 'stands'; readonly stopDueAt: number }
  | { readonly fate: 'due' }
  /** A schedule's stop that is due waits until the instance is quiet: a later sweep takes it up again. */
  | { readonly fate: 'waits' }
  /** Mode `warn`: its time has come and nothing is stopped. Close it and remember it as the lapsed warning. */
  | { readonly fate: 'lapsed' }
  /** Close it and tell the owner. */
  | { readonly fate: 'withdrawn'; readonly why: KeepReason | 'another-rule' };

/**
 * `sweep`: a look while the warning runs, where not knowing changes nothing yet: the second look has to know. `second`:
 * the look right before the stop, where whatever is not a clear stop withdraws.
 */
export function warningFate(warning: OpenWarning, decision: Decision, look: 'sweep' | 'second'): WarningFate {
  const stands: WarningFate = { fate: 'stands', stopDueAt: warning.stopDueAt };
  const holds = (decision.rules?.includes(warning.reason) ?? false) && isOfSameStop(warning, decision);
  if (decision.action === 'keep') {
    const reason = decision.reason as KeepReason;
    if (holds && warning.reason === 'warn.schedule' && isAboutUse(reason)) return { fate: 'waits' };
    if (reason === 'keep.mode' && decision.facts.mode === 'warn') {
      if (decision.would?.replace('stop.', 'warn.') === warning.reason) return { fate: 'lapsed' };
      return holds ? stands : { fate: 'withdrawn', why: 'another-rule' };
    }
    const waits =
      look === 'sweep' &&
      (reason.startsWith('keep.unknown.') ||
        reason === 'keep.not-settled' ||
        reason === 'keep.warning-undelivered' ||
        reason === 'keep.blast-limit');
    return waits ? stands : { fate: 'withdrawn', why: reason };
  }
  const ruleOf = decision.reason.replace('stop.', 'warn.');
  if (ruleOf === warning.reason && isOfSameStop(warning, decision)) {
    if (decision.action === 'stop') return { fate: 'due' };
    return { fate: 'stands', stopDueAt: decision.stopDueAt ?? warning.stopDueAt };
  }
  return holds ? stands : { fate: 'withdrawn', why: 'another-rule' };
}

/** A schedule's warning announces one stop; that of another day or another schedule needs its own. */
const isOfSameStop = ({ reason, schedule }: OpenWarning, { facts }: Decision): boolean =>
  reason !== 'warn.schedule' || (schedule?.name === facts.schedule && schedule?.stopAt === facts.scheduledAt);

const isAboutUse = (reason: KeepReason): boolean =>
  reason.startsWith('keep.active.') ||
  reason.startsWith('keep.unknown.') ||
  reason === 'keep.grace' ||
  reason === 'keep.idle-short';

/** Whether the decision asks for a warning that is not out yet. */
export const isNewWarning = (decision: Decision, openWarnings: readonly OpenWarning[]): boolean =>
  decision.action === 'warn' &&
  openWarnings.every((warning) => warning.reason !== decision.reason || !isOfSameStop(warning, decision));
