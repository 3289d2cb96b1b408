import { app, type InvocationContext, type Timer } from '@azure/functions';
import { input } from 'durable-functions';
import type { Flow } from '../../fleet/flow.ts';
import { resumeRequests } from '../../fleet/provision/resume-requests.ts';
import { serveWaitingList } from '../../fleet/waiting/serve-waiting-list.ts';
import { lazyClient } from '../lazy-client.ts';
import { wrapBackground } from '../wrap-background.ts';

/** Takes up requests that a process left behind when it died, and gives room that there is to those who wait for it. */
export function registerRequestTimer(flow: Flow): void {
  app.timer('requestTimer', {
    schedule: '30 */5 * * * *',
    extraInputs: [input.durableClient()],
    handler: wrapBackground(async (_timer: Timer, context: InvocationContext): Promise<void> => {
      const client = lazyClient(context);
      await resumeRequests(flow, client);
      await serveWaitingList(flow, client);
    }),
  });
}
