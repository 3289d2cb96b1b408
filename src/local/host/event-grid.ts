import type { FunctionRunner, RunRequest } from './function-runner.ts';
import { emptyResponse, headerValue, textResponse, type HostRequest, type HostResponse } from './messages.ts';
import { queryValue, type RequestTarget } from './request-target.ts';
import type { RegisteredFunction } from './types.ts';

/** The webhook that Event Grid delivers to: `/runtime/webhooks/EventGrid?functionName=…`. The key was checked before. */
export async function eventGridWebhook(
  functions: ReadonlyMap<string, RegisteredFunction>,
  runner: FunctionRunner,
  request: HostRequest,
  target: RequestTarget,
): Promise<HostResponse> {
  const functionName = queryValue(target, 'functionName') ?? '';
  const fn = functions.get(functionName);
  if (fn === undefined) return textResponse(404, `cannot find function: '${functionName}'`);
  switch (headerValue(request.headers, 'aeg-event-type')?.toLowerCase() ?? '') {
    case 'subscriptionvalidation':
      return validate(request);
    case 'notification':
      return deliver(fn, runner, request);
    case 'unsubscribe':
      return emptyResponse(202);
    default:
      return request.method === 'OPTIONS'
        ? emptyResponse(200, [['Webhook-Allowed-Origin', 'eventgrid.azure.net']])
        : emptyResponse(400);
  }
}

/** One run of an Event Grid function; `source` decides what the handler finds in its trigger metadata. */
export function eventGridRun(
  fn: RegisteredFunction,
  event: Readonly<Record<string, unknown>>,
  source: 'webhook' | 'admin',
): RunRequest {
  const json = JSON.stringify(event);
  const data = event['data'] === undefined ? {} : { data: { json: JSON.stringify(event['data']) } };
  return {
    functionName: fn.name,
    trigger: { json },
    triggerMetadata: source === 'admin' ? { ...data, [fn.triggerBinding]: { json } } : data,
    reason:
      source === 'admin'
        ? 'This function was programmatically called via the host APIs.'
        : 'EventGrid trigger fired',
  };
}

function validate(request: HostRequest): HostResponse {
  const data = parseEvents(request.body)?.[0]?.['data'];
  if (typeof data !== 'object' || data === null) return emptyResponse(500);
  const code = (data as Record<string, unknown>)['validationCode'] ?? null;
  return textResponse(200, JSON.stringify({ validationResponse: code }));
}

/** Every event is run, also when one fails; a single failure makes Event Grid send the whole batch again. */
async function deliver(
  fn: RegisteredFunction,
  runner: FunctionRunner,
  request: HostRequest,
): Promise<HostResponse> {
  const events = parseEvents(request.body);
  if (events === undefined) return emptyResponse(500);
  const outcomes = await Promise.all(events.map((event) => runner.run(eventGridRun(fn, event, 'webhook'))));
  return outcomes.every(({ ok }) => ok)
    ? emptyResponse(202)
    : textResponse(500, `Exception while executing function: Functions.${fn.name}`);
}

/** An array of objects, or one object alone; `undefined` for anything else. */
export function parseEvents(body: Uint8Array): readonly Record<string, unknown>[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  const events: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return events.every(isEvent) ? events : undefined;
}

function isEvent(event: unknown): event is Record<string, unknown> {
  return typeof event === 'object' && event !== null && !Array.isArray(event);
}
