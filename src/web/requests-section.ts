import type { RequestView } from '../present/json/request-view.ts';
import { actButton } from './dialog.ts';
import { element } from './element.ts';
import { dollars, localTime } from './wording.ts';

export type RequestActions = {
  readonly ask: () => void;
  readonly decide: (request: RequestView, vote: 'approve' | 'reject') => void;
  readonly cancel: (request: RequestView) => void;
};
export type Viewer = { readonly objectId: string; readonly admin: boolean; readonly approver: boolean };

const isOwn = (request: RequestView, you: Viewer): boolean =>
  request.requestedBy.objectId === you.objectId || request.for.objectId === you.objectId;
const isOpen = ({ status }: RequestView): boolean =>
  status === 'awaiting-approval' || status === 'provisioning';

/** Whether it waits for this person's word; the app sees for itself whether that counts. */
export const waitsFor = (request: RequestView, you: Viewer): boolean =>
  you.approver &&
  request.status === 'awaiting-approval' &&
  !isOwn(request, you) &&
  request.votes.every(({ by }) => by.objectId !== you.objectId);

const words: Readonly<Record<string, { readonly text: string; readonly kind: string }>> = {
  'awaiting-approval': { text: 'waits for approval', kind: 'warn' },
  provisioning: { text: 'is being made', kind: 'warn' },
  completed: { text: 'ready', kind: 'calm' },
};

const nameOf = (person: RequestView['for']): string => person.name ?? person.objectId;

function factsOf(request: RequestView): string {
  const price = request.pricePerHourUsd === null ? [] : [`${dollars(request.pricePerHourUsd)} an hour`];
  const whom = request.for.objectId === request.requestedBy.objectId ? [] : [`for ${nameOf(request.for)}`];
  const asked = `asked by ${nameOf(request.requestedBy)} on ${localTime(request.requestedAt)}`;
  return [request.asked.workspace, request.asked.vmSize, ...price, asked, ...whom].join(' · ');
}

const votesOf = ({ votes, approval }: RequestView): readonly HTMLElement[] => [
  ...votes.map(({ by, vote, comment }) =>
    element(
      'p',
      {},
      `${nameOf(by)} ${vote === 'approve' ? 'approved' : 'rejected'}${comment === null ? '.' : `: ${comment}`}`,
    ),
  ),
  ...(approval === null || approval.approvers === 1
    ? []
    : [element('p', { class: 'quiet' }, `${approval.approved} of ${approval.approvers} have agreed.`)]),
];

function cardOf(request: RequestView, you: Viewer, actions: RequestActions): HTMLElement {
  const { text, kind } = words[request.status] ?? { text: request.status, kind: 'off' };
  const name = request.compute?.compute ?? request.asked.name;
  return element(
    'article',
    { class: 'card', id: `request-${request.requestId}`, tabindex: '-1' },
    element(
      'p',
      {},
      element('b', {}, name === '' ? request.asked.vmSize : name),
      ' ',
      element('span', { class: `badge ${kind}` }, text),
    ),
    element('small', {}, factsOf(request)),
    element('p', {}, request.sentence),
    request.refusals.length === 0
      ? null
      : element(
          'ul',
          {},
          ...request.refusals.map(({ detail, try: fix }) => element('li', {}, `${detail} ${fix}`)),
        ),
    ...votesOf(request),
    request.status === 'awaiting-approval' && request.approval !== null
      ? element(
          'p',
          { class: 'quiet' },
          `It expires on ${localTime(request.approval.expiresAt)} without a decision.`,
        )
      : null,
    element(
      'p',
      { class: 'buttons' },
      ...(waitsFor(request, you)
        ? [
            actButton('Approve', () => actions.decide(request, 'approve'), 'main'),
            actButton('Reject', () => actions.decide(request, 'reject'), 'danger'),
          ]
        : []),
      isOpen(request) && (isOwn(request, you) || you.admin)
        ? actButton('Cancel the request', () => actions.cancel(request))
        : null,
    ),
  );
}

/** What waits for the reader's word, what they asked for, and the way to ask. */
export function requestsSection(
  requests: readonly RequestView[],
  you: Viewer,
  actions: RequestActions,
): HTMLElement {
  const waiting = requests.filter((request) => waitsFor(request, you));
  const others = requests.filter((request) => !waitsFor(request, you));
  const now = others.filter(isOpen);
  const over = others.filter((request) => !isOpen(request));
  const [latest, ...older] = over;
  const cards = (list: readonly RequestView[]) => list.map((request) => cardOf(request, you, actions));
  return element(
    'section',
    { id: 'requests' },
    element('h2', {}, 'Requests'),
    element(
      'p',
      { class: 'buttons' },
      element('button', { type: 'button', act: actions.ask }, 'Ask for a machine'),
    ),
    waiting.length === 0 ? null : element('h3', {}, 'Waiting for your decision'),
    ...cards(waiting),
    waiting.length > 0 && others.length > 0 ? element('h3', {}, 'All others') : null,
    ...cards(now),
    latest === undefined ? null : cardOf(latest, you, actions),
    older.length === 0
      ? null
      : element('details', {}, element('summary', {}, `${older.length} earlier`), ...cards(older)),
    requests.length === 0
      ? element('p', { class: 'quiet' }, 'Nobody has asked for anything that you may see.')
      : null,
  );
}
