import type { RetrySettings } from './action.ts';
import type { ReplayContext } from './replay-context.ts';
import { ReplayTask } from './replay-task.ts';

/**
 * Attempts until one succeeds. Ids are taken when the event is replayed: attempt n, timer n+1, attempt n+2. After the last failure one
 * more timer is set, due at once, and only when that fired the failure reaches the orchestrator.
 */
export function retried(
  context: ReplayContext,
  settings: RetrySettings,
  attempt: () => ReplayTask,
  timer: (dueMs: number) => ReplayTask,
): ReplayTask {
  const whole = new ReplayTask();
  const run = (number: number): void => {
    attempt().whenSettled((failed) => {
      if (!failed) {
        whole.settle(false);
        return;
      }
      const last = number >= settings.maxNumberOfAttempts;
      const delayMs = last ? 0 : delayAfter(number, settings);
      timer(context.nowMs + delayMs).whenSettled(() => {
        if (last) whole.settle(true);
        else run(number + 1);
      });
    });
  };
  run(1);
  return whole;
}

function delayAfter(attempt: number, settings: RetrySettings): number {
  const backoff = settings.backoffCoefficient ?? 1;
  const delayMs = settings.firstRetryIntervalInMilliseconds * backoff ** (attempt - 1);
  return Math.min(delayMs, settings.maxRetryIntervalInMilliseconds ?? delayMs);
}
