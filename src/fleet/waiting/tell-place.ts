import type { Place } from '../../core/waiting/place.ts';
import type { Person } from '../../core/computes.ts';
import type { Message } from '../../ports/notifier.ts';
import type { Flow } from '../flow.ts';
import { linkFor } from '../link-for.ts';
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

/** What can be done about room that is held, by this person alone; both ask once more before anything is done. */
function linksOf(flow: Flow, { placeId, offer, ...place }: Place, to: Person): Message['links'] {
  const otherwise = requestPath(place.requestId ?? place.fromRequestId);
  const look = { label: 'Look at it', path: otherwise };
  if (place.state !== 'offered' || offer === null) return [look];
  const about = {
    otherwise,
    subject: { kind: 'request', requestId: place.fromRequestId, of: placeId },
    person: to.objectId,
    expiresAt: offer.until,
  } as const;
  return [
    linkFor(flow, { ...about, label: 'Ask for it now', action: 'take' }),
    linkFor(flow, { ...about, label: 'Wait no longer', action: 'leave' }),
    look,
  ];
}

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
      sentence: `${place.sentence}${state === 'offered' ? ` At the command line: lamplighter waiting confirm ${place.placeId}.` : ''}`,
      links: linksOf(flow, place, to),
    });
    told &&= delivery.accepted;
  }
  return told;
}
