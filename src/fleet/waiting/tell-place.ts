import type { Place } from '../../core/waiting/place.ts';
import type { Flow } from '../flow.ts';
import { requestPath } from '../provision/tell-request.ts';
import { deliver } from '../tell.ts';

const titles: Readonly<Record<Place['state'], string>> = {
  waiting: 'You wait for room',
  offered: 'There is room for the machine you wait for',
  taken: 'The machine you waited for has been asked for',
  left: 'You wait no longer',
  expired: 'No room was found in time',
  lapsed: 'The room that was held for you has gone to others',
  refused: 'The machine you wait for is not possible any more',
};

/** Tells the person how the place stands; repeated, the message has the same id. `false`: it was not accepted. */
export async function tellPlace(flow: Flow, place: Place): Promise<boolean> {
  const { wish, state } = place;
  const people =
    wish.requestedBy.objectId === wish.forPerson.objectId
      ? [wish.forPerson]
      : [wish.forPerson, wish.requestedBy];
  let told = true;
  for (const to of people) {
    const delivery = await deliver(flow, {
      id: `place-${place.placeId}-${place.since}-${place.attempt}-${state}-${to.objectId.slice(0, 8)}`,
      kind: 'request',
      to,
      compute: null,
      title: titles[state],
      sentence: place.sentence,
      links: [
        {
          label: state === 'offered' ? 'Confirm or leave' : 'Look at it',
          path: requestPath(place.requestId ?? place.fromRequestId),
        },
      ],
    });
    told &&= delivery.accepted;
  }
  return told;
}
