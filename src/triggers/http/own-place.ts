import { type Caller, isAdmin } from '../../auth/caller.ts';
import type { Place } from '../../core/waiting/place.ts';
import { noSuchPlace } from '../../fleet/waiting/change-place.ts';
import { isPlaceId, readPlace } from '../../ledger/waiting-list.ts';
import type { Ledger } from '../../ports/ledger.ts';

export const isOwnPlace = (caller: Caller, { wish }: Place): boolean =>
  caller.objectId === wish.requestedBy.objectId || caller.objectId === wish.forPerson.objectId;

/** Throws `place.not-found` for what is not there and what is not the caller's. */
export async function ownPlace(ledger: Ledger, caller: Caller, placeId: string): Promise<Place> {
  const stored = isPlaceId(placeId) ? await readPlace(ledger, placeId) : null;
  if (stored === null || !(isOwnPlace(caller, stored.place) || isAdmin(caller))) throw noSuchPlace();
  return stored.place;
}
