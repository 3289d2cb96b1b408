import type { Person } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import { computeKey } from '../../core/ids.ts';
import { recreatingText } from '../../core/provision/recreation-text.ts';
import { inOrder, type Refusal } from '../../core/provision/refusal.ts';
import { awaitingText, provisioningText, refusedText } from '../../core/provision/request-text.ts';
import { outcomeOf, type Vote, voteVerdict } from '../../core/provision/votes.ts';
import { type MachineRequest, readRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import type { DurableStarter, DurableWaker } from '../start-orchestration.ts';
import { wakeOrchestration } from '../start-orchestration.ts';
import { teamsOf } from '../teams.ts';
import { changeRequest } from './change-request.ts';
import type { FleetFacts } from './fleet-facts.ts';
import { grantQuota } from './grant-quota.ts';
import { launchRequest } from './launch-request.ts';
import { provisionInstanceId } from './provision-id.ts';
import { policyForRequests } from './policy-for-requests.ts';
import { quotaRefusals } from './quota-refusals.ts';
import { replacedBy } from './replaced-by.ts';
import { noSuchRequest, wrongStatus } from './request-faults.ts';

export type Ballot = {
  readonly requestId: string;
  readonly by: Person;
  readonly mayApprove: boolean;
  readonly vote: Vote['vote'];
  readonly comment: string | null;
};

const hourMs = 3_600_000;

function refuseVote(code: string, message: string, fix: string): LamplighterError {
  return new LamplighterError(message, { code, fault: 'caller', field: 'requestId', fix });
}

/** Throws unless this word counts: `approval.own-request`, `approval.no-role`, `approval.conflict`, `request.conflict`. */
export function checkBallot(request: MachineRequest, ballot: Ballot, now: number): void {
  const done = ballot.vote === 'approve' ? 'approved' : 'rejected';
  const verdict = voteVerdict(request, { objectId: ballot.by.objectId, mayApprove: ballot.mayApprove });
  if (verdict === 'own-request') {
    throw refuseVote(
      'approval.own-request',
      'Whoever asks for a machine, or gets it, cannot decide about it.',
      'Let somebody else with the app role Lamplighter.Approver decide.',
    );
  }
  if (verdict === 'no-role') {
    throw refuseVote(
      'approval.no-role',
      'Only approvers may decide about requests.',
      'Ask somebody with the app role Lamplighter.Approver or Lamplighter.Admin to do it.',
    );
  }
  const isLate = request.status === 'awaiting-approval' && now >= (request.approval?.expiresAt ?? 0);
  if (verdict === 'voted-before' && !isLate) {
    throw refuseVote(
      'approval.conflict',
      'You have decided about this request before.',
      'Nothing needs doing.',
    );
  }
  if (isLate || request.status !== 'awaiting-approval') {
    const shown = isLate ? { ...request, status: 'expired' as const } : request;
    throw wrongStatus(
      shown,
      done,
      'Only requests that wait for approval can be decided; a new one may be made.',
    );
  }
}

/** Budget and quota as they are now; the request's own reservation does not stand against it, and is renewed. */
async function weighAgain(
  flow: Flow,
  facts: FleetFacts,
  request: MachineRequest,
): Promise<readonly Refusal[]> {
  const { clock } = flow.ports;
  const { machine } = request;
  if (machine === null) return [];
  const policy = await policyForRequests(flow);
  const [sizes, teams] = await Promise.all([
    facts.sizes(machine.ref.subscriptionId, machine.location),
    facts.teams(policy),
  ]);
  const size = sizes.get(machine.vmSize.toLowerCase());
  if (size === undefined) {
    return [
      {
        code: 'refuse.size.unknown',
        field: 'vmSize',
        detail: `The region no longer offers ${machine.vmSize}.`,
        fix: 'Ask for another size.',
      },
    ];
  }
  const { forPerson } = request;
  const now = clock.now();
  const granted = await grantQuota(flow, facts, policy, {
    requestId: request.requestId,
    workspace: machine.ref,
    location: machine.location,
    owner: forPerson,
    subject: {
      subscription: machine.ref.subscriptionId,
      workspace: machine.ref.workspace,
      compute: machine.ref.compute,
      kind: 'ComputeInstance',
      user: [forPerson.objectId, ...(forPerson.name === null ? [] : [forPerson.name])],
      teams: teamsOf(teams, forPerson.objectId),
      vmSize: size.name,
      family: size.family,
      gpu: size.gpus > 0,
      tags: machine.tags,
    },
    family: size.family,
    cores: size.vCPUs,
    gpus: size.gpus,
    ...(request.recreation === null ? {} : { replaces: replacedBy(request.recreation) }),
    compute: computeKey(machine.ref),
    reservedAt: now,
    expiresAt: now + hourMs,
  });
  if (granted.granted) return [];
  return quotaRefusals(facts, policy, granted.input, granted.verdict, size.name, sizes, true);
}

function counted(request: MachineRequest, vote: Vote, refusals: readonly Refusal[]): Partial<MachineRequest> {
  const votes = [...request.votes, vote];
  const who = vote.by.name ?? vote.by.objectId;
  const { machine, approval } = request;
  const ordered = inOrder(refusals);
  switch (outcomeOf(votes, approval?.approvers ?? 1)) {
    case 'rejected': {
      const why = vote.comment === null ? '.' : `: ${vote.comment}`;
      return {
        votes,
        status: 'rejected',
        reason: 'rejected',
        sentence: `Rejected by ${who}${why}`,
        endedAt: vote.at,
      };
    }
    case 'approved':
      if (ordered.length > 0) {
        return {
          votes,
          status: 'refused',
          reason: ordered[0]?.code ?? null,
          refusals: ordered,
          sentence: `Approved by ${who}, but there is no room any more. ${refusedText(ordered)}`,
          endedAt: vote.at,
        };
      }
      return {
        votes,
        status: 'provisioning',
        ...(machine === null
          ? {}
          : {
              sentence:
                request.recreation === null
                  ? provisioningText(machine)
                  : recreatingText(machine, request.recreation),
            }),
      };
    case 'open': {
      const missing = (approval?.approvers ?? 1) - votes.length;
      const because = [...(approval?.because ?? []), `${missing} more must agree`];
      return {
        votes,
        ...(machine === null ? {} : { sentence: awaitingText(machine, because, request.pricePerHourUsd) }),
      };
    }
  }
}

/**
 * Counts a yes or no. The last yes that is needed is weighed against quota and budget of this moment. Throws what
 * `checkBallot` throws, `request.not-found`, and retryable faults where quota cannot be read.
 */
export async function voteOnRequest(
  flow: Flow,
  facts: FleetFacts,
  client: DurableStarter & DurableWaker,
  ballot: Ballot,
): Promise<MachineRequest> {
  const { ledger, clock } = flow.ports;
  const stored = await readRequest(ledger, ballot.requestId);
  if (stored === null) throw noSuchRequest();
  checkBallot(stored.request, ballot, clock.now());
  const vote: Vote = { by: ballot.by, at: clock.now(), vote: ballot.vote, comment: ballot.comment };
  const votes = [...stored.request.votes, vote];
  const isLast = outcomeOf(votes, stored.request.approval?.approvers ?? 1) === 'approved';
  const refusals = isLast ? await weighAgain(flow, facts, stored.request) : [];

  const request = await changeRequest(flow, ballot.requestId, (current) => {
    checkBallot(current, ballot, clock.now());
    // Another yes came between: then ours is the last one, and nobody has weighed it.
    const last = outcomeOf([...current.votes, vote], current.approval?.approvers ?? 1) === 'approved';
    if (last && !isLast) throw contended();
    return counted(current, vote, refusals);
  });
  if (request === null) throw noSuchRequest();
  await launchRequest(flow, client, request);
  await wakeOrchestration(client, provisionInstanceId(request.requestId), ballot.vote);
  return request;
}

const contended = (): LamplighterError =>
  new LamplighterError('Somebody else decided at the same moment.', {
    code: 'approval.contended',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Send it again.',
  });
