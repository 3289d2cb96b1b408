import type { OrchestrationContext, Task } from 'durable-functions';
import { minuteMs, nowOf } from './time.ts';
import { waitUntil } from './wait-until.ts';

/** The whole history is played again at every step, so what lasts for hours is asked for less often. */
const eagerForMs = 60 * minuteMs;
const patientAgainMs = 10 * minuteMs;

/**
 * Calls an activity until it answers, once a minute and after an hour every ten, because what it throws is that a store could not be reached or
 * a fault of ours; what may be expected of the world is in its answer. Throws the last fault after `untilAt`.
 */
export function* callPatiently<Result>(
  context: OrchestrationContext,
  name: string,
  input: object,
  untilAt: number,
): Generator<Task, Result, unknown> {
  const beganAt = nowOf(context);
  for (;;) {
    try {
      return (yield context.df.callActivity(name, input)) as Result;
    } catch (thrown) {
      const now = nowOf(context);
      const againAt = now + (now - beganAt < eagerForMs ? minuteMs : patientAgainMs);
      if (againAt > untilAt) {
        throw new Error(
          `${name} failed to the end: ${thrown instanceof Error ? thrown.message : 'unknown'}`,
          { cause: thrown },
        );
      }
      yield* waitUntil(context, againAt);
    }
  }
}
