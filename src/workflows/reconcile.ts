import type { OrchestrationContext, Task } from 'durable-functions';
import type { LookedAt } from '../fleet/reconcile/bring-forward.ts';
import type { Reconciled } from '../fleet/reconcile/reconcile.ts';
import { callPatiently } from './call-patiently.ts';
import { activities } from './names.ts';
import { minuteMs, nowOf, secondMs } from './time.ts';
import { waitUntil } from './wait-until.ts';

export type ReconcileInput = { readonly what: LookedAt; readonly dueAt: number };
export type ReconcileOutput = { readonly outcome: string };

/** What cannot be read for longer is left to the sweeps. */
const patienceMs = 10 * minuteMs;

/** A look at one compute that an event brought forward: it waits for the events that follow, then looks at what is there. */
export function* reconcile(context: OrchestrationContext): Generator<Task, ReconcileOutput, unknown> {
  const { what, dueAt } = context.df.getInput<ReconcileInput>();
  yield* waitUntil(context, dueAt);
  const giveUpAt = nowOf(context) + patienceMs;
  for (;;) {
    const done = yield* callPatiently<Reconciled>(context, activities.reconcileCompute, { what }, giveUpAt);
    if (done.kind === 'done') return { outcome: done.outcome };
    if (done.until > giveUpAt) return { outcome: 'unreadable' };
    yield* waitUntil(context, Math.max(done.until, nowOf(context) + 5 * secondMs));
  }
}
