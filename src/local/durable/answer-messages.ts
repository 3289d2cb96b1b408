import { answerRestart } from './answer-start.ts';
import type { SendOutcome } from './client-operations.ts';
import { isFinished } from './hub-rows.ts';
import {
  empty,
  exception,
  invalidJson,
  json,
  notOffered,
  type ManagementResponse,
} from './management-answers.ts';
import type { ManagementCall } from './management-call.ts';

/** Raises an event; its body must be JSON and say so. */
export function answerRaise(call: ManagementCall, instanceId: string, eventName: string): ManagementResponse {
  const { engine, request } = call;
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    return json(400, { Message: 'Only application/json request content is supported' });
  }
  const row = engine.state.instances.get(instanceId);
  if (row === undefined) return empty(404);
  if (isFinished(row.status)) return empty(410);
  const input = request.body ?? '';
  return (
    invalidJson(input) ?? sent(engine.client.raiseEvent(instanceId, eventName, input), instanceId, 'raise')
  );
}

/** `terminate`, `suspend`, `resume`, `rewind` or `restart`; 404 for anything else. */
export function answerOperation(
  call: ManagementCall,
  instanceId: string,
  operation: string,
): ManagementResponse {
  const { client } = call.engine;
  const reason = call.parameters.get('reason');
  switch (operation) {
    case 'terminate':
      return sent(client.terminate(instanceId, reason), instanceId, operation);
    case 'suspend':
      return sent(client.suspend(instanceId, reason), instanceId, operation);
    case 'resume':
      return sent(client.resume(instanceId, reason), instanceId, operation);
    case 'rewind':
      return answerRewind(call, instanceId);
    case 'restart':
      return answerRestart(call, instanceId);
    default:
      return empty(404);
  }
}

function answerRewind({ engine }: ManagementCall, instanceId: string): ManagementResponse {
  const row = engine.state.instances.get(instanceId);
  if (row === undefined) return json(404, `No orchestration with instance ID "$${instanceId}" found.`);
  if (row.status === 'Failed') return notOffered('rewind');
  return json(
    412,
    `This orchestration has status ${row.status}, but only orchestrations in the "Failed" state can be rewound.`,
  );
}

function sent(outcome: SendOutcome, instanceId: string, verb: string): ManagementResponse {
  switch (outcome.kind) {
    case 'accepted':
      return empty(202);
    case 'missing':
      return empty(404);
    case 'finished':
      return empty(410);
    case 'wrongState':
      return exception(
        500,
        'Something went wrong while processing your request',
        `Cannot ${verb} the orchestration instance ${instanceId} because instance is in the ${outcome.status} state.`,
        'System.InvalidOperationException',
      );
  }
}
