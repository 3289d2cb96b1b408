import { acceptedAnswer } from './accepted-answer.ts';
import { act } from './state-machine.ts';
import { computePath, findCompute, findWorkspace, workspacePath } from './arm-lookup.ts';
import { idleMinutes } from './idle-shutdown.ts';
import { isInstanceName } from './compute-body.ts';
import { nodesOf } from './compute-wire.ts';
import { guidOf } from './names.ts';
import { recordWrite } from './record-write.ts';
import { refusalOf, takeFailure } from './scripted-failure.ts';
import { answer, errorAnswer, type WireResponse } from './wire.ts';
import type { ArmRequest, ArmRoute } from './arm-route.ts';
import type { AzureParts } from './azure-parts.ts';
import type { Json } from './json.ts';

const powerAction =
  (action: 'start' | 'stop' | 'restart') =>
  (request: ArmRequest, parts: AzureParts): WireResponse => {
    const compute = findCompute(request, parts);
    if ('missing' in compute) return compute.missing;
    const { record } = compute.found;
    const failure = takeFailure(record.fails, action);
    const scripted = failure === undefined ? null : refusalOf(failure, record.name, action);
    if (scripted !== null) return scripted;
    const fault = failure === 'NoCapacity' || failure === 'StuckStopping' ? failure : null;
    const outcome = act(record, action, request.now, fault);
    if (!outcome.ok) return errorAnswer(outcome.status, outcome.code, outcome.message);
    recordWrite(parts, {
      operation: action,
      record,
      by: request.by,
      now: request.now,
      effectAt: outcome.doneAt,
    });
    if (failure === 'TimeoutAfter') return { kind: 'lost' };
    return acceptedAnswer(request, parts, record, outcome.doneAt, false);
  };

const leastIdleMinutes = 15;
const mostIdleMinutes = 3 * 24 * 60;

function updateIdleSetting(request: ArmRequest, parts: AzureParts): WireResponse {
  // Only previews and one old version know this action; for the others it is no route.
  if (!request.apiVersion.endsWith('-preview') && request.apiVersion !== '2021-07-01') {
    return errorAnswer(
      404,
      'InvalidResourceType',
      'The resource type has no such action in this api-version.',
    );
  }
  const compute = findCompute(request, parts);
  if ('missing' in compute) return compute.missing;
  const { record } = compute.found;
  const failure = takeFailure(record.fails, 'idleSetting');
  const scripted = failure === undefined ? null : refusalOf(failure, record.name, 'idleSetting');
  if (scripted !== null) return scripted;
  const value = request.body['idleTimeBeforeShutdown'] ?? null;
  const minutes = idleMinutes(value);
  const fits =
    value === null || (minutes !== null && minutes >= leastIdleMinutes && minutes <= mostIdleMinutes);
  if (!fits || record.kind !== 'ComputeInstance') {
    return errorAnswer(
      400,
      'ValidationError',
      `idleTimeBeforeShutdown must be a duration of 15 minutes to 3 days, of a compute instance; it is ${JSON.stringify(value)}.`,
    );
  }
  record.inner = { ...record.inner, idleTimeBeforeShutdown: value };
  record.idleSetAt = request.now;
  recordWrite(parts, {
    operation: 'idleSetting',
    record,
    by: request.by,
    now: request.now,
    effectAt: request.now,
  });
  return failure === 'TimeoutAfter' ? { kind: 'lost' } : answer(200);
}

function updateSchedules(request: ArmRequest, parts: AzureParts): WireResponse {
  const compute = findCompute(request, parts);
  if ('missing' in compute) return compute.missing;
  const { record } = compute.found;
  const given = request.body['computeStartStop'];
  if (!Array.isArray(given) || given.length > 4 || record.kind !== 'ComputeInstance') {
    return errorAnswer(400, 'ValidationError', 'computeStartStop must be a list of up to 4 schedules.');
  }
  const schedules = (given as readonly Json[]).map((schedule, index) => ({
    ...(schedule as object),
    id: guidOf('schedule', `${record.key}/${index}`),
    provisioningStatus: 'Completed',
  }));
  record.inner = { ...record.inner, schedules: { computeStartStop: schedules } };
  recordWrite(parts, {
    operation: 'schedules',
    record,
    by: request.by,
    now: request.now,
    effectAt: request.now,
  });
  return answer(200);
}

function listNodes(request: ArmRequest, parts: AzureParts): WireResponse {
  const compute = findCompute(request, parts);
  if ('missing' in compute) return compute.missing;
  const { record } = compute.found;
  const { idle, running } = nodesOf(record, request.now);
  const nodes = Array.from({ length: idle + running }, (_, index) => ({
    nodeId: `tvmps_${guidOf('node', `${record.key}/${index}`).replaceAll('-', '')}`,
    privateIpAddress: `10.0.1.${index + 4}`,
    publicIpAddress: null,
    port: 50000 + index,
    nodeState: index < running ? 'running' : 'idle',
    runId: index < running ? guidOf('run', `${record.key}/${index}`) : null,
  }));
  return answer(200, { nodes });
}

function checkName(request: ArmRequest, parts: AzureParts): WireResponse {
  const workspace = findWorkspace(request, parts);
  if ('missing' in workspace) return workspace.missing;
  const given = request.body['name'];
  const name = typeof given === 'string' ? given : '';
  const valid = isInstanceName(name);
  if (valid && !parts.world.nameTaken(name, workspace.found.location, request.now)) {
    return answer(200, { nameAvailable: true });
  }
  return answer(200, {
    nameAvailable: false,
    reason: valid ? 'AlreadyExists' : 'Invalid',
    message: valid ? `The name ${name} is in use in this region.` : `The name ${name} is not valid.`,
  });
}

export const actionRoutes: readonly ArmRoute[] = [
  { method: 'POST', path: `${computePath}/start`, operation: 'start', handle: powerAction('start') },
  { method: 'POST', path: `${computePath}/stop`, operation: 'stop', handle: powerAction('stop') },
  { method: 'POST', path: `${computePath}/restart`, operation: 'restart', handle: powerAction('restart') },
  {
    method: 'POST',
    path: `${computePath}/updateIdleShutdownSetting`,
    operation: 'idleSetting',
    handle: updateIdleSetting,
  },
  {
    method: 'POST',
    path: `${computePath}/updateSchedules`,
    operation: 'schedules',
    handle: updateSchedules,
  },
  { method: 'POST', path: `${computePath}/listNodes`, operation: 'nodes', handle: listNodes },
  {
    method: 'POST',
    path: `${workspacePath}/checkComputeNameAvailability`,
    operation: 'nameCheck',
    handle: checkName,
  },
];
