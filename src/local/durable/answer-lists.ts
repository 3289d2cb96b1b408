import { findInstances, instanceQuery } from './instance-query.ts';
import { empty, json, type ManagementResponse } from './management-answers.ts';
import { unlessRefused, type ManagementCall } from './management-call.ts';
import { statusBody } from './status-body.ts';

const TOKEN_HEADER = 'x-ms-continuation-token';

/** Instances that fit the query, a page of them if `top` is given; the token in the header names the next page's first. */
export function answerList(call: ManagementCall): ManagementResponse {
  const { engine, parameters, request } = call;
  const found = findInstances(engine.state.instances.values(), instanceQuery(parameters));
  const token = request.headers[TOKEN_HEADER] ?? '';
  const fromId = Buffer.from(token, 'base64').toString();
  const left = token === '' ? found : found.filter(({ instanceId }) => instanceId >= fromId);
  const top = Number(parameters.get('top') ?? Number.NaN);
  const page = Number.isInteger(top) && top > 0 ? left.slice(0, top) : left;
  const next = left[page.length];
  const showInput = unlessRefused(call, 'showInput');
  const bodies = page.map((row) => statusBody(row, { showInput, history: null, showHistoryOutput: false }));
  return json(200, bodies, {
    [TOKEN_HEADER]: next === undefined ? '' : Buffer.from(next.instanceId).toString('base64'),
  });
}

/** Purges one instance that has ended. */
export function answerPurge({ engine }: ManagementCall, instanceId: string): ManagementResponse {
  const outcome = engine.client.purge(instanceId);
  switch (outcome.kind) {
    case 'purged':
      return json(200, { instancesDeleted: 1 });
    case 'missing':
      return empty(404);
    case 'unfinished':
      return json(
        412,
        'Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ' +
          `${instanceId} has status ${outcome.status}`,
      );
  }
}

/** Purges what fits the query, also what still runs if the query says so, as on Azure. */
export function answerPurgeMany({ engine, parameters }: ManagementCall): ManagementResponse {
  const query = instanceQuery(parameters);
  if (query.createdFrom === null) return json(400, "Please provide value for 'createdTimeFrom' parameter.");
  const rows = findInstances(engine.state.instances.values(), query);
  if (rows.length === 0) return empty(404);
  return json(200, { instancesDeleted: engine.client.purgeAll(rows) });
}
