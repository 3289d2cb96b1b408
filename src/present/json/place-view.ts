import { z } from 'zod';
import type { Place } from '../../core/waiting/place.ts';
import { instant, instantOf, instantOrNull, person } from './scalars.ts';

export const placeView = z.object({
  placeId: z.string(),
  state: z.string().meta({
    description:
      'waiting, offered (room is held: confirm it), taken, left, expired, lapsed (nobody confirmed) or refused',
  }),
  sentence: z.string(),
  requestedBy: person,
  for: person,
  asked: z.object({ workspace: z.string(), location: z.string(), vmSize: z.string() }),
  since: instant,
  until: instant,
  autoStart: z.boolean(),
  ahead: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'How many who came before wait for the same limits; null: it does not wait' }),
  waitsFor: z.array(z.object({ code: z.string(), detail: z.string() })),
  offer: z.object({ until: instant }).nullable(),
  fromRequestId: z.string().meta({ description: 'The refused request that it came from' }),
  requestId: z.string().nullable().meta({ description: 'The request that it became' }),
  endedAt: instant.nullable(),
});
export type PlaceView = z.infer<typeof placeView>;

/** How many of the line, in the order of coming, are before this one and wait for one of its limits. */
function aheadOf(place: Place, line: readonly Place[]): number | null {
  if (place.state !== 'waiting') return null;
  const keys = new Set(place.limits.map(({ key }) => key));
  const index = line.findIndex(({ placeId }) => placeId === place.placeId);
  return line
    .slice(0, index === -1 ? line.length : index)
    .filter(({ state, limits }) => state === 'waiting' && limits.some(({ key }) => keys.has(key))).length;
}

const personView = ({ objectId, name }: Place['wish']['forPerson']) => ({ objectId, name });

/** `line`: all places, in the order of coming. */
export function placeViewOf(place: Place, line: readonly Place[]): PlaceView {
  const { wish, offer } = place;
  return {
    placeId: place.placeId,
    state: place.state,
    sentence: place.sentence,
    requestedBy: personView(wish.requestedBy),
    for: personView(wish.forPerson),
    asked: {
      workspace: wish.workspace.workspace,
      location: wish.workspace.location,
      vmSize: wish.vmSize,
    },
    since: instantOf(place.since),
    until: instantOf(place.until),
    autoStart: place.autoStart,
    ahead: aheadOf(place, line),
    waitsFor: place.state === 'waiting' ? place.limits.map(({ code, detail }) => ({ code, detail })) : [],
    offer: offer === null ? null : { until: instantOf(offer.until) },
    fromRequestId: place.fromRequestId,
    requestId: place.requestId,
    endedAt: instantOrNull(place.endedAt),
  };
}
