import type { OrchestrationContext, Task } from 'durable-functions';
import type { ComputeRef } from '../core/ids.ts';
import type { WarnReason } from '../core/idle/types.ts';
import type { CheckedWarning } from '../fleet/check-warning.ts';
import type { StopConfirmation } from '../fleet/confirm-stop.ts';
import type { WarningEnd } from '../fleet/end-warning.ts';
import type { OpenedWarning } from '../fleet/open-warning.ts';
import type { SecondLook } from '../fleet/second-look.ts';
import { callPatiently } from './call-patiently.ts';
import { activities } from './names.ts';
import { minuteMs, nowOf, secondMs } from './time.ts';
import { type LostWaits, waitUntil, waitUntilOrWoken } from './wait-until.ts';

export type StopInput = {
  readonly ref: ComputeRef;
  readonly reason: WarnReason;
  readonly warningId: string;
  readonly sweepId: string;
};
export type StopOutput = { readonly warningId: string; readonly end: string };

type Steps<Result> = Generator<Task, Result, unknown>;

/** A stop that failed is tried again so long after, each time after a new look. */
const retryAfterMs = [5 * minuteMs, 10 * minuteMs, 20 * minuteMs] as const;
/** How long nobody can be told before the warning is given up; the next sweep begins anew. */
const deliveryPatienceMs = 24 * 60 * minuteMs;
/** How long after its time a stop still waits for Azure, the metrics or the ledger to be readable. */
const lookPatienceMs = 4 * 60 * minuteMs;
const ledgerPatienceMs = 24 * 60 * minuteMs;
/** A Retry-After beyond this is not believed. */
const longestThrottleMs = 60 * minuteMs;
const tellAtMost = 6;
const tellAgainAfterMs = 10 * minuteMs;
/** What cannot be read for longer is asked for less often: each try makes the workflow's history longer. */
const quickTries = 8;
const quickAgainMs = 15 * secondMs;
const eagerForMs = 75 * minuteMs;
const patientAgainMs = 5 * minuteMs;
/** Stopping takes two to four minutes; a machine that has not got there in ten will need a second push. */
const firstConfirmAfterMs = 30 * secondMs;
const confirmEveryMs = 30 * secondMs;
const stoppingTakesMs = 10 * minuteMs;

/** Opens the warning and tells the owner; the clock starts when that was accepted for delivery. */
function* warn(context: OrchestrationContext, input: StopInput, lost: LostWaits): Steps<OpenedWarning> {
  const giveUpAt = nowOf(context) + deliveryPatienceMs;
  for (;;) {
    const opened = yield* callPatiently<OpenedWarning>(context, activities.openWarning, input, giveUpAt);
    if (opened.kind !== 'undelivered') return opened;
    if (opened.retryAt > giveUpAt) return { kind: 'given-up' };
    const woke = yield* waitUntilOrWoken(context, lost, opened.retryAt);
    if (woke === 'woken' && (yield* isClosed(context, input))) return { kind: 'closed' };
  }
}

/**
 * The ledger is the truth; the event only said that it may have changed. A closed warning is the workflow's end: it
 * stays only as long as its owner could not be told, within reason.
 */
function* isClosed(context: OrchestrationContext, input: StopInput): Steps<boolean> {
  for (let tries = 1; ; tries += 1) {
    const untilAt = nowOf(context) + ledgerPatienceMs;
    const checked = yield* callPatiently<CheckedWarning>(context, activities.checkWarning, input, untilAt);
    if (checked.kind === 'open') return false;
    if (checked.told || tries === tellAtMost) return true;
    yield* waitUntil(context, nowOf(context) + tellAgainAfterMs);
  }
}

function* untilDue(
  context: OrchestrationContext,
  input: StopInput,
  lost: LostWaits,
  at: number,
): Steps<'due' | 'closed'> {
  for (;;) {
    if ((yield* waitUntilOrWoken(context, lost, at)) === 'due') return 'due';
    if (yield* isClosed(context, input)) return 'closed';
  }
}

function* look(context: OrchestrationContext, input: StopInput, stuckInStopping: boolean): Steps<SecondLook> {
  try {
    return (yield context.df.callActivity(activities.secondLook, {
      ...input,
      stuckInStopping,
      orderedAt: nowOf(context),
    })) as SecondLook;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : 'unknown';
    return { kind: 'wait', until: nowOf(context) + minuteMs, message };
  }
}

type Confirmed =
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly stuckInStopping: boolean; readonly message: string };

/** Accepted is not stopped: reads the state until it is, and says when that takes too long. */
function* confirm(context: OrchestrationContext, input: StopInput): Steps<Confirmed> {
  let tooLongAt = nowOf(context) + stoppingTakesMs;
  const giveUpAt = nowOf(context) + lookPatienceMs;
  let nextAt = nowOf(context) + firstConfirmAfterMs;
  for (;;) {
    yield* waitUntil(context, nextAt);
    const asked = yield* callPatiently<StopConfirmation>(context, activities.confirmStop, input, giveUpAt);
    switch (asked.kind) {
      case 'stopped':
      case 'restarted':
      case 'gone':
      case 'closed':
        return { kind: 'ended' };
      case 'unreadable':
        // While Azure cannot be read, nobody knows how long it has been stopping.
        nextAt = Math.max(asked.retryAt, nowOf(context) + minuteMs);
        tooLongAt = Math.max(tooLongAt, nextAt);
        if (nextAt > giveUpAt) return { kind: 'failed', stuckInStopping: false, message: asked.message };
        break;
      case 'not-yet':
        if (nowOf(context) >= tooLongAt) {
          return { kind: 'failed', stuckInStopping: asked.stopping, message: asked.message };
        }
        nextAt = nowOf(context) + confirmEveryMs;
        break;
    }
  }
}

function* end(
  context: OrchestrationContext,
  input: StopInput,
  how: WarningEnd['how'],
  message: string,
): Steps<StopOutput> {
  const untilAt = nowOf(context) + ledgerPatienceMs;
  yield* callPatiently(context, activities.endWarning, { ...input, how, message }, untilAt);
  return { warningId: input.warningId, end: how };
}

function pauseMs(waits: number, overdueMs: number): number {
  if (waits <= quickTries) return quickAgainMs;
  return overdueMs < eagerForMs ? minuteMs : patientAgainMs;
}

/** Two looks: warns, waits, looks at everything again, and only then asks Azure to stop the instance. */
export function* stop(context: OrchestrationContext): Steps<StopOutput> {
  const input = context.df.getInput<StopInput>();
  const lost: LostWaits = new Set();
  const opened = yield* warn(context, input, lost);
  if (opened.kind === 'given-up') return yield* end(context, input, 'undelivered', 'Nobody could be told.');
  if (opened.kind !== 'open') {
    yield* isClosed(context, input);
    return { warningId: input.warningId, end: opened.kind };
  }

  let nextAt = opened.stopDueAt;
  let giveUpAt = opened.stopDueAt + lookPatienceMs;
  let failures = 0;
  let waits = 0;
  let stuckInStopping = false;
  for (;;) {
    if ((yield* untilDue(context, input, lost, nextAt)) === 'closed') {
      return { warningId: input.warningId, end: 'withdrawn' };
    }
    const seen = yield* look(context, input, stuckInStopping);
    let failed = '';
    switch (seen.kind) {
      case 'closed':
      case 'withdrawn':
      case 'gone':
        yield* isClosed(context, input);
        return { warningId: input.warningId, end: seen.kind };
      case 'waits':
        return { warningId: input.warningId, end: 'waits' };
      case 'not-due':
        nextAt = seen.until;
        giveUpAt = seen.until + lookPatienceMs;
        continue;
      case 'wait': {
        const now = nowOf(context);
        if (now >= giveUpAt) return yield* end(context, input, 'unreadable', seen.message);
        waits += 1;
        const soonest = now + pauseMs(waits, now - opened.stopDueAt);
        nextAt = Math.min(Math.max(seen.until, soonest), now + longestThrottleMs);
        continue;
      }
      case 'accepted': {
        const confirmed = yield* confirm(context, input);
        if (confirmed.kind === 'ended') return { warningId: input.warningId, end: 'stopped' };
        stuckInStopping = confirmed.stuckInStopping;
        failed = confirmed.message;
        break;
      }
      case 'failed':
        stuckInStopping = false;
        failed = seen.message;
        break;
    }
    const waitMs = retryAfterMs[failures];
    if (waitMs === undefined) return yield* end(context, input, 'failed', failed);
    failures += 1;
    nextAt = nowOf(context) + waitMs;
    giveUpAt = Math.max(giveUpAt, nextAt + lookPatienceMs);
  }
}
