import type { OrchestrationContext, Task } from 'durable-functions';
import type { FailureCode } from '../core/policy/codes.ts';
import type { Undo } from '../core/provision/steps.ts';
import type { CreatedInstance } from '../fleet/provision/create-instance.ts';
import type { EndedRequest, EndInput } from '../fleet/provision/end-request.ts';
import type { SettledRequest } from '../fleet/provision/settle-request.ts';
import type { UndoneStep } from '../fleet/provision/undo-step.ts';
import type { WatchedCreation } from '../fleet/provision/watch-creation.ts';
import type { RequestInput } from './approve.ts';
import { callPatiently } from './call-patiently.ts';
import { activities } from './names.ts';
import { minuteMs, nowOf, secondMs } from './time.ts';
import { type LostWaits, waitUntil, waitUntilOrWoken } from './wait-until.ts';

export type Steps<Result> = Generator<Task, Result, unknown>;

const ledgerPatienceMs = 24 * 60 * minuteMs;
const soonestAgainMs = 5 * secondMs;
/** A Retry-After beyond this is not believed. */
const longestThrottleMs = 30 * minuteMs;
/** From the moment that Azure took the creation; it usually needs five minutes. */
const creationTakesMs = 60 * minuteMs;
/** So long a creation is asked for that Azure neither takes nor refuses. */
const askingTakesMs = 60 * minuteMs;
/** Deleting what was begun is tried so long before a person is asked to. */
const undoPatienceMs = 2 * 60 * minuteMs;
const eagerTries = 20;
const patientAgainMs = 5 * minuteMs;
const settlePatienceMs = 24 * 60 * minuteMs;

export type Failure = { readonly code: FailureCode; readonly message: string };
export type Made =
  | { readonly kind: 'made' }
  | { readonly kind: 'over' }
  | ({ readonly kind: 'failed' } & Failure);

export const patient = <Result>(context: OrchestrationContext, name: string, input: object): Steps<Result> =>
  callPatiently<Result>(context, name, input, nowOf(context) + ledgerPatienceMs);

/** Frequent while most creations end, so that nobody waits for us, and rarer for those that hang. */
function nextLookAt(now: number, since: number): number {
  const age = now - since;
  if (age < 10 * minuteMs) return now + 8 * secondMs;
  return now + (age < 20 * minuteMs ? 15 * secondMs : minuteMs);
}

export function* askFor(context: OrchestrationContext, input: RequestInput, lost: LostWaits): Steps<Made> {
  let giveUpAt = nowOf(context) + askingTakesMs;
  for (let tries = 1; ; tries += 1) {
    const created = yield* patient<CreatedInstance>(context, activities.createInstance, input);
    switch (created.kind) {
      case 'accepted':
        return { kind: 'made' };
      case 'over':
        return { kind: 'over' };
      case 'failed':
        return { kind: 'failed', code: created.code, message: created.message };
      case 'halted':
      case 'wait': {
        const now = nowOf(context);
        if (created.kind === 'halted') giveUpAt = now + askingTakesMs;
        if (now >= giveUpAt) return { kind: 'failed', code: 'fail.timeout', message: created.message };
        yield* waitUntilOrWoken(context, lost, soon(now, created.until, tries));
      }
    }
  }
}

/** What does not go on is looked at less often: each look makes the workflow's history longer. */
export function soon(now: number, at: number, tries: number): number {
  const soonest = now + (tries < eagerTries ? soonestAgainMs : patientAgainMs);
  return Math.min(Math.max(at, soonest), now + longestThrottleMs);
}

export function* untilRunning(context: OrchestrationContext, input: RequestInput): Steps<Made> {
  const since = nowOf(context);
  let nextAt = nextLookAt(since, since);
  for (;;) {
    yield* waitUntil(context, nextAt);
    const seen = yield* patient<WatchedCreation>(context, activities.watchCreation, input);
    const now = nowOf(context);
    switch (seen.kind) {
      case 'made':
      case 'over':
        return { kind: seen.kind };
      case 'failed':
        return { kind: 'failed', code: seen.code, message: seen.message };
      case 'not-yet':
        nextAt = nextLookAt(now, since);
        break;
      case 'unreadable':
        nextAt = soon(now, seen.retryAt, 0);
        break;
    }
    if (now - since >= creationTakesMs)
      return { kind: 'failed', code: 'fail.timeout', message: seen.message };
  }
}

/** Takes one step back. The answer says why it could not be, or is null. */
export function* undo(context: OrchestrationContext, input: RequestInput, step: Undo): Steps<string | null> {
  let giveUpAt = nowOf(context) + undoPatienceMs;
  for (let tries = 1; ; tries += 1) {
    const undone = yield* patient<UndoneStep>(context, activities.undoStep, { ...input, step });
    if (undone.kind === 'undone') return null;
    const now = nowOf(context);
    if (undone.kind === 'halted') giveUpAt = now + undoPatienceMs;
    if (now >= giveUpAt) return undone.message;
    yield* waitUntil(context, soon(now, undone.until, tries));
  }
}

export function* end(
  context: OrchestrationContext,
  input: RequestInput,
  how: EndInput['how'],
  failure: Failure | null,
): Steps<EndedRequest> {
  return yield* patient<EndedRequest>(context, activities.endRequest, { ...input, how, failure });
}

/** Takes back everything that was begun; what cannot be taken back becomes a matter for a person. */
export function* undoAll(
  context: OrchestrationContext,
  input: RequestInput,
  failure: Failure | null,
): Steps<void> {
  const { undos } = yield* end(context, input, 'undoing', failure);
  for (const step of undos) {
    const left = yield* undo(context, input, step);
    if (left !== null) return yield* leaveToPerson(context, input, failure, left);
  }
  yield* end(context, input, failure === null ? 'cancelled' : 'failed', failure);
}

export function* leaveToPerson(
  context: OrchestrationContext,
  input: RequestInput,
  failure: Failure | null,
  message: string,
): Steps<void> {
  yield* end(context, input, 'needs-person', { code: failure?.code ?? 'fail.create', message });
}

/** Tells whoever asked, and holds the quota until Azure's own numbers show the machine. */
export function* settle(context: OrchestrationContext, input: RequestInput): Steps<string> {
  const giveUpAt = nowOf(context) + settlePatienceMs;
  for (let tries = 1; ; tries += 1) {
    const lastTry = nowOf(context) >= giveUpAt;
    const seen = yield* patient<SettledRequest>(context, activities.settleRequest, { ...input, lastTry });
    if (seen.kind === 'settled') return seen.status;
    yield* waitUntil(context, soon(nowOf(context), seen.nextAt, tries));
  }
}
