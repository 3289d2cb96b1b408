import type { InvocationContext } from '@azure/functions';
import { LamplighterError } from '../core/errors.ts';
import { logFault } from './log-fault.ts';

/** Hosts and Durable treat a thrown `undefined` as success or hang on it: what leaves is always an Error with a message. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error && thrown.message !== '') return thrown;
  return new LamplighterError('Something was thrown that is no error with a message.', {
    code: 'lamplighter.internal',
    fault: 'lamplighter',
    fix: 'Look at the log entry before this one; it holds what was thrown.',
    cause: thrown,
  });
}

/** The outermost layer of timers and activities: logs the fault once, and lets only a proper Error out. */
export function wrapBackground<Input, Output>(
  handler: (input: Input, context: InvocationContext) => Output | Promise<Output>,
): (input: Input, context: InvocationContext) => Promise<Output> {
  return async (input, context) => {
    try {
      return await handler(input, context);
    } catch (thrown) {
      logFault(context, 'A background function failed', thrown);
      throw asError(thrown);
    }
  };
}
