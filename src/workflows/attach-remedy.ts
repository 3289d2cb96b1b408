import type { OrchestrationContext, Task } from 'durable-functions';
import type { ComputeRef } from '../core/ids.ts';
import type { SteppedRemedy } from '../fleet/attachments/step-remedy.ts';
import { callPatiently } from './call-patiently.ts';
import { activities } from './names.ts';
import { minuteMs, nowOf, secondMs } from './time.ts';
import { waitUntil } from './wait-until.ts';

export type RemedyInput = { readonly ref: ComputeRef };
export type RemedyOutput = { readonly status: string };

const patienceMs = 72 * 60 * minuteMs;

/** Takes off one of two attachments that break each other: notice, a second look, the call, and whether it worked. */
export function* detachDuplicate(context: OrchestrationContext): Generator<Task, RemedyOutput, unknown> {
  const { ref } = context.df.getInput<RemedyInput>();
  const giveUpAt = nowOf(context) + patienceMs;
  for (;;) {
    const stepped = yield* callPatiently<SteppedRemedy>(context, activities.stepRemedy, { ref }, giveUpAt);
    if (stepped.kind === 'ended') return { status: stepped.status };
    const now = nowOf(context);
    if (now > giveUpAt) return { status: 'given-up' };
    yield* waitUntil(context, Math.max(stepped.until, now + secondMs));
  }
}
