import type { Person } from '../../core/computes.ts';
import type { MachineRequest } from '../../ledger/requests.ts';
import type { Message } from '../../ports/notifier.ts';
import type { Flow } from '../flow.ts';
import { linkFor } from '../link-for.ts';
import { deliver } from '../tell.ts';

/** The page with its eye on one request. */
export const requestPath = (requestId: string): string =>
  `/api/dashboard?request=${encodeURIComponent(requestId)}`;

const titles: Readonly<Record<MachineRequest['status'], string>> = {
  refused: 'Request refused',
  'awaiting-approval': 'Request waits for approval',
  rejected: 'Request rejected',
  expired: 'Request expired',
  cancelled: 'Request cancelled',
  provisioning: 'Machine is being made',
  completed: 'Machine is ready',
  failed: 'Machine could not be made',
  'needs-person': 'A request needs a person',
};

/** Whom it concerns, each once. */
function concerned({ requestedBy, forPerson }: MachineRequest): readonly Person[] {
  return requestedBy.objectId === forPerson.objectId ? [forPerson] : [forPerson, requestedBy];
}

/** Tells whom it concerns how a request ended; repeated, the messages carry the same ids. `false`: not all could be told. */
export async function tellEndOf(flow: Flow, request: MachineRequest): Promise<boolean> {
  let told = true;
  for (const to of concerned(request)) {
    const delivery = await deliver(flow, {
      id: `request-${request.requestId}-${request.status}-${to.objectId.slice(0, 8)}`,
      kind: 'request',
      to,
      compute: request.machine?.ref ?? null,
      title: titles[request.status],
      sentence: request.sentence,
      links: [{ label: 'Look at it', path: requestPath(request.requestId) }],
    });
    told &&= delivery.accepted;
  }
  return told;
}

/** For whoever may approve and is neither who asked nor whom it is for: that is seen when a link is followed. */
function decisionLinks(
  flow: Flow,
  { requestId, approval }: MachineRequest,
  /** Which message: each has links of its own. */
  of: string,
): Message['links'] {
  const otherwise = requestPath(requestId);
  const about = {
    otherwise,
    subject: { kind: 'request', requestId, of },
    person: null,
    expiresAt: approval?.expiresAt ?? 0,
  } as const;
  return [
    linkFor(flow, { ...about, label: 'Approve', action: 'approve' }),
    linkFor(flow, { ...about, label: 'Reject', action: 'reject' }),
    { label: 'Look at it', path: otherwise },
  ];
}

/** Asks the approvers' channel; `reminder` tells the second time from the first. */
export async function askApprovers(flow: Flow, request: MachineRequest, reminder: boolean): Promise<boolean> {
  const who = request.requestedBy.name ?? request.requestedBy.objectId;
  const whom = request.forPerson.name ?? request.forPerson.objectId;
  const forWhom = request.requestedBy.objectId === request.forPerson.objectId ? '' : ` for ${whom}`;
  const delivery = await deliver(flow, {
    id: `request-${request.requestId}-${reminder ? 'reminder' : 'ask'}`,
    kind: 'request',
    to: null,
    compute: request.machine?.ref ?? null,
    title: reminder ? 'A request still waits for approval' : 'A request waits for approval',
    sentence: `${who} asks${forWhom}: ${request.sentence}`,
    links: decisionLinks(flow, request, reminder ? 'reminder' : 'ask'),
  });
  return delivery.accepted;
}
