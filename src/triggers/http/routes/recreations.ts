import { isAdmin, personOf } from '../../../auth/caller.ts';
import { LamplighterError } from '../../../core/errors.ts';
import { computeKey, type ComputeRef, shortHash } from '../../../core/ids.ts';
import { recreationConsequence } from '../../../core/provision/recreation-text.ts';
import { fleetFacts } from '../../../fleet/provision/fleet-facts.ts';
import { requestIdOf } from '../../../fleet/provision/provision-id.ts';
import { submitRecreation } from '../../../fleet/provision/submit-recreation.ts';
import { earlierRequest } from '../../../fleet/provision/submit-request.ts';
import { requestView, requestViewOf } from '../../../present/json/request-view.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { computeParams, computePathTemplate } from '../compute-params.ts';
import { type RecreateBody, recreateBody, resizeBody } from '../recreation-body.ts';
import { refusedAnswer } from '../refused-answer.ts';
import { answer, type Answer, type Call, route, type Route } from '../route.ts';
import { usableInstance } from '../usable-instance.ts';

/** Whoever asks has an eye on it: a quarter of an hour without use is enough. */
const quietForMs = 15 * 60_000;

function unconfirmed(ref: ComputeRef): LamplighterError {
  return new LamplighterError(`${ref.compute} would be deleted and made again. ${recreationConsequence}`, {
    code: 'instance.unconfirmed',
    fault: 'caller',
    field: 'confirm',
    fix: `Send it again with "confirm": "${ref.compute}" if that is what you want.`,
  });
}

/** Another size, or a new OS image: Azure knows neither, so that the instance is deleted and made again as it was. */
export const recreations = ({ ports, settings }: AppDoors): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  const facts = fleetFacts(flow);
  const shape = {
    method: 'POST',
    access: 'signed-in',
    params: computeParams,
    creates: true,
    usesDurable: true,
    answers: { status: 202, schema: requestView.extend({ formatVersion }) },
  } as const;

  async function begin(
    call: Call<ComputeRef, undefined, RecreateBody>,
    vmSize: string | null,
  ): Promise<Answer> {
    const { caller, params, body } = call;
    const requestId = requestIdOf(caller.objectId, call.idempotencyKey ?? '');
    const bodyHash = shortHash(JSON.stringify([computeKey(params), vmSize, body]));
    const known = await earlierRequest(flow, { requestId, bodyHash });
    const request = known ?? (await submit());
    if (request.status === 'refused') return refusedAnswer(request, call.correlationId);
    const shown = { formatVersion: 1, ...requestViewOf(request) };
    return answer(202, shown, { location: `/api/requests/${request.requestId}` });

    async function submit() {
      const compute = await usableInstance(flow, caller, params);
      if (body.confirm?.toLowerCase() !== params.compute.toLowerCase()) throw unconfirmed(compute.ref);
      return submitRecreation(flow, facts, call.durable(), {
        requestId,
        bodyHash,
        requestedBy: personOf(caller),
        mayAskForOthers: isAdmin(caller),
        compute,
        vmSize,
        sshPublicKey: body.sshPublicKey ?? null,
        accepted: body.accept,
        acceptsUnknownUse: body.acceptUnknownUse,
        quietForMs,
        campaignId: null,
        tenantId: settings.tenantId,
      });
    }
  }

  return [
    route(
      {
        ...shape,
        name: 'httpInstancesResize',
        path: `${computePathTemplate}/resize`,
        summary:
          'Gives an instance another size by deleting it and making it again; files on the workspace share stay, its OS disk goes',
        body: resizeBody,
      },
      async ({ body: { vmSize, ...body }, ...call }) => begin({ ...call, body }, vmSize),
    ),
    route(
      {
        ...shape,
        name: 'httpInstancesRecreate',
        path: `${computePathTemplate}/recreate`,
        summary: 'Deletes an instance and makes it again as it was, with the newest image; its OS disk goes',
        body: recreateBody,
      },
      async (call) => begin(call, null),
    ),
  ];
};
