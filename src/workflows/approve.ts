import type { OrchestrationContext, Task } from 'durable-functions';
import type { WatchedApproval } from '../fleet/provision/watch-approval.ts';
import { callPatiently } from './call-patiently.ts';
import { activities } from './names.ts';
import { minuteMs, nowOf, secondMs } from './time.ts';
import { type LostWaits, waitUntilOrWoken } from './wait-until.ts';

export type RequestInput = { readonly requestId: string };

const dayMs = 24 * 60 * minuteMs;
const soonestAgainMs = 5 * secondMs;

/**
 * Waits until a request may be carried out or has ended. The ledger is the truth: votes are written there first, and the
 * event only says that it may be looked at earlier than at the next reminder.
 */
export function* approve(
  context: OrchestrationContext,
  input: RequestInput,
  lost: LostWaits,
): Generator<Task, Exclude<WatchedApproval['kind'], 'waiting'>, unknown> {
  for (;;) {
    const untilAt = nowOf(context) + dayMs;
    const seen = yield* callPatiently<WatchedApproval>(context, activities.watchApproval, input, untilAt);
    if (seen.kind !== 'waiting') return seen.kind;
    yield* waitUntilOrWoken(context, lost, Math.max(seen.nextAt, nowOf(context) + soonestAgainMs));
  }
}
