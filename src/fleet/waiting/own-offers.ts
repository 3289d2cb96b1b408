import type { Person } from '../../core/computes.ts';
import { leftText } from '../../core/waiting/place-text.ts';
import type { Place } from '../../core/waiting/place.ts';
import { listOpenPlaces } from '../../ledger/waiting-list.ts';
import type { Flow } from '../flow.ts';
import { endPlace } from './change-place.ts';

/** Places of this person for which room is held: it is theirs, whatever they use it for. */
export async function offersTo(flow: Flow, person: Person): Promise<readonly Place[]> {
  const open = await listOpenPlaces(flow.ports.ledger);
  return open
    .map(({ place }) => place)
    .filter(({ wish, offer }) => offer !== null && wish.forPerson.objectId === person.objectId);
}

/** The person has asked for something else in place of it. */
export async function withdrawOffers(flow: Flow, offers: readonly Place[]): Promise<void> {
  for (const { placeId, wish } of offers) {
    const { name, objectId } = wish.forPerson;
    await endPlace(flow, placeId, 'left', (place) => leftText(place, name ?? objectId));
  }
}
