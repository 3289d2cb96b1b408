import type { Person } from '../computes.ts';
import type { ObjectId } from '../ids.ts';

export type Vote = {
  readonly by: Person;
  readonly at: number;
  readonly vote: 'approve' | 'reject';
  readonly comment: string | null;
};

export type Voter = { readonly objectId: ObjectId; readonly mayApprove: boolean };

/** `ok`: the vote counts. The others say why it does not. */
export type VoteVerdict = 'ok' | 'no-role' | 'own-request' | 'voted-before';

/** Whether somebody's word counts: never that of who asked or whom it is for, and nobody's twice. */
export function voteVerdict(
  request: {
    readonly requestedBy: Person;
    readonly forPerson: Person;
    readonly votes: readonly Vote[];
  },
  voter: Voter,
): VoteVerdict {
  if (voter.objectId === request.requestedBy.objectId || voter.objectId === request.forPerson.objectId) {
    return 'own-request';
  }
  if (!voter.mayApprove) return 'no-role';
  return request.votes.some((vote) => vote.by.objectId === voter.objectId) ? 'voted-before' : 'ok';
}

/** One no is enough; a yes is enough when as many different people have said it as are asked for. */
export function outcomeOf(votes: readonly Vote[], approvers: number): 'approved' | 'rejected' | 'open' {
  if (votes.some((vote) => vote.vote === 'reject')) return 'rejected';
  const agreed = new Set(votes.map((vote) => vote.by.objectId));
  return agreed.size >= approvers ? 'approved' : 'open';
}
