import type { PlaceView } from '../../present/json/place-view.ts';
import { type Colour, type Look, table } from '../../present/table.ts';
import { factsText } from '../facts-text.ts';
import { momentText } from '../moment-text.ts';

const colourOf = (state: string): Colour =>
  state === 'taken' || state === 'offered' ? 'green' : state === 'waiting' ? 'yellow' : 'red';
const nameOf = ({ name, objectId }: PlaceView['for']): string => name ?? objectId;

/** One row a place, in the order of coming. */
export const placeTable = (places: readonly PlaceView[], look: Look): string =>
  table(
    [
      { title: 'PLACE' },
      { title: 'STATE' },
      { title: 'AHEAD' },
      { title: 'SIZE' },
      { title: 'WORKSPACE' },
      { title: 'FOR' },
      { title: 'SINCE' },
      { title: 'WHAT', flexible: true },
    ],
    places.map((place) => [
      place.placeId,
      { text: place.state, colour: colourOf(place.state) },
      place.ahead === null ? '–' : String(place.ahead),
      place.asked.vmSize,
      place.asked.workspace,
      nameOf(place.for),
      momentText(place.since),
      place.sentence,
    ]),
    look,
  );

/** All that is known of one place. */
export const placeText = (place: PlaceView, look: Look): string =>
  factsText(
    [
      ['Place', place.placeId],
      ['State', place.state],
      ['What', place.sentence],
      ['Size', place.asked.vmSize],
      ['Workspace', `${place.asked.workspace} (${place.asked.location})`],
      ['For', nameOf(place.for)],
      ['Since', momentText(place.since)],
      ['Ahead', place.ahead === null ? null : String(place.ahead)],
      ['Kept until', momentText(place.until)],
      ['Room held until', place.offer === null ? null : momentText(place.offer.until)],
      ['Request', place.requestId],
      ['Ended', place.endedAt === null ? null : momentText(place.endedAt)],
    ],
    look,
  );
