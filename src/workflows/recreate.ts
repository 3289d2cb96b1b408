import type { OrchestrationContext } from 'durable-functions';
import type { EndedRecreation } from '../fleet/provision/end-recreation.ts';
import type { RemovedOld } from '../fleet/provision/remove-old.ts';
import type { WayBack } from '../fleet/provision/take-way-back.ts';
import { approve, type RequestInput } from './approve.ts';
import {
  askFor,
  type Failure,
  leaveToPerson,
  patient,
  settle,
  soon,
  type Steps,
  undo,
  undoAll,
  untilRunning,
} from './making.ts';
import { activities } from './names.ts';
import type { ProvisionOutput } from './provision.ts';
import { minuteMs, nowOf } from './time.ts';
import { type LostWaits, waitUntil, waitUntilOrWoken } from './wait-until.ts';

/** So long it is tried to delete the old one before it is left as it is. */
const removalTakesMs = 2 * 60 * minuteMs;

type Removal =
  | { readonly kind: 'gone' }
  | { readonly kind: 'over' }
  | ({ readonly kind: 'failed' } & Failure);

function* untilGone(context: OrchestrationContext, input: RequestInput, lost: LostWaits): Steps<Removal> {
  let giveUpAt = nowOf(context) + removalTakesMs;
  for (let tries = 1; ; tries += 1) {
    const removed = yield* patient<RemovedOld>(context, activities.removeOld, input);
    switch (removed.kind) {
      case 'gone':
      case 'over':
        return { kind: removed.kind };
      case 'failed':
        return { kind: 'failed', code: removed.code, message: removed.message };
      case 'halted':
      case 'wait': {
        const now = nowOf(context);
        if (removed.kind === 'halted') giveUpAt = now + removalTakesMs;
        if (now >= giveUpAt) return { kind: 'failed', code: 'fail.delete', message: removed.message };
        // Woken, it may have been cancelled: the next step sees that.
        yield* waitUntilOrWoken(context, lost, soon(now, removed.until, tries));
      }
    }
  }
}

/** Holds what runs against what was before; only then has the request ended. */
function* endRunning(context: OrchestrationContext, input: RequestInput): Steps<void> {
  for (let tries = 1; ; tries += 1) {
    const ended = yield* patient<EndedRecreation>(context, activities.endRecreation, input);
    if (ended.kind === 'ended') return;
    yield* waitUntil(context, soon(nowOf(context), ended.until, tries));
  }
}

/** From here on the instance is gone: it is made again, if need be as it was, until it runs or a person has to see to it. */
function* makeAgain(context: OrchestrationContext, input: RequestInput, lost: LostWaits): Steps<void> {
  for (;;) {
    const asked = yield* askFor(context, input, lost);
    const made = asked.kind === 'made' ? yield* untilRunning(context, input) : asked;
    if (made.kind === 'over') return;
    if (made.kind === 'made') return yield* endRunning(context, input);
    const failure = { code: made.code, message: made.message };
    const back = yield* patient<WayBack>(context, activities.takeWayBack, { ...input, ...failure });
    if (back.kind === 'over') return;
    const left = yield* undo(context, input, 'delete-instance');
    if (left !== null) return yield* leaveToPerson(context, input, failure, left);
    if (back.kind === 'lost') return yield* leaveToPerson(context, input, failure, failure.message);
    yield* waitUntil(context, back.at);
  }
}

/**
 * One instance deleted and made again under its name: approval, a last look, deletion, creation, comparison. All that it
 * knows stands in the ledger, so that it may be started again at any time.
 */
export function* recreate(context: OrchestrationContext): Steps<ProvisionOutput> {
  const input = context.df.getInput<RequestInput>();
  const lost: LostWaits = new Set();
  const granted = yield* approve(context, input, lost);
  if (granted === 'missing') return { requestId: input.requestId, status: 'missing' };
  if (granted === 'granted') {
    const removed = yield* untilGone(context, input, lost);
    if (removed.kind === 'gone') yield* makeAgain(context, input, lost);
    else if (removed.kind === 'over') yield* undoAll(context, input, null);
    else yield* undoAll(context, input, { code: removed.code, message: removed.message });
  }
  const status = yield* settle(context, input);
  return { requestId: input.requestId, status };
}
