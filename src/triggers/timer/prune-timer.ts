import { app, type InvocationContext, type Timer } from '@azure/functions';
import { getClient, input, OrchestrationRuntimeStatus } from 'durable-functions';
import type { Flow } from '../../fleet/flow.ts';
import { pruneLedger } from '../../fleet/prune-ledger.ts';
import { wrapBackground } from '../wrap-background.ts';

const dayMs = 86_400_000;
/** A finished workflow says nothing that the ledger does not; its history is kept for a look into a fault. */
const historyKeptMs = 7 * dayMs;
const oldestPurgedMs = 365 * dayMs;

/** Once a day: deletes expired rows of the ledger and the histories of workflows that ended a week ago. */
export function registerPruneTimer(flow: Flow): void {
  app.timer('pruneTimer', {
    schedule: '0 30 3 * * *',
    extraInputs: [input.durableClient()],
    handler: wrapBackground(async (_timer: Timer, context: InvocationContext): Promise<void> => {
      const now = flow.ports.clock.now();
      await pruneLedger(flow);
      // The filter has to name ended states: a purge takes living workflows, too.
      await getClient(context).purgeInstanceHistoryBy({
        createdTimeFrom: new Date(now - oldestPurgedMs),
        createdTimeTo: new Date(now - historyKeptMs),
        runtimeStatus: [
          OrchestrationRuntimeStatus.Completed,
          OrchestrationRuntimeStatus.Failed,
          OrchestrationRuntimeStatus.Terminated,
        ],
      });
    }),
  });
}
