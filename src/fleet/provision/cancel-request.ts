import type { Person } from '../../core/computes.ts';
import type { MachineRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import { type DurableStarter, type DurableWaker, wakeOrchestration } from '../start-orchestration.ts';
import { changeRequest } from './change-request.ts';
import { launchRequest } from './launch-request.ts';
import { provisionInstanceId } from './provision-id.ts';
import { noSuchRequest, wrongStatus } from './request-faults.ts';

/**
 * Takes a request back. What is being made already is deleted again; until then it stays `provisioning`. Cancelled twice
 * it is cancelled once. Throws `request.conflict` where it has ended otherwise.
 */
export async function cancelRequest(
  flow: Flow,
  client: DurableStarter & DurableWaker,
  requestId: string,
  by: Person,
): Promise<MachineRequest> {
  const now = flow.ports.clock.now();
  const request = await changeRequest(flow, requestId, (current) => {
    if (current.cancelled !== null) return null;
    const cancelled = { by, at: now };
    switch (current.status) {
      case 'awaiting-approval':
        return {
          cancelled,
          status: 'cancelled',
          sentence: `Cancelled by ${by.name ?? by.objectId} before anybody decided.`,
          endedAt: now,
        };
      case 'provisioning':
        if (current.recreation !== null) {
          if (current.recreation.deleteAskedAt !== null) {
            throw wrongStatus(
              { ...current, status: 'provisioning' },
              'cancelled',
              'The old instance has gone already: the new one is being made, wait for it.',
            );
          }
          return { cancelled, sentence: 'Cancelled; the instance stays as it is.' };
        }
        return { cancelled, sentence: 'Cancelled; what has been begun is being deleted.' };
      case 'completed':
        throw wrongStatus(current, 'cancelled', 'Delete the instance instead, if it is no longer needed.');
      case 'refused':
      case 'rejected':
      case 'expired':
      case 'cancelled':
      case 'failed':
      case 'needs-person':
        throw wrongStatus(current, 'cancelled', 'Nothing needs doing: nothing more will be made for it.');
    }
  });
  if (request === null) throw noSuchRequest();
  if (request.settledAt === null) {
    await launchRequest(flow, client, request);
    await wakeOrchestration(client, provisionInstanceId(requestId), 'cancelled');
  }
  return request;
}
