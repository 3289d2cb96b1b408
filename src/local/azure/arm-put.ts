import { operationHeaders } from './accepted-answer.ts';
import { clusterFrom, createdRecord, tagsOf } from './created-record.ts';
import { findWorkspace } from './arm-lookup.ts';
import { innerOf, isAttached, isInstanceName, outerOf } from './compute-body.ts';
import { quotaRefusal } from './quota.ts';
import { recordWrite } from './record-write.ts';
import { refusalOf, takeFailure } from './scripted-failure.ts';
import { renderCompute } from './compute-wire.ts';
import { answer, errorAnswer, type WireResponse } from './wire.ts';
import type { ArmRequest } from './arm-route.ts';
import type { AzureParts, CreationPlan } from './azure-parts.ts';
import type { WorkspaceRecord } from './compute-record.ts';

const otherName = /^[A-Za-z][-A-Za-z0-9]{1,62}$/;
const knownKind = (kind: unknown): boolean =>
  kind === 'ComputeInstance' || kind === 'AmlCompute' || isAttached(kind);

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
  const nameFits = kind === 'ComputeInstance' ? isInstanceName(name) : otherName.test(name);
  if (!nameFits) return errorAnswer(400, 'ValidationError', `The compute name ${name} is not valid.`);
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

/** Makes or attaches a compute, or overwrites the one of that name. */
export function put(request: ArmRequest, parts: AzureParts): WireResponse {
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
