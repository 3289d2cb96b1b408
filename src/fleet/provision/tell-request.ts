import type { Person } from '../../core/computes.ts';
import type { ApprovalStage } from '../../core/provision/approval-stages.ts';
import { decideByText, escalatedText } from '../../core/provision/request-text.ts';
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

const recreationTitles: Partial<Readonly<Record<MachineRequest['status'], string>>> = {
  completed: 'Instance was made anew',
  failed: 'Instance was not made anew',
  'needs-person': 'An instance needs a person',
};
const titleOf = ({ status, recreation }: MachineRequest): string =>
  (recreation === null ? undefined : recreationTitles[status]) ?? titles[status];

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
      title: titleOf(request),
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

/** Which word about a request that waits, and how many had agreed by then. */
export type Telling = { readonly stage: ApprovalStage; readonly votes: number };

const wordOf = ({ stage, votes }: Telling): string => (votes === 0 ? stage : `${stage}-${votes}`);

function askTitle({ stage, votes }: Telling): string {
  if (stage === 'reminder') return 'A request still waits for approval';
  if (stage === 'escalation') return 'Nobody has decided about a request';
  return votes === 0 ? 'A request waits for approval' : 'A request needs another approval';
}

/** Asks the channel of approvers and admins: at first, as a reminder, as an escalation, and for the next of several. */
export async function askApprovers(flow: Flow, request: MachineRequest, telling: Telling): Promise<boolean> {
  const now = flow.ports.clock.now();
  const who = request.requestedBy.name ?? request.requestedBy.objectId;
  const whom = request.forPerson.name ?? request.forPerson.objectId;
  const forWhom = request.requestedBy.objectId === request.forPerson.objectId ? '' : ` for ${whom}`;
  const by = decideByText(telling.stage, now - request.requestedAt, request.approval?.expiresAt ?? now, now);
  const word = wordOf(telling);
  const delivery = await deliver(flow, {
    id: `request-${request.requestId}-${word}`,
    kind: 'request',
    to: null,
    compute: request.machine?.ref ?? null,
    title: askTitle(telling),
    sentence: `${who} asks${forWhom}: ${request.sentence} ${by}`,
    links: decisionLinks(flow, request, word),
  });
  return delivery.accepted;
}

/** Tells whom it concerns that nobody has decided yet, and that the admins know. `false`: not all could be told. */
export async function tellEscalated(flow: Flow, request: MachineRequest): Promise<boolean> {
  const { machine, approval, requestId } = request;
  if (machine === null || approval === null) return true;
  const now = flow.ports.clock.now();
  let told = true;
  for (const to of concerned(request)) {
    const delivery = await deliver(flow, {
      id: `request-${requestId}-escalated-${to.objectId.slice(0, 8)}`,
      kind: 'request',
      to,
      compute: machine.ref,
      title: 'Your request still waits',
      sentence: escalatedText(machine, now - request.requestedAt, approval.expiresAt, now),
      links: [{ label: 'Look at it', path: requestPath(requestId) }],
    });
    told &&= delivery.accepted;
  }
  return told;
}
