import type { InvocationContext } from '@azure/functions';
import { getClient } from 'durable-functions';
import type { DurableStarter, DurableWaker } from '../fleet/start-orchestration.ts';

/**
 * The Durable client of this invocation, made when it is first needed: making one takes longer than all the rest of a
 * timer that fires each minute and mostly finds nothing to do.
 */
export function lazyClient(context: InvocationContext): DurableStarter & DurableWaker {
  let made: ReturnType<typeof getClient> | undefined;
  const client = (): ReturnType<typeof getClient> => (made ??= getClient(context));
  return {
    startNew: (...given) => client().startNew(...given),
    getStatus: (...given) => client().getStatus(...given),
    raiseEvent: (...given) => client().raiseEvent(...given),
  };
}
