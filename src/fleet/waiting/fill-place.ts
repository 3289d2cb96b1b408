import { takenText } from '../../core/waiting/place-text.ts';
import type { MachineRequest } from '../../ledger/requests.ts';
import { placeIdOf } from '../../ledger/waiting-list.ts';
import type { Flow } from '../flow.ts';
import { endPlace } from './change-place.ts';

/** Whoever gets a machine, by the waiting list or otherwise, no longer waits for one of that size. */
export async function fillPlace(flow: Flow, request: MachineRequest): Promise<void> {
  if (request.status === 'refused' || request.machine === null) return;
  const { requestId, forPerson, machine } = request;
  await endPlace(
    flow,
    placeIdOf(forPerson.objectId, machine.vmSize),
    'taken',
    (place) => takenText(place, requestId),
    requestId,
  );
}
