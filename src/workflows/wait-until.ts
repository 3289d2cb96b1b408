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
 * Waits for `wake` that lost against their timer. They cannot be taken back: an event goes to the newest open wait, and
 * while the workflow waits for none, to one of these. Each workflow keeps its own.
 */
export type LostWaits = Set<Task>;

/**
 * The same, but ends early when a `wake` comes, or has come since the last time while the workflow was doing something
 * else: no event goes unheard.
 */
export function* waitUntilOrWoken(
  context: OrchestrationContext,
  lost: LostWaits,
  at: number,
): Generator<Task, 'due' | 'woken', unknown> {
  let early = false;
  while (nowOf(context) < at) {
    const heard = [...lost].filter((wait) => wait.isCompleted);
    for (const wait of heard) lost.delete(wait);
    if (heard.length > 0) return 'woken';

    const fireAt = early ? Math.max(at, nowOf(context) + shortestTimerMs) : at;
    const timer = context.df.createTimer(new Date(fireAt));
    const wake = context.df.waitForExternalEvent(wakeEvent);
    const winner = yield context.df.Task.any([timer, wake]);
    if (winner === wake) {
      // The workflow would not end before a timer that nobody waits for any more.
      if (!timer.isCompleted) timer.cancel();
      return 'woken';
    }
    lost.add(wake);
    early = true;
  }
  return 'due';
}
