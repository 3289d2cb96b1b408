import { computeKey, type ComputeRef } from '../../core/ids.ts';
import { listOpenRequests, type MachineRequest, readRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';

/** The request by which this machine is to be made, or made anew, and which has not ended; null: none. */
export async function openRequestAbout(flow: Flow, ref: ComputeRef): Promise<MachineRequest | null> {
  const { ledger } = flow.ports;
  const own = computeKey(ref);
  for (const { requestId } of await listOpenRequests(ledger)) {
    const request = (await readRequest(ledger, requestId))?.request ?? null;
    if (request === null || request.endedAt !== null || request.machine === null) continue;
    if (computeKey(request.machine.ref) === own) return request;
  }
  return null;
}
