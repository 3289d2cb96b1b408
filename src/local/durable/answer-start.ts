import type { StartOutcome } from './client-operations.ts';
import { isFinished, type InstanceRow } from './hub-rows.ts';
import { exception, invalidJson, json, notOffered, type ManagementResponse } from './management-answers.ts';
import type { ManagementCall } from './management-call.ts';
import { startLinks } from './management-links.ts';
import { statusBody } from './status-body.ts';

const DEFAULT_POLLING_SECONDS = 1;

/** Starts an orchestration; with `timeout` in the query the answer waits, by the engine's clock, for its end. */
export async function answerStart(
  call: ManagementCall,
  name: string,
  instanceId: string | null,
): Promise<ManagementResponse> {
  const { engine, parameters, request } = call;
  if (parameters.has('version')) return notOffered('versions of orchestrations');
  const input = request.body === null || request.body === '' ? null : request.body;
  const bad = input === null ? null : invalidJson(input);
  if (bad !== null) return bad;
  const outcome = engine.client.start({ name, input, ...(instanceId === null ? {} : { instanceId }) });
  const timeoutSeconds = Number(parameters.get('timeout') ?? Number.NaN);
  if (outcome.kind === 'conflict' || Number.isNaN(timeoutSeconds)) return started(call, outcome);
  const intervalSeconds = Number(parameters.get('pollingInterval') ?? DEFAULT_POLLING_SECONDS);
  return waited(call, outcome, timeoutSeconds * 1000, Math.max(1, intervalSeconds * 1000));
}

/** Starts an instance anew, by default under a new id. */
export function answerRestart(call: ManagementCall, instanceId: string): ManagementResponse {
  const { engine, parameters } = call;
  if (!engine.state.instances.has(instanceId)) {
    return exception(
      400,
      'InstanceId does not match a valid orchestration instance.',
      `No instance with ID '${instanceId}' was found. (Parameter 'instanceId')`,
      'System.ArgumentException',
    );
  }
  const sameId = parameters.get('restartWithNewInstanceId')?.toLowerCase() === 'false';
  const outcome = engine.client.restart(instanceId, sameId);
  if (outcome.kind === 'started') return started(call, outcome);
  return exception(
    409,
    'A non-terminal instance with this instance ID already exists.',
    `An Orchestration instance with the status ${outcome.status} already exists.`,
    'DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException',
  );
}

function started({ url, address }: ManagementCall, outcome: StartOutcome): ManagementResponse {
  if (outcome.kind === 'conflict') {
    return json(409, {
      Message: `An Orchestration instance with the status ${outcome.status} already exists.`,
    });
  }
  const links = startLinks(url.origin, outcome.instanceId, address);
  return json(202, links, { location: linkHeader(links.statusQueryGetUri), 'retry-after': '10' });
}

async function waited(
  call: ManagementCall,
  outcome: StartOutcome,
  timeoutMs: number,
  intervalMs: number,
): Promise<ManagementResponse> {
  const { clock, state } = call.engine;
  const giveUpAt = clock.now() + timeoutMs;
  for (;;) {
    const row = state.instances.get(outcome.instanceId);
    if (row !== undefined && isFinished(row.status)) return finished(row);
    if (clock.now() >= giveUpAt) return started(call, outcome);
    const nextAt = Math.min(clock.now() + intervalMs, giveUpAt);
    await new Promise<void>((resolve) => {
      clock.at(nextAt, resolve);
    });
  }
}

/** The bare output; after a failure the whole status, and 200 too. */
function finished(row: InstanceRow): ManagementResponse {
  const body = statusBody(row, { showInput: true, history: null, showHistoryOutput: false });
  return json(200, row.status === 'Completed' ? body.output : body);
}

/** A link in a header is a .NET URI, which leaves a tilde plain. */
function linkHeader(link: string): string {
  return link.replaceAll('%7E', '~');
}
