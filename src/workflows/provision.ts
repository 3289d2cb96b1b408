import type { OrchestrationContext } from 'durable-functions';
import type { WeighedFailure } from '../fleet/provision/weigh-failure.ts';
import { approve, type RequestInput } from './approve.ts';
import {
  askFor,
  end,
  leaveToPerson,
  patient,
  settle,
  type Steps,
  undo,
  undoAll,
  untilRunning,
} from './making.ts';
import { activities } from './names.ts';
import { type LostWaits, waitUntilOrWoken } from './wait-until.ts';

export type ProvisionOutput = { readonly requestId: string; readonly status: string };

/** Makes the machine; what was lost to others is tried again, with the remains of the try before out of the way. */
function* make(context: OrchestrationContext, input: RequestInput, lost: LostWaits): Steps<void> {
  for (;;) {
    const asked = yield* askFor(context, input, lost);
    const made = asked.kind === 'made' ? yield* untilRunning(context, input) : asked;
    if (made.kind === 'over') return yield* undoAll(context, input, null);
    if (made.kind === 'made') {
      yield* end(context, input, 'completed', null);
      return;
    }
    const failure = { code: made.code, message: made.message };
    const again = yield* patient<WeighedFailure>(context, activities.weighFailure, { ...input, ...failure });
    if (again.kind === 'final') return yield* undoAll(context, input, failure);
    const left = yield* undo(context, input, 'delete-instance');
    if (left !== null) return yield* leaveToPerson(context, input, failure, left);
    // Woken early, it may have been cancelled: the next step sees that.
    yield* waitUntilOrWoken(context, lost, again.at);
  }
}

/**
 * One request, from approval to the running machine or back to nothing. All that it knows stands in the ledger, so that it
 * may be started again at any time.
 */
export function* provision(context: OrchestrationContext): Steps<ProvisionOutput> {
  const input = context.df.getInput<RequestInput>();
  const lost: LostWaits = new Set();
  const granted = yield* approve(context, input, lost);
  if (granted === 'missing') return { requestId: input.requestId, status: 'missing' };
  if (granted === 'granted') yield* make(context, input, lost);
  const status = yield* settle(context, input);
  return { requestId: input.requestId, status };
}
