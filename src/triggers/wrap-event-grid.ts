import type { EventGridEvent, EventGridHandler, InvocationContext } from '@azure/functions';
import { LamplighterError } from '../core/errors.ts';
import { logFault } from './log-fault.ts';
import { asError } from './wrap-background.ts';

export type EventHandler = (event: EventGridEvent, context: InvocationContext) => Promise<void>;

/** Whoever sends an event chooses its id: only what looks like one is logged. */
const loggable = (id: unknown): string =>
  typeof id === 'string' && /^[-\w]{1,64}$/.test(id) ? id : '(another form)';

/**
 * The outermost layer of Event Grid functions. One failed event makes its whole batch come again, so only what may
 * succeed next time fails; what never can is recorded and answered with success.
 */
export function wrapEventGrid(
  handler: EventHandler,
  recordHopeless: (event: EventGridEvent, why: string) => Promise<void>,
): EventGridHandler {
  return async (event, context) => {
    try {
      await handler(event, context);
    } catch (thrown) {
      logFault(context, 'An event could not be handled', thrown, { eventId: loggable(event.id) });
      if (thrown instanceof LamplighterError && thrown.retryable) throw thrown;
      try {
        await recordHopeless(event, asError(thrown).message);
      } catch (unrecorded) {
        logFault(context, 'A hopeless event could not be recorded', unrecorded);
        throw asError(unrecorded);
      }
    }
  };
}
