import type { OrchestrationContext, Task } from 'durable-functions';
import type { ComputeRef } from '../core/ids.ts';
import type { StartStep } from '../fleet/schedule/start-instance.ts';
import { callPatiently } from './call-patiently.ts';
import { activities } from './names.ts';
import { minuteMs, nowOf } from './time.ts';
import { waitUntil } from './wait-until.ts';

export type StartInput = {
  readonly ref: ComputeRef;
  readonly schedule: string;
  /** The schedule's own time of this start. */
  readonly startAt: number;
  /** Its next stop: by then nothing is made up for any more. */
  readonly untilAt: number;
};
export type StartOutput = { readonly end: 'running' | 'over' };

const soonestMs = 10_000;
const longestMs = 60 * minuteMs;

/** One start of a schedule: asks Azure, looks until the instance runs, and asks again if it came to nothing. */
export function* start(context: OrchestrationContext): Generator<Task, StartOutput, unknown> {
  const input = context.df.getInput<StartInput>();
  for (;;) {
    const giveUpAt = Math.max(input.untilAt, nowOf(context) + minuteMs);
    const step = yield* callPatiently<StartStep>(context, activities.startInstance, input, giveUpAt);
    if (step.kind !== 'again') return { end: step.kind };
    const now = nowOf(context);
    yield* waitUntil(context, Math.min(Math.max(step.at, now + soonestMs), now + longestMs));
  }
}
