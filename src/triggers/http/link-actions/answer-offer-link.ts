import { nameOf } from '../../../auth/caller.ts';
import type { ActionLink } from '../../../core/links/action-link.ts';
import type { Flow } from '../../../fleet/flow.ts';
import type { FleetFacts } from '../../../fleet/provision/fleet-facts.ts';
import { confirmPlace, leavePlace } from '../../../fleet/waiting/answer-offer.ts';
import { noSuchPlace, placeConflict } from '../../../fleet/waiting/change-place.ts';
import { serveAside } from '../../../fleet/waiting/serve-waiting-list.ts';
import { ownPlace } from '../own-place.ts';
import type { LinkAction } from './link-action.ts';

const words = {
  take: { title: 'Ask for the machine now?', confirm: 'Ask for it' },
  leave: { title: 'Wait for it no longer?', confirm: 'Wait no longer' },
} as const;

function placeIn({ subject }: ActionLink): string {
  if (subject.of === null) throw noSuchPlace();
  return subject.of;
}

/** Room is held for somebody who waited: they take it, or give it to the next. */
export function answerOfferLink(flow: Flow, facts: FleetFacts, word: 'take' | 'leave'): LinkAction {
  const { ledger } = flow.ports;
  return {
    async show({ caller, link }) {
      const place = await ownPlace(ledger, caller, placeIn(link));
      if (place.state !== 'offered') throw placeConflict(place.sentence, 'Nothing is held for it now.');
      return { ...words[word], sentence: place.sentence, danger: word === 'leave', asks: null };
    },
    async act({ caller, link, durable }) {
      const place = await ownPlace(ledger, caller, placeIn(link));
      if (word === 'take') return (await confirmPlace(flow, facts, durable(), place)).sentence;
      const left = await leavePlace(flow, place.placeId, nameOf(caller));
      await serveAside(flow, durable());
      return left.sentence;
    },
  };
}
