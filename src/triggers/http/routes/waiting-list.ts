import { z } from 'zod';
import { isAdmin, nameOf } from '../../../auth/caller.ts';
import type { Place } from '../../../core/waiting/place.ts';
import { fleetFacts } from '../../../fleet/provision/fleet-facts.ts';
import { noSuchRequest } from '../../../fleet/provision/request-faults.ts';
import { confirmPlace, leavePlace } from '../../../fleet/waiting/answer-offer.ts';
import { serveAside } from '../../../fleet/waiting/serve-waiting-list.ts';
import { takePlace } from '../../../fleet/waiting/take-place.ts';
import { listPlaces, readPlace } from '../../../ledger/waiting-list.ts';
import { type PlaceView, placeView, placeViewOf } from '../../../present/json/place-view.ts';
import { requestView, requestViewOf } from '../../../present/json/request-view.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { isOwnPlace, ownPlace } from '../own-place.ts';
import { refusedAnswer } from '../refused-answer.ts';
import { answer, route, type Route } from '../route.ts';
import { isOwnRequest, mayApprove, visibleRequest } from '../visible-request.ts';

const placeAnswer = placeView.extend({ formatVersion });
const params = z.object({ placeId: z.string().max(100) });

/** Waiting for room, and what to do when there is some. */
export const waitingList = ({ ports, settings }: AppDoors): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  const facts = fleetFacts(flow);
  const { ledger } = ports;

  const shown = async (place: Place): Promise<PlaceView> =>
    placeViewOf(
      place,
      (await listPlaces(ledger)).map((stored) => stored.place),
    );

  return [
    route(
      {
        name: 'httpRequestsWait',
        method: 'POST',
        path: 'requests/{requestId}/wait',
        access: 'signed-in',
        summary: 'Takes a place on the waiting list for what was refused for want of room',
        params: z.object({ requestId: z.string().max(100) }),
        body: z
          .strictObject({
            autoStart: z
              .boolean()
              .default(false)
              .meta({ description: 'Ask for it at once when there is room, without asking back' }),
          })
          .default({ autoStart: false }),
        usesDurable: true,
        answers: { status: 200, schema: placeAnswer },
      },
      async (call) => {
        const request = await visibleRequest(ledger, call.caller, call.params.requestId);
        if (!isOwnRequest(call.caller, request) && !isAdmin(call.caller)) throw noSuchRequest();
        const place = await takePlace(flow, facts, request, call.body);
        // There may be room by now.
        await serveAside(flow, call.durable());
        const now = (await readPlace(ledger, place.placeId))?.place ?? place;
        return answer(200, { formatVersion: 1, ...(await shown(now)) });
      },
    ),
    route(
      {
        name: 'httpWaitingList',
        method: 'GET',
        path: 'waiting-list',
        access: 'signed-in',
        summary: 'Places on the waiting list, first come first: one’s own, for approvers and admins all',
        query: z.strictObject({
          open: z.literal('true').optional().meta({ description: 'Only those that have not ended' }),
          mine: z.literal('true').optional().meta({ description: 'Only one’s own' }),
        }),
        answers: { status: 200, schema: z.object({ formatVersion, places: z.array(placeView) }) },
      },
      async (call) => {
        const { mine, open } = call.query;
        const line = (await listPlaces(ledger)).map(({ place }) => place);
        const visible = line.filter(
          (place) =>
            (isOwnPlace(call.caller, place) || (mine === undefined && mayApprove(call.caller))) &&
            (open === undefined || place.endedAt === null),
        );
        return answer(200, {
          formatVersion: 1,
          places: visible.map((place) => placeViewOf(place, line)),
        });
      },
    ),
    route(
      {
        name: 'httpWaitingListConfirm',
        method: 'POST',
        path: 'waiting-list/{placeId}/confirm',
        access: 'signed-in',
        summary: 'Takes the room that is held for a place: the machine is asked for, through all the rules',
        params,
        usesDurable: true,
        answers: { status: 202, schema: requestView.extend({ formatVersion }) },
      },
      async (call) => {
        const place = await ownPlace(ledger, call.caller, call.params.placeId);
        const request = await confirmPlace(flow, facts, call.durable(), place);
        if (request.status === 'refused') return refusedAnswer(request, call.correlationId);
        return answer(
          202,
          { formatVersion: 1, ...requestViewOf(request) },
          { location: `/api/requests/${request.requestId}` },
        );
      },
    ),
    route(
      {
        name: 'httpWaitingListLeave',
        method: 'DELETE',
        path: 'waiting-list/{placeId}',
        access: 'signed-in',
        summary: 'Gives a place up; room that was held for it goes to the next who waits',
        params,
        usesDurable: true,
        answers: { status: 200, schema: placeAnswer },
      },
      async (call) => {
        const place = await ownPlace(ledger, call.caller, call.params.placeId);
        const left = await leavePlace(flow, place.placeId, nameOf(call.caller));
        await serveAside(flow, call.durable());
        return answer(200, { formatVersion: 1, ...(await shown(left)) });
      },
    ),
  ];
};
