import { acceptedAnswer } from './accepted-answer.ts';
import { clusterFrom } from './created-record.ts';
import { computePath, findCompute, findWorkspace, workspacePath } from './arm-lookup.ts';
import { innerOf, isAttached, outerOf } from './compute-body.ts';
import { page } from './paging.ts';
import { put } from './arm-put.ts';
import { recordWrite } from './record-write.ts';
import { refusalOf, takeFailure } from './scripted-failure.ts';
import { remove } from './state-machine.ts';
import { nodesOf, renderCompute, renderThinRow } from './compute-wire.ts';
import { answer, errorAnswer, type WireResponse } from './wire.ts';
import type { ArmRequest, ArmRoute } from './arm-route.ts';
import type { AzureParts } from './azure-parts.ts';
import type { ComputeRecord } from './compute-record.ts';
import type { JsonObject } from './json.ts';

/** The last instant that a Date can hold: unlike Infinity it survives JSON. */
const endOfTime = 8.64e15;

/** The compute in the words of the api-version that was asked for. */
function rendered(record: ComputeRecord, { apiVersion, now }: ArmRequest, parts: AzureParts): JsonObject {
  const since = parts.habits.idleSettingSince;
  const whole = renderCompute(record, now);
  if (since === null || apiVersion >= since) return whole;
  const outer = outerOf(whole);
  const { idleTimeBeforeShutdown: _, ...inner } = innerOf(whole);
  return { ...whole, properties: { ...outer, properties: inner } };
}

function list(request: ArmRequest, parts: AzureParts): WireResponse {
  const workspace = findWorkspace(request, parts);
  if ('missing' in workspace) return workspace.missing;
  const rows = parts.world.computesOf(workspace.found, request.now);
  return page(rows, parts.habits.pageSize, request, (record) =>
    parts.habits.thinRows ? renderThinRow(record) : rendered(record, request, parts),
  );
}

function get(request: ArmRequest, parts: AzureParts): WireResponse {
  const compute = findCompute(request, parts);
  if ('missing' in compute) return compute.missing;
  const failure = takeFailure(compute.found.record.fails, 'get');
  const refusal = failure === undefined ? null : refusalOf(failure, compute.found.record.name, 'get');
  return refusal ?? answer(200, rendered(compute.found.record, request, parts));
}

function patch(request: ArmRequest, parts: AzureParts): WireResponse {
  const compute = findCompute(request, parts);
  if ('missing' in compute) return compute.missing;
  const { record } = compute.found;
  const failure = takeFailure(record.fails, 'patch');
  const scripted = failure === undefined ? null : refusalOf(failure, record.name, 'patch');
  if (scripted !== null) return scripted;
  if (record.cluster === null) {
    return errorAnswer(400, 'BadRequest', 'Only the scale settings of an AmlCompute can be patched.');
  }
  const held = nodesOf(record, request.now);
  const given = record.cluster.nodes ?? [];
  const said = given.some(({ fromAt, toAt }) => fromAt <= request.now && request.now < toAt);
  // Nodes that were up because of the old minimum stay up until the new one has been in force for the idle time.
  const nodes = said ? given : [...given, { ...held, fromAt: request.now, toAt: endOfTime }];
  record.cluster = { ...clusterFrom(innerOf(request.body), record.cluster), nodes };
  record.patchedAt = request.now;
  record.modifiedAt = request.now;
  recordWrite(parts, {
    operation: 'patch',
    record,
    by: request.by,
    now: request.now,
    effectAt: request.now,
  });
  return failure === 'TimeoutAfter' ? { kind: 'lost' } : answer(200, renderCompute(record, request.now));
}

const removalOf = (request: ArmRequest): 'delete' | 'detach' =>
  request.query.get('underlyingResourceAction')?.toLowerCase() === 'detach' ? 'detach' : 'delete';

function removeCompute(request: ArmRequest, parts: AzureParts): WireResponse {
  const asked = request.query.get('underlyingResourceAction');
  if (asked === null || !/^(delete|detach)$/i.test(asked)) {
    return errorAnswer(400, 'ValidationError', 'underlyingResourceAction must be Delete or Detach.');
  }
  const workspace = findWorkspace(request, parts);
  if ('missing' in workspace) return workspace.missing;
  const compute = findCompute(request, parts);
  if ('missing' in compute) return answer(204);
  const { record } = compute.found;
  const operation = removalOf(request);
  const failure = takeFailure(record.fails, operation);
  const scripted = failure === undefined ? null : refusalOf(failure, record.name, operation);
  if (scripted !== null) return scripted;
  if (operation === 'detach' && !isAttached(record.kind)) {
    return errorAnswer(400, 'BadRequest', `A compute of type ${record.kind} cannot be detached.`);
  }
  const outcome = remove(record, operation === 'delete' ? 'Delete' : 'Detach', request.now);
  if (!outcome.ok) return errorAnswer(outcome.status, outcome.code, outcome.message);
  recordWrite(parts, { operation, record, by: request.by, now: request.now, effectAt: outcome.doneAt });
  if (failure === 'TimeoutAfter') return { kind: 'lost' };
  return acceptedAnswer(request, parts, record, outcome.doneAt, true);
}

export const computeRoutes: readonly ArmRoute[] = [
  { method: 'GET', path: `${workspacePath}/computes`, operation: 'list', handle: list },
  { method: 'GET', path: computePath, operation: 'get', handle: get },
  {
    method: 'PUT',
    path: computePath,
    operation: ({ body }) => (isAttached(outerOf(body)['computeType']) ? 'attach' : 'create'),
    handle: put,
  },
  { method: 'PATCH', path: computePath, operation: 'patch', handle: patch },
  { method: 'DELETE', path: computePath, operation: removalOf, handle: removeCompute },
];
