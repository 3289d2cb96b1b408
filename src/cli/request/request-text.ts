import type { RequestView } from '../../present/json/request-view.ts';
import { type Colour, type Look, table } from '../../present/table.ts';
import { type Facts, factsText } from '../facts-text.ts';
import { momentText, usdText } from '../moment-text.ts';

const good = new Set(['completed']);
const open = new Set(['awaiting-approval', 'provisioning']);
const colourOf = (status: string): Colour =>
  good.has(status) ? 'green' : open.has(status) ? 'yellow' : 'red';
const nameOf = ({ name, objectId }: RequestView['for']): string => name ?? objectId;
const machineOf = ({ compute, asked }: RequestView): string => compute?.compute ?? asked.name;

/** One row a request. */
export const requestTable = (requests: readonly RequestView[], look: Look): string =>
  table(
    [
      { title: 'REQUEST' },
      { title: 'STATUS' },
      { title: 'INSTANCE' },
      { title: 'WORKSPACE' },
      { title: 'SIZE' },
      { title: 'FOR' },
      { title: 'ASKED' },
      { title: 'WHAT', flexible: true },
    ],
    requests.map((request) => [
      request.requestId,
      { text: request.status, colour: colourOf(request.status) },
      machineOf(request) === '' ? '–' : machineOf(request),
      request.compute?.workspace ?? request.asked.workspace,
      request.asked.vmSize,
      nameOf(request.for),
      momentText(request.requestedAt),
      request.sentence,
    ]),
    look,
  );

function approvalText({ approval }: RequestView): string | null {
  if (approval === null) return null;
  return `${approval.approved} of ${approval.approvers}, until ${momentText(approval.expiresAt)}, because ${approval.because.join('; ')}`;
}

function agentText({ agent }: RequestView): string | null {
  if (agent === null) return null;
  if (agent.enrolled === null) return 'asked for';
  return agent.enrolled ? 'reports' : 'has not reported in';
}

/** All that is known of one request. */
export const requestText = (request: RequestView, look: Look): string =>
  factsText(
    [
      ['Request', request.requestId],
      ['Status', request.status],
      ['What', request.sentence],
      ['Instance', machineOf(request) === '' ? null : machineOf(request)],
      ['Workspace', request.compute?.workspace ?? request.asked.workspace],
      ['Size', `${request.asked.vmSize}, ${usdText(request.pricePerHourUsd)} an hour at list price`],
      [
        'Made anew',
        request.recreation === null
          ? null
          : `${request.recreation.kind}, ${request.recreation.oldVmSize} before`,
      ],
      ['For', nameOf(request.for)],
      ['Asked by', `${nameOf(request.requestedBy)}, ${momentText(request.requestedAt)}`],
      ['Approval', approvalText(request)],
      ...request.votes.map((vote): Facts[number] => [
        'Vote',
        `${vote.vote} by ${nameOf(vote.by)}, ${momentText(vote.at)}${vote.comment === null ? '' : `: ${vote.comment}`}`,
      ]),
      ...request.refusals.map((one): Facts[number] => ['Refused', `${one.detail} ${one.try} (${one.code})`]),
      ['Running', request.runningAt === null ? null : momentText(request.runningAt)],
      [
        'Its user lacks',
        request.missingActions === null || request.missingActions.length === 0
          ? null
          : request.missingActions.join(', '),
      ],
      ['Session agent', agentText(request)],
      ['Ended', request.endedAt === null ? null : momentText(request.endedAt)],
    ],
    look,
  );
