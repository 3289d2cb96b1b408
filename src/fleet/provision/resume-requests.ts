import { dropOpen, listOpenRequests, readRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import {
  type DurableStarter,
  type DurableWaker,
  isAlive,
  wakeOrchestration,
} from '../start-orchestration.ts';
import { launchRequest } from './launch-request.ts';
import { provisionInstanceId } from './provision-id.ts';

/** A process that has just begun a request is given so long to go on by itself. */
const lostAfterMs = 2 * 60_000;

/**
 * Starts again what has no workflow, and wakes what waits for a word that was said: a process may have died between the
 * ledger and the workflow. What runs is not disturbed.
 */
export async function resumeRequests(
  flow: Flow,
  client: DurableStarter & DurableWaker,
): Promise<{ readonly resumed: number }> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  let resumed = 0;
  for (const { requestId, at } of await listOpenRequests(ledger)) {
    if (now - at < lostAfterMs) continue;
    const request = (await readRequest(ledger, requestId))?.request ?? null;
    if (request === null || request.settledAt !== null) {
      await dropOpen(ledger, requestId);
      continue;
    }
    if (now - request.updatedAt < lostAfterMs) continue;
    if (!(await isAlive(client, provisionInstanceId(requestId)))) {
      await launchRequest(flow, client, request);
      resumed += 1;
      continue;
    }
    const decided = request.approval !== null && request.status !== 'awaiting-approval';
    if (decided && !request.begun.includes('create')) {
      await wakeOrchestration(client, provisionInstanceId(requestId), 'resumed');
      resumed += 1;
    }
  }
  return { resumed };
}
