import type { OrchestrationContext, Task } from 'durable-functions';
import { wakeEvent } from './names.ts';
import { nowOf, secondMs } from './time.ts';

// A timer may fire up to a second early; one of less than a second fires at once and would spin.
const shortestTimerMs = 2 * secondMs;

/** Waits by durable timers until the clock, not merely a timer, says that the time has come. */
export function* waitUntil(context: OrchestrationContext, at: number): Generator<Task, void, unknown> {
  let early = false;
  while (nowOf(context) < at) {
    const fireAt = early ? Math.max(at, nowOf(context) + shortestTimerMs) : at;
    yield context.df.createTimer(new Date(fireAt));
    early = true;
  }
}

/**
 * The same, but ends early when a `wake` comes. Each round waits anew for the event: a wait that lost against a timer
 * stays below the newer one and is never asked again.
 */
export function* waitUntilOrWoken(
  context: OrchestrationContext,
  at: number,
): Generator<Task, 'due' | 'woken', unknown> {
  let early = false;
  while (nowOf(context) < at) {
    const fireAt = early ? Math.max(at, nowOf(context) + shortestTimerMs) : at;
    const timer = context.df.createTimer(new Date(fireAt));
    const wake = context.df.waitForExternalEvent(wakeEvent);
    const winner = yield context.df.Task.any([timer, wake]);
    if (winner === wake) {
      // The workflow would not end before a timer that nobody waits for any more.
      if (!timer.isCompleted) timer.cancel();
      return 'woken';
    }
    early = true;
  }
  return 'due';
}
