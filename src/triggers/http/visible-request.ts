import { type Caller, isAdmin } from '../../auth/caller.ts';
import { noSuchRequest } from '../../fleet/provision/request-faults.ts';
import { isRequestId, type MachineRequest, readRequest } from '../../ledger/requests.ts';
import type { Ledger } from '../../ports/ledger.ts';

export const mayApprove = (caller: Caller): boolean =>
  isAdmin(caller) || caller.roles.includes('Lamplighter.Approver');
export const isOwnRequest = (caller: Caller, request: MachineRequest): boolean =>
  caller.objectId === request.requestedBy.objectId || caller.objectId === request.forPerson.objectId;
export const maySeeRequest = (caller: Caller, request: MachineRequest): boolean =>
  mayApprove(caller) || isOwnRequest(caller, request);

/** Throws `request.not-found` for what is not there and for what is not the caller's to see. */
export async function visibleRequest(
  ledger: Ledger,
  caller: Caller,
  requestId: string,
): Promise<MachineRequest> {
  const stored = isRequestId(requestId) ? await readRequest(ledger, requestId) : null;
  if (stored === null || !maySeeRequest(caller, stored.request)) throw noSuchRequest();
  return stored.request;
}
