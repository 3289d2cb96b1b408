import { LamplighterError } from '../../core/errors.ts';
import { isOpen, type Place } from '../../core/waiting/place.ts';
import { leftText } from '../../core/waiting/place-text.ts';
import { type MachineRequest, readRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import type { FleetFacts } from '../provision/fleet-facts.ts';
import type { DurableStarter } from '../start-orchestration.ts';
import { changePlace, endPlace, noSuchPlace, placeConflict } from './change-place.ts';
import { askForPlace } from './offer-room.ts';

/**
 * Takes the room that is held: the machine is asked for, through all the rules. Confirmed twice it is asked for once. Throws
 * `place.conflict` where nothing is held (any more), and retryable faults.
 */
export async function confirmPlace(
  flow: Flow,
  facts: FleetFacts,
  client: DurableStarter,
  place: Place,
): Promise<MachineRequest> {
  const earlier = place.requestId === null ? null : await readRequest(flow.ports.ledger, place.requestId);
  if (place.state === 'taken' && earlier !== null) return earlier.request;
  if (place.state !== 'offered' || place.offer === null) {
    throw placeConflict(
      `Nothing is held for this place: it is ${place.state}.`,
      place.state === 'waiting' ? 'Wait until you are told that there is room.' : 'Ask for the machine anew.',
    );
  }
  if (flow.ports.clock.now() >= place.offer.until) {
    throw placeConflict('The room was held until a while ago, and is for others now.', 'Ask for it anew.');
  }
  return askForPlace(flow, facts, client, place);
}

/** Gives a place up, and what was held for it back. Left twice it is left once. Throws `place.conflict` where it has ended. */
export async function leavePlace(flow: Flow, placeId: string, by: string): Promise<Place> {
  const left = await endPlace(flow, placeId, 'left', (place) => leftText(place, by));
  if (left !== null) return left;
  const stored = await changePlace(flow, placeId, () => null);
  if (stored === null) throw noSuchPlace();
  if (stored.place.state === 'left') return stored.place;
  if (!isOpen(stored.place)) {
    throw placeConflict(`This place has ended: it is ${stored.place.state}.`, 'Nothing needs doing.');
  }
  throw new LamplighterError('The place is being changed by others.', {
    code: 'ledger.contended',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Try again in a minute.',
  });
}
