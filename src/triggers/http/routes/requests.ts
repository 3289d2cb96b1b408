import { z } from 'zod';
import { type Caller, isAdmin, personOf } from '../../../auth/caller.ts';
import { LamplighterError } from '../../../core/errors.ts';
import { requestStatuses } from '../../../core/policy/codes.ts';
import { cancelRequest } from '../../../fleet/provision/cancel-request.ts';
import { fleetFacts } from '../../../fleet/provision/fleet-facts.ts';
import { noSuchRequest } from '../../../fleet/provision/request-faults.ts';
import { submitRequest } from '../../../fleet/provision/submit-request.ts';
import { voteOnRequest } from '../../../fleet/provision/vote-on-request.ts';
import { listRequests, type MachineRequest } from '../../../ledger/requests.ts';
import { takePlace } from '../../../fleet/waiting/take-place.ts';
import { listPlaces } from '../../../ledger/waiting-list.ts';
import { placeViewOf } from '../../../present/json/place-view.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import { requestView, requestViewOf } from '../../../present/json/request-view.ts';
import type { AppDoors } from '../app-doors.ts';
import { askedMachine } from '../asked-machine.ts';
import { refusedAnswer, type WaitingAnswer } from '../refused-answer.ts';
import { requestBody } from '../request-body.ts';
import { answer, route, type Route } from '../route.ts';
import { isOwnRequest, mayApprove, maySeeRequest, visibleRequest } from '../visible-request.ts';

const listedAtMost = 500;
const requestAnswer = requestView.extend({ formatVersion });
const shown = (request: MachineRequest) => ({ formatVersion: 1, ...requestViewOf(request) });

const query = z.strictObject({
  status: z.enum(requestStatuses).optional(),
  mine: z.literal('true').optional().meta({ description: 'For approvers and admins: only one’s own' }),
  limit: z.coerce.number().int().min(1).max(listedAtMost).default(100),
});
const params = z.object({ requestId: z.string().max(100) });
const comment = z
  .strictObject({ comment: z.string().trim().min(1).max(500).optional() })
  .default({})
  .meta({ description: 'Why, for whoever asked' });

/** Asking for machines, and deciding about what others ask for. */
export const requests = ({ ports, settings, canInstallAgent = false }: AppDoors): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  const facts = fleetFacts(flow);
  const { ledger } = ports;

  const visible = (caller: Caller, requestId: string) => visibleRequest(ledger, caller, requestId);

  /** The place that a refused request is given, or why it gets none: the refusal is answered all the same. */
  async function placeFor(request: MachineRequest, autoStart: boolean): Promise<WaitingAnswer> {
    try {
      const place = await takePlace(flow, facts, request, { autoStart });
      const line = (await listPlaces(ledger)).map((stored) => stored.place);
      return { waitingPlace: placeViewOf(place, line) };
    } catch (thrown) {
      if (thrown instanceof LamplighterError && thrown.code.endsWith('.conflict')) {
        return { waitingPlace: null, whyNoPlace: thrown.message };
      }
      throw thrown;
    }
  }

  const decide = (vote: 'approve' | 'reject', name: string, summary: string): Route =>
    route(
      {
        name,
        method: 'POST',
        path: `requests/{requestId}/${vote}`,
        access: 'signed-in',
        summary,
        params,
        body: comment,
        usesDurable: true,
        answers: { status: 200, schema: requestAnswer },
      },
      async (call) => {
        const { requestId } = await visible(call.caller, call.params.requestId);
        const request = await voteOnRequest(flow, facts, call.durable(), {
          requestId,
          by: personOf(call.caller),
          mayApprove: mayApprove(call.caller),
          vote,
          comment: call.body.comment ?? null,
        });
        return request.status === 'refused'
          ? refusedAnswer(request, call.correlationId)
          : answer(200, shown(request));
      },
    );

  return [
    route(
      {
        name: 'httpRequestsCreate',
        method: 'POST',
        path: 'requests',
        access: 'signed-in',
        summary:
          'Asks for a compute instance; the answer is a request to follow, or everything that is against it',
        body: requestBody,
        creates: true,
        usesDurable: true,
        answers: { status: 202, schema: requestAnswer },
      },
      async (call) => {
        const asked = await askedMachine(flow, facts, settings.tenantId, canInstallAgent, call);
        const request = await submitRequest(flow, facts, call.durable(), asked);
        if (request.status === 'refused') {
          if (call.body.waitingList !== true) return refusedAnswer(request, call.correlationId);
          const waiting = await placeFor(request, call.body.autoStart ?? false);
          return refusedAnswer(request, call.correlationId, waiting);
        }
        return answer(202, shown(request), { location: `/api/requests/${request.requestId}` });
      },
    ),
    route(
      {
        name: 'httpRequestsList',
        method: 'GET',
        path: 'requests',
        access: 'signed-in',
        summary:
          'Requests of the last ninety days, the newest first: one’s own, for approvers and admins all',
        query,
        answers: { status: 200, schema: z.object({ formatVersion, requests: z.array(requestView) }) },
      },
      async (call) => {
        const { status, mine, limit } = call.query;
        const found = (await listRequests(ledger)).filter(
          (request) =>
            maySeeRequest(call.caller, request) &&
            (mine === undefined || isOwnRequest(call.caller, request)) &&
            (status === undefined || request.status === status),
        );
        return answer(200, { formatVersion: 1, requests: found.slice(0, limit).map(requestViewOf) });
      },
    ),
    route(
      {
        name: 'httpRequestsRead',
        method: 'GET',
        path: 'requests/{requestId}',
        access: 'signed-in',
        summary: 'One request and how far it is',
        params,
        answers: { status: 200, schema: requestAnswer },
      },
      async (call) => answer(200, shown(await visible(call.caller, call.params.requestId))),
    ),
    decide(
      'approve',
      'httpRequestsApprove',
      'Agrees to a request of somebody else; budget and quota are weighed again',
    ),
    decide('reject', 'httpRequestsReject', 'Rejects a request of somebody else'),
    route(
      {
        name: 'httpRequestsCancel',
        method: 'POST',
        path: 'requests/{requestId}/cancel',
        access: 'signed-in',
        summary: 'Takes one’s own request back, an admin any; what is being made is deleted again',
        params,
        usesDurable: true,
        answers: { status: 200, schema: requestAnswer },
      },
      async (call) => {
        const request = await visible(call.caller, call.params.requestId);
        if (!isOwnRequest(call.caller, request) && !isAdmin(call.caller)) throw noSuchRequest();
        const cancelled = await cancelRequest(flow, call.durable(), request.requestId, personOf(call.caller));
        return answer(200, shown(cancelled));
      },
    ),
  ];
};
