import { LamplighterError } from '../../core/errors.ts';
import { shortHash } from '../../core/ids.ts';
import { isOpen, type Place, type PlaceState } from '../../core/waiting/place.ts';
import { readRequest } from '../../ledger/requests.ts';
import { release } from '../../ledger/reservations.ts';
import { readPlace, type StoredPlace, writePlace } from '../../ledger/waiting-list.ts';
import type { Flow } from '../flow.ts';

const triesAtMost = 10;

/** The same for what is not there and for what is somebody else's. */
export const noSuchPlace = (): LamplighterError =>
  new LamplighterError('There is no such place on the waiting list that you may see.', {
    code: 'place.not-found',
    fault: 'caller',
    field: 'placeId',
    fix: 'GET /api/waiting-list lists those that you may see.',
  });

/** What is wanted of a place, or of the list, is not possible as things are. */
export const placeConflict = (message: string, fix: string): LamplighterError =>
  new LamplighterError(message, { code: 'place.conflict', fault: 'caller', field: 'placeId', fix });

/** The request that the place's next try would be: the same try is the same request, whoever makes it. */
export const requestIdOfPlace = ({ placeId, since, attempt }: Place): string =>
  `r${shortHash(`waiting|${placeId}|${since}|${attempt}`, 24)}`;

/** Changes a place by what `change` makes of it as it is at that moment; null changes nothing. Null: there is none. */
export async function changePlace(
  flow: Flow,
  placeId: string,
  change: (place: Place) => Partial<Place> | null,
): Promise<StoredPlace | null> {
  const { ledger, clock } = flow.ports;
  for (let attempt = 0; attempt < triesAtMost; attempt += 1) {
    const stored = await readPlace(ledger, placeId);
    const changed = stored === null ? null : change(stored.place);
    if (stored === null || changed === null) return stored;
    const written = await writePlace(ledger, stored, {
      ...stored.place,
      ...changed,
      updatedAt: clock.now(),
    });
    if (written !== null) return written;
  }
  throw new LamplighterError('The place on the waiting list is being changed by others all the time.', {
    code: 'ledger.contended',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Try again in a minute.',
  });
}

/** Gives back the room that was held for a place, unless a request has it by now. */
export async function giveRoomBack(flow: Flow, { wish, offer }: Place): Promise<void> {
  if (offer === null) return;
  const made = (await readRequest(flow.ports.ledger, offer.requestId))?.request ?? null;
  if (made !== null && made.status !== 'refused') return;
  const { workspace } = wish;
  const held = { requestId: offer.requestId, workspace, location: workspace.location };
  await release(flow.ports.ledger, held);
}

/** Ends an open place; one that has ended stays as it is. Null: there is none, or it had ended before. */
export async function endPlace(
  flow: Flow,
  placeId: string,
  state: Exclude<PlaceState, 'waiting' | 'offered'>,
  sentence: (place: Place) => string,
  requestId: string | null = null,
): Promise<Place | null> {
  let before: Place | null = null;
  const now = flow.ports.clock.now();
  const stored = await changePlace(flow, placeId, (place) => {
    before = isOpen(place) ? place : null;
    return before === null
      ? null
      : { state, sentence: sentence(place), offer: null, requestId, endedAt: now };
  });
  const held = before as Place | null;
  if (stored === null || held === null) return null;
  if (held.offer !== null && held.offer.requestId !== requestId) await giveRoomBack(flow, held);
  return stored.place;
}
