import type { DurableEngine } from './durable-engine.ts';
import type { PurgeOutcome, SendOutcome, StartOutcome } from './client-operations.ts';
import { DuplicateTaskId } from './history-view.ts';
import type { InstanceRow } from './hub-rows.ts';
import { isFinished } from './hub-rows.ts';
import { findInstances, instanceQuery } from './instance-query.ts';
import {
  empty,
  exception,
  invalidJson,
  json,
  notOffered,
  type ManagementRequest,
  type ManagementResponse,
} from './management-answers.ts';
import { startLinks, type ManagementAddress } from './management-links.ts';
import { managementRoute, type ManagementRoute } from './management-route.ts';
import { statusBody } from './status-body.ts';

type Call = {
  readonly request: ManagementRequest;
  readonly url: URL;
  readonly parameters: URLSearchParams;
};

/**
 * The HTTP management API as the extension answers it, under `/runtime/webhooks/durabletask/` and, for the client in the app, under
 * `/durabletask/`. Calls only change the hub; only start-and-wait waits, by the engine's clock.
 */
export class ManagementApi {
  readonly #engine: DurableEngine;
  readonly #address: ManagementAddress;

  constructor(engine: DurableEngine, address: ManagementAddress) {
    this.#engine = engine;
    this.#address = address;
  }

  async handle(request: ManagementRequest): Promise<ManagementResponse> {
    const url = new URL(request.url);
    const route = managementRoute(url.pathname);
    const call = { request, url, parameters: url.searchParams };
    return route === null ? empty(404) : this.#route(route, call);
  }

  async #route(route: ManagementRoute, call: Call): Promise<ManagementResponse> {
    const method = call.request.method.toUpperCase();
    switch (route.kind) {
      case 'start':
        return method === 'POST' ? this.#start(route.name, route.instanceId, call) : empty(404);
      case 'instances':
        if (method === 'GET') return this.#list(call);
        return method === 'DELETE' ? this.#purgeMany(call) : empty(404);
      case 'instance':
        if (method === 'GET') return this.#status(route.instanceId, call);
        return method === 'DELETE' ? this.#purge(route.instanceId) : empty(404);
      case 'raiseEvent':
        return method === 'POST' ? this.#raise(route.instanceId, route.eventName, call) : empty(404);
      case 'operation':
        return method === 'POST' ? this.#operate(route.instanceId, route.operation, call) : empty(404);
      case 'entities':
        return notOffered('entities');
    }
  }

  async #start(name: string, instanceId: string | null, call: Call): Promise<ManagementResponse> {
    if (call.parameters.has('version')) return notOffered('versions of orchestrations');
    const { body } = call.request;
    const input = body === null || body === '' ? null : body;
    const bad = input === null ? null : invalidJson(input);
    if (bad !== null) return bad;
    const outcome = this.#engine.client.start({
      name,
      input,
      ...(instanceId === null ? {} : { instanceId }),
    });
    const timeoutSeconds = Number(call.parameters.get('timeout') ?? Number.NaN);
    if (outcome.kind === 'conflict' || Number.isNaN(timeoutSeconds)) return this.#started(outcome, call);
    const intervalSeconds = Number(call.parameters.get('pollingInterval') ?? 1);
    return this.#waited(outcome, call, timeoutSeconds * 1000, intervalSeconds * 1000);
  }

  #started(outcome: StartOutcome, call: Call): ManagementResponse {
    if (outcome.kind === 'conflict') {
      return json(409, {
        Message: `An Orchestration instance with the status ${outcome.status} already exists.`,
      });
    }
    const links = startLinks(call.url.origin, outcome.instanceId, this.#address);
    return json(202, links, { location: linkHeader(links.statusQueryGetUri), 'retry-after': '10' });
  }

  async #waited(
    outcome: StartOutcome,
    call: Call,
    timeoutMs: number,
    intervalMs: number,
  ): Promise<ManagementResponse> {
    const { clock, state } = this.#engine;
    const giveUpAt = clock.now() + timeoutMs;
    for (;;) {
      const row = state.instances.get(outcome.instanceId);
      if (row !== undefined && isFinished(row.status)) return finished(row);
      if (clock.now() >= giveUpAt) return this.#started(outcome, call);
      const nextAt = Math.min(clock.now() + Math.max(1, intervalMs), giveUpAt);
      await new Promise<void>((resolve) => {
        clock.at(nextAt, resolve);
      });
    }
  }

  #status(instanceId: string, { parameters, request }: Call): ManagementResponse {
    const row = this.#engine.state.instances.get(instanceId);
    if (row === undefined) return empty(404);
    const showHistory = isTrue(parameters.get('showHistory'));
    try {
      const body = statusBody(row, {
        showInput: parameters.get('showInput')?.toLowerCase() !== 'false',
        history: showHistory ? this.#engine.state.historyOf(instanceId) : null,
        showHistoryOutput: isTrue(parameters.get('showHistoryOutput')),
      });
      if (!isFinished(row.status))
        return json(202, body, { location: uriText(request.url), 'retry-after': '5' });
      const asError = row.status === 'Failed' && isTrue(parameters.get('returnInternalServerErrorOnFailure'));
      return json(asError ? 500 : 200, body);
    } catch (error) {
      if (!(error instanceof DuplicateTaskId)) throw error;
      return exception(
        400,
        'One or more of the arguments submitted is incorrect',
        `An item with the same key has already been added. Key: ${error.message}`,
        'System.ArgumentException',
      );
    }
  }

  #list({ parameters, request }: Call): ManagementResponse {
    const found = findInstances(this.#engine.state.instances.values(), instanceQuery(parameters));
    const token = request.headers['x-ms-continuation-token'] ?? '';
    const fromId = Buffer.from(token, 'base64').toString();
    const left = token === '' ? found : found.filter(({ instanceId }) => instanceId >= fromId);
    const top = Number(parameters.get('top') ?? Number.NaN);
    const page = Number.isInteger(top) && top > 0 ? left.slice(0, top) : left;
    const next = left[page.length];
    const showInput = parameters.get('showInput')?.toLowerCase() !== 'false';
    const bodies = page.map((row) => statusBody(row, { showInput, history: null, showHistoryOutput: false }));
    return json(200, bodies, {
      'x-ms-continuation-token': next === undefined ? '' : Buffer.from(next.instanceId).toString('base64'),
    });
  }

  #raise(instanceId: string, eventName: string, { request }: Call): ManagementResponse {
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') {
      return json(400, { Message: 'Only application/json request content is supported' });
    }
    const row = this.#engine.state.instances.get(instanceId);
    if (row === undefined) return empty(404);
    if (isFinished(row.status)) return empty(410);
    const body = request.body ?? '';
    const bad = invalidJson(body);
    return bad ?? sent(this.#engine.client.raiseEvent(instanceId, eventName, body), instanceId, 'raise');
  }

  #operate(instanceId: string, operation: string, { parameters, url }: Call): ManagementResponse {
    const { client } = this.#engine;
    const reason = parameters.get('reason');
    switch (operation) {
      case 'terminate':
        return sent(client.terminate(instanceId, reason), instanceId, 'terminate');
      case 'suspend':
        return sent(client.suspend(instanceId, reason), instanceId, 'suspend');
      case 'resume':
        return sent(client.resume(instanceId, reason), instanceId, 'resume');
      case 'rewind':
        return this.#rewind(instanceId);
      case 'restart':
        return this.#restart(instanceId, parameters, url);
      default:
        return empty(404);
    }
  }

  #rewind(instanceId: string): ManagementResponse {
    const row = this.#engine.state.instances.get(instanceId);
    if (row === undefined) return json(404, `No orchestration with instance ID "$${instanceId}" found.`);
    if (row.status === 'Failed') return notOffered('rewind');
    return json(
      412,
      `This orchestration has status ${row.status}, but only orchestrations in the "Failed" state can be rewound.`,
    );
  }

  #restart(instanceId: string, parameters: URLSearchParams, url: URL): ManagementResponse {
    if (!this.#engine.state.instances.has(instanceId)) {
      return exception(
        400,
        'InstanceId does not match a valid orchestration instance.',
        `No instance with ID '${instanceId}' was found. (Parameter 'instanceId')`,
        'System.ArgumentException',
      );
    }
    const sameId = parameters.get('restartWithNewInstanceId')?.toLowerCase() === 'false';
    const outcome = this.#engine.client.restart(instanceId, sameId);
    if (outcome.kind === 'conflict') {
      return exception(
        409,
        'A non-terminal instance with this instance ID already exists.',
        `An Orchestration instance with the status ${outcome.status} already exists.`,
        'DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException',
      );
    }
    const links = startLinks(url.origin, outcome.instanceId, this.#address);
    return json(202, links, { location: linkHeader(links.statusQueryGetUri), 'retry-after': '10' });
  }

  #purge(instanceId: string): ManagementResponse {
    return purged(this.#engine.client.purge(instanceId), instanceId);
  }

  #purgeMany({ parameters }: Call): ManagementResponse {
    const query = instanceQuery(parameters);
    if (query.createdFrom === null) {
      return json(400, "Please provide value for 'createdTimeFrom' parameter.");
    }
    const rows = findInstances(this.#engine.state.instances.values(), query);
    if (rows.length === 0) return empty(404);
    return json(200, { instancesDeleted: this.#engine.client.purgeAll(rows) });
  }
}

/** Start-and-wait answers with the bare output; a failure with the whole status, and 200 too. */
function finished(row: InstanceRow): ManagementResponse {
  const body = statusBody(row, { showInput: true, history: null, showHistoryOutput: false });
  return json(200, row.status === 'Completed' ? body.output : body);
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

function purged(outcome: PurgeOutcome, instanceId: string): ManagementResponse {
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

/** A request's path comes back decoded and escaped again: these characters stay plain then. */
function uriText(url: string): string {
  return url.replace(/%(?:21|24|26|27|28|29|2A|2C|3A|3B|3D|40|7E)/gi, decodeURIComponent);
}

/** A link in a header is a .NET URI, which leaves a tilde plain. */
function linkHeader(link: string): string {
  return link.replaceAll('%7E', '~');
}

function isTrue(text: string | null): boolean {
  return text?.toLowerCase() === 'true';
}
