import { STATUS_CODES } from 'node:http';
import type { MachineRequest } from '../../ledger/requests.ts';
import type { PlaceView } from '../../present/json/place-view.ts';
import { requestViewOf } from '../../present/json/request-view.ts';
import { type Answer, answer } from './route.ts';

/** What came of the wish to wait for room. */
export type WaitingAnswer =
  | { readonly waitingPlace: PlaceView }
  | { readonly waitingPlace: null; readonly whyNoPlace: string };

/** A request that rules refuse, as a problem: the first rule is its code, and all are listed with what to do. */
export function refusedAnswer(
  request: MachineRequest,
  correlationId: string,
  waiting: WaitingAnswer | null = null,
): Answer {
  const view = requestViewOf(request);
  const code = request.reason ?? 'refuse.forbidden';
  const status = code === 'refuse.forbidden' ? 403 : 422;
  return answer(
    status,
    {
      type: `urn:lamplighter:problem:${code}`,
      title: STATUS_CODES[status] ?? 'Error',
      status,
      code,
      detail: request.sentence,
      try: view.refusals[0]?.try ?? 'Ask an admin.',
      correlationId,
      faults: view.refusals.map(({ field, detail }) => ({ field, detail })),
      refusals: view.refusals,
      requestId: view.requestId,
      ...waiting,
    },
    { 'content-type': 'application/problem+json', location: `/api/requests/${view.requestId}` },
  );
}
