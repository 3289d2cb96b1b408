import type { LinkActionName } from '../../../core/links/action-link.ts';
import { fleetFacts } from '../../../fleet/provision/fleet-facts.ts';
import type { AppDoors } from '../app-doors.ts';
import { answerCampaignLink } from './answer-campaign-link.ts';
import { consentDeletion } from './consent-deletion.ts';
import { answerOfferLink } from './answer-offer-link.ts';
import { decideRequest } from './decide-request.ts';
import { keepCompute } from './keep-compute.ts';
import type { LinkAction } from './link-action.ts';
import { powerInstance } from './power-instance.ts';
import { regretStop } from './regret-stop.ts';

/** Every deed that a message can offer by a link. */
export function linkActions(doors: AppDoors): Readonly<Record<LinkActionName, LinkAction>> {
  const flow = { ports: doors.ports, scope: doors.settings.scope };
  const facts = fleetFacts(flow);
  return {
    approve: decideRequest(flow, facts, 'approve'),
    reject: decideRequest(flow, facts, 'reject'),
    keep: keepCompute(doors),
    start: powerInstance(flow, 'start'),
    stop: powerInstance(flow, 'stop'),
    regret: regretStop(doors),
    consent: answerCampaignLink(doors, 'consent'),
    decline: answerCampaignLink(doors, 'decline'),
    'consent-deletion': consentDeletion(flow),
    take: answerOfferLink(flow, facts, 'take'),
    leave: answerOfferLink(flow, facts, 'leave'),
  };
}
