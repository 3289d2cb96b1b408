import { explainWithdrawal } from '../core/explain/withdrawal.ts';
import { held } from '../core/idle/decide.ts';
import type { Decision } from '../core/idle/types.ts';
import { recordDecision } from '../ledger/decisions.ts';
import { readHalt } from '../ledger/flags.ts';
import { writeObservations } from '../ledger/observations.ts';
import { readOpenWarning, replaceWarning, type StopAnswer, type StoredWarning } from '../ledger/warnings.ts';
import type { StopInput } from '../workflows/stop.ts';
import { askToStop } from './ask-to-stop.ts';
import { decideAgain } from './decide-again.ts';
import type { Flow } from './flow.ts';
import { type ComputeLook, lookAtCompute } from './look-at-compute.ts';
import { policiesForStop } from './policies-for-stop.ts';
import type { LoadedPolicy } from './policy-store.ts';
import { endWish } from './stop-after-job/keep-wish.ts';
import { withinLimits } from './stop-limits.ts';
import { endWarningWith } from './withdraw-warning.ts';

export type SecondLookInput = StopInput & {
  /** Its stop was accepted, and it has been Stopping ever since. */
  readonly stuckInStopping: boolean;
  /** When the workflow ordered this look: a step delivered twice carries the same time. */
  readonly orderedAt: number | null;
};

export type SecondLook =
  /** The warning is no longer out. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'withdrawn'; readonly reason: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'not-due'; readonly until: number }
  /** A schedule's stop is due while the instance is not quiet: the warning stays out, and a sweep takes it up again. */
  | { readonly kind: 'waits' }
  /** Something could not be read, or Azure asks for patience: look again then, with fresh eyes. */
  | { readonly kind: 'wait'; readonly until: number; readonly message: string }
  | StopAnswer;

type Read = Extract<ComputeLook, { kind: 'read' }>;

/** Where the warning or the flag changed under our hands. */
const againAtOnceMs = 5_000;
const againSoonMs = 60_000;

/**
 * The look right before a stop: reads everything anew, decides by the policy of this moment, and only if it still is a
 * stop records that and asks Azure, with the halt flag read last of all.
 */
export async function secondLook(flow: Flow, input: SecondLookInput): Promise<SecondLook> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const stored = await readOpenWarning(ledger, input.ref, input.reason);
  if (stored === null || stored.warning.warningId !== input.warningId) return { kind: 'closed' };
  const { stopDueAt, answered } = stored.warning;
  if (answered != null && answered.orderedAt === input.orderedAt) return answered.answer;
  if (stopDueAt === null) return { kind: 'not-due', until: now + againSoonMs };
  if (now < stopDueAt) return { kind: 'not-due', until: stopDueAt };

  const policies = await policiesForStop(flow);
  const rules = policies.map(({ policy }) => policy);
  const look = await lookAtCompute(flow, input.ref, rules, now, input.stuckInStopping);
  if (look.kind === 'unreadable') return { kind: 'wait', until: look.retryAt, message: look.message };
  if (look.kind === 'missing') {
    await endWarningWith(flow, stored, { outcome: 'gone', reason: 'deleted', tell: null });
    return { kind: 'gone' };
  }
  const obeyed = await alreadyObeyed(flow, stored, look, input.stuckInStopping);
  if (obeyed !== null) return obeyed;

  const { decision, fate } = await decideAgain(flow, stored, look, policies, input.stuckInStopping);
  switch (fate.fate) {
    case 'stands':
      await recordDecision(ledger, decision);
      return { kind: 'not-due', until: Math.max(fate.stopDueAt, now + againSoonMs) };
    case 'waits':
      await recordDecision(ledger, decision);
      return look.unread === null
        ? { kind: 'waits' }
        : { kind: 'wait', until: look.unread.retryAt, message: look.unread.message };
    case 'lapsed':
      return lapse(flow, stored, look, decision);
    case 'withdrawn':
      // What could not be read is no proof of anything: it is tried again, and stops nothing meanwhile.
      if (look.unread !== null && decision.reason.startsWith('keep.unknown.')) {
        await recordDecision(ledger, decision);
        return { kind: 'wait', until: look.unread.retryAt, message: look.unread.message };
      }
      return withdraw(flow, stored, decision);
    case 'due':
      return stopNow(flow, stored, decision, policies, input);
  }
}

/** Somebody's stop is under way or done: ours, then it is only to be confirmed, or another's, then ours is off. */
async function alreadyObeyed(
  flow: Flow,
  stored: StoredWarning,
  look: Read,
  stuckInStopping: boolean,
): Promise<SecondLook | null> {
  const state = look.readings.compute.state?.toLowerCase();
  const goingDown = state === 'stopping' || state === 'stopped';
  if (!goingDown || stored.warning.stopRequestedAt === null) return null;
  // Stuck: it is shown as Running here, unless it got there after all.
  if (stuckInStopping && state === 'stopping') return null;
  if (stored.warning.stopAcceptedAt === null) {
    await replaceWarning(flow.ports.ledger, stored, { stopAcceptedAt: flow.ports.clock.now() });
  }
  return { kind: 'accepted' };
}

/** Mode `warn`: the owner was warned and nothing is stopped; it is not warned again at the next sweep. */
async function lapse(flow: Flow, stored: StoredWarning, look: Read, decision: Decision): Promise<SecondLook> {
  const { ledger, clock } = flow.ports;
  const { warning } = stored;
  const { observation, before, row } = look.readings;
  const warnedInMode = {
    reason: warning.reason,
    at: warning.warnedAt ?? clock.now(),
    startedAt: warning.startedAt,
  };
  await writeObservations(
    ledger,
    warning.ref,
    [{ ...observation, warnedInMode }],
    new Map(before === undefined ? [] : [[row, before]]),
  );
  return withdraw(flow, stored, decision);
}

async function withdraw(flow: Flow, stored: StoredWarning, decision: Decision): Promise<SecondLook> {
  await recordDecision(flow.ports.ledger, decision);
  const gone = decision.reason === 'keep.not-running';
  if (stored.warning.reason === 'warn.job-ended' && decision.facts.usedAfterJob === true)
    await endWish(flow, stored.warning.ref, 'used');
  const ended = await endWarningWith(flow, stored, {
    outcome: gone ? 'gone' : 'withdrawn',
    reason: decision.reason,
    tell: gone ? null : explainWithdrawal(stored.warning.reason, decision),
  });
  return ended
    ? { kind: 'withdrawn', reason: decision.reason }
    : again(flow, 'The warning was changed meanwhile.');
}

const again = (flow: Flow, message: string): SecondLook => ({
  kind: 'wait',
  until: flow.ports.clock.now() + againAtOnceMs,
  message,
});

async function stopNow(
  flow: Flow,
  stored: StoredWarning,
  decision: Decision,
  policies: readonly LoadedPolicy[],
  input: SecondLookInput,
): Promise<SecondLook> {
  const { ledger, clock } = flow.ports;
  const limited = await withinLimits(flow, stored, decision, policies);
  if (limited.action !== 'stop') return withdraw(flow, stored, limited);

  await recordDecision(ledger, decision);
  const asked = await replaceWarning(ledger, stored, {
    stopRequestedAt: clock.now(),
    stopAttempts: stored.warning.stopAttempts + 1,
  });
  if (asked === null) return again(flow, 'The warning was changed meanwhile.');
  const halt = await readHalt(ledger);
  if (halt?.halted === true) {
    const why = halt.why === null ? {} : { why: halt.why };
    const unasked = await replaceWarning(ledger, asked, { stopRequestedAt: stored.warning.stopRequestedAt });
    if (unasked === null) return again(flow, 'The warning was changed meanwhile.');
    return withdraw(
      flow,
      unasked,
      held({ ...decision, at: clock.now() }, 'keep.halted', { by: halt.by, ...why }),
    );
  }
  return askToStop(flow, asked, input);
}
