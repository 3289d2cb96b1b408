import { acceptedAnswer, operationHeaders } from './accepted-answer.ts';
import { clusterFrom, createdRecord, tagsOf } from './created-record.ts';
import { computePath, findCompute, findWorkspace, workspacePath } from './arm-lookup.ts';
import { isObject, type JsonObject } from './json.ts';
import { page } from './paging.ts';
import { quotaRefusal } from './quota.ts';
import { recordWrite } from './record-write.ts';
import { refusalOf, takeFailure } from './scripted-failure.ts';
import { remove } from './state-machine.ts';
import { renderCompute, renderThinRow } from './compute-wire.ts';
import { answer, errorAnswer, type WireResponse } from './wire.ts';
import { attachedKinds } from './world-spec.ts';
import type { ArmRequest, ArmRoute } from './arm-route.ts';
import type { AzureParts, CreationPlan } from './azure-parts.ts';
import type { WorkspaceRecord } from './compute-record.ts';

const instanceName = /^(?=.{3,24}$)[A-Za-z][A-Za-z0-9]*(?:-+[A-Za-z][A-Za-z0-9]*)*$/;
const otherName = /^[A-Za-z][-A-Za-z0-9]{1,62}$/;
const isAttached = (kind: unknown): boolean => attachedKinds.some((known) => known === kind);
const knownKind = (kind: unknown): boolean =>
  kind === 'ComputeInstance' || kind === 'AmlCompute' || isAttached(kind);

const outerOf = (body: JsonObject): JsonObject => (isObject(body['properties']) ? body['properties'] : {});
const innerOf = (body: JsonObject): JsonObject => {
  const inner = outerOf(body)['properties'];
  return isObject(inner) ? inner : {};
};

function list(request: ArmRequest, parts: AzureParts): WireResponse {
  const workspace = findWorkspace(request, parts);
  if ('missing' in workspace) return workspace.missing;
  const rows = parts.world.computesOf(workspace.found, request.now);
  return page(rows, parts.habits.pageSize, request, (record) =>
    parts.habits.thinRows ? renderThinRow(record) : renderCompute(record, request.now),
  );
}

function get(request: ArmRequest, parts: AzureParts): WireResponse {
  const compute = findCompute(request, parts);
  if ('missing' in compute) return compute.missing;
  const failure = takeFailure(compute.found.record.fails, 'get');
  const refusal = failure === undefined ? null : refusalOf(failure, compute.found.record.name, 'get');
  return refusal ?? answer(200, renderCompute(compute.found.record, request.now));
}

function planFor(
  request: ArmRequest,
  parts: AzureParts,
  workspace: WorkspaceRecord,
  name: string,
): CreationPlan {
  const key = `${workspace.key}/computes/${name.toLowerCase()}`;
  const known = parts.plans.get(key);
  if (known !== undefined) return known;
  const planned = parts.planCreation?.({
    workspace,
    name,
    tags: tagsOf(request.body),
    body: request.body,
    by: request.by,
  });
  const plan: CreationPlan = { metrics: [], jobs: [], disk: [], fails: {}, ...planned };
  parts.plans.set(key, plan);
  return plan;
}

/** Why Azure would not take this PUT at all. */
function putRefusal(
  request: ArmRequest,
  parts: AzureParts,
  workspace: WorkspaceRecord,
  name: string,
): WireResponse | null {
  const kind = outerOf(request.body)['computeType'];
  if (!knownKind(kind)) {
    return errorAnswer(400, 'ValidationError', `The compute type ${JSON.stringify(kind)} is not known.`);
  }
  const pattern = kind === 'ComputeInstance' ? instanceName : otherName;
  if (!pattern.test(name))
    return errorAnswer(400, 'ValidationError', `The compute name ${name} is not valid.`);
  const inner = innerOf(request.body);
  const managed = !isAttached(kind);
  if (!managed && kind !== 'DataFactory' && typeof outerOf(request.body)['resourceId'] !== 'string') {
    return errorAnswer(
      400,
      'ValidationError',
      `A compute of type ${JSON.stringify(kind)} needs a resourceId.`,
    );
  }
  const size = typeof inner['vmSize'] === 'string' ? inner['vmSize'] : null;
  if (managed && size === null) return errorAnswer(400, 'ValidationError', 'vmSize is required.');
  const existing = parts.world.compute(workspace, name, request.now);
  if (
    existing === undefined &&
    kind === 'ComputeInstance' &&
    parts.world.nameTaken(name, workspace.location, request.now)
  ) {
    return errorAnswer(
      409,
      'ComputeNameNotAvailable',
      `The name ${name} is in use in ${workspace.location}.`,
    );
  }
  if (existing !== undefined && existing.pending !== null) {
    return errorAnswer(409, 'Conflict', `${name} is busy: ${existing.pending.operation} is in progress.`);
  }
  if (size === null || !managed || existing !== undefined) return null;
  if (!parts.world.sizes.has(size.toLowerCase())) {
    return errorAnswer(400, 'InvalidVmSize', `The size ${size} is not available in ${workspace.location}.`);
  }
  const nodes = kind === 'ComputeInstance' ? 1 : clusterFrom(inner, null).minNodes;
  const lack = quotaRefusal(parts.world, workspace, size, nodes, request.now);
  return lack === null ? null : errorAnswer(400, 'QuotaExceeded', lack);
}

function put(request: ArmRequest, parts: AzureParts): WireResponse {
  const found = findWorkspace(request, parts);
  if ('missing' in found) return found.missing;
  const workspace = found.found;
  const name = request.params['compute'] ?? '';
  const attaching = isAttached(outerOf(request.body)['computeType']);
  const operation = attaching ? 'attach' : 'create';
  const plan = planFor(request, parts, workspace, name);
  const existing = parts.world.compute(workspace, name, request.now);
  const failure = takeFailure(existing?.fails ?? plan.fails, operation);
  const scripted = failure === undefined ? null : refusalOf(failure, name, operation);
  const refusal = scripted ?? putRefusal(request, parts, workspace, name);
  if (refusal !== null) return refusal;
  const record = createdRecord(
    workspace,
    name,
    request.body,
    plan,
    request.by,
    request.now,
    failure === 'NoCapacity',
  );
  parts.world.put(record);
  const doneAt = record.pending?.at ?? request.now;
  recordWrite(parts, {
    operation,
    record,
    by: request.by,
    now: request.now,
    effectAt: attaching ? doneAt : request.now,
    overwrote: existing !== undefined,
  });
  if (failure === 'TimeoutAfter') return { kind: 'lost' };
  const { status } = operationHeaders(request, parts, record, doneAt);
  return answer(existing === undefined ? 201 : 200, renderCompute(record, request.now), {
    'azure-asyncoperation': status,
  });
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
  record.cluster = clusterFrom(innerOf(request.body), record.cluster);
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
  const compute = findCompute(request, parts);
  if ('missing' in compute) return request.params['compute'] === undefined ? compute.missing : answer(204);
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
