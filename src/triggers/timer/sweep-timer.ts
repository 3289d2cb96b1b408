import { app, type InvocationContext, type Timer } from '@azure/functions';
import { input } from 'durable-functions';
import { beginSweep } from '../../fleet/begin-sweep.ts';
import type { Flow } from '../../fleet/flow.ts';
import { lazyClient } from '../lazy-client.ts';
import { wrapBackground } from '../wrap-background.ts';

/** Fires each minute; whether a sweep is due, and who begins it, is decided in the ledger. */
export function registerSweepTimer(flow: Flow): void {
  app.timer('sweepTimer', {
    schedule: '0 * * * * *',
    extraInputs: [input.durableClient()],
    handler: wrapBackground(async (_timer: Timer, context: InvocationContext): Promise<void> => {
      await beginSweep(flow, lazyClient(context), 'when-due');
    }),
  });
}
