import type { FleetFacts } from '../../../fleet/provision/fleet-facts.ts';
import type { Flow } from '../../../fleet/flow.ts';
import { type Ballot, checkBallot, voteOnRequest } from '../../../fleet/provision/vote-on-request.ts';
import { mayApprove, visibleRequest } from '../visible-request.ts';
import { type LinkAction, type LinkVisit, requestOf } from './link-action.ts';
import { personOf } from '../../../auth/caller.ts';

const words = {
  approve: { title: 'Approve this request?', confirm: 'Approve' },
  reject: { title: 'Reject this request?', confirm: 'Reject' },
} as const;

/** A yes or no to somebody else's request: as at its own door, never by whoever asked or whom it is for. */
export function decideRequest(flow: Flow, facts: FleetFacts, vote: Ballot['vote']): LinkAction {
  const { ledger } = flow.ports;
  const ballotOf = ({ caller }: LinkVisit, requestId: string, comment: string | null): Ballot => ({
    requestId,
    by: personOf(caller),
    mayApprove: mayApprove(caller),
    vote,
    comment,
  });
  return {
    async show(visit) {
      const request = await visibleRequest(ledger, visit.caller, requestOf(visit.link));
      checkBallot(request, ballotOf(visit, request.requestId, null), visit.at);
      const who = request.requestedBy.name ?? request.requestedBy.objectId;
      return {
        ...words[vote],
        sentence: `${who} asks: ${request.sentence}`,
        danger: vote === 'reject',
        asks: 'comment',
      };
    },
    async act(visit, { comment }) {
      const { requestId } = await visibleRequest(ledger, visit.caller, requestOf(visit.link));
      const decided = await voteOnRequest(flow, facts, visit.durable(), ballotOf(visit, requestId, comment));
      return decided.sentence;
    },
  };
}
