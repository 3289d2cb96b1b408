import { adminEndpoint } from './admin.ts';
import type { HttpFunction } from './function-catalogue.ts';
import { HOME_PAGE } from './home-page.ts';
import type { HostContext } from './host-context.ts';
import type { LogSink } from './host-log.ts';
import { functionResponse, httpTriggerData, MAX_BODY_BYTES } from './http-trigger.ts';
import { matchRoute, type RouteValues } from './match-route.ts';
import {
  contentResponse,
  emptyResponse,
  headerValue,
  type HostRequest,
  type HostResponse,
} from './messages.ts';
import { parseTarget, queryValue, type RequestTarget } from './request-target.ts';
import type { RequestThrottle } from './request-throttle.ts';

export type MountedHandler = (request: HostRequest, target: RequestTarget) => Promise<HostResponse>;

export type HttpDoorOptions = {
  readonly context: HostContext;
  readonly throttle: RequestThrottle;
  readonly log: LogSink;
  readonly homePage: boolean;
};

type Visit = {
  readonly request: HostRequest;
  readonly target: RequestTarget;
  /** The header wins over the query, also when it is wrong. */
  readonly key: string | undefined;
};

/** Finds out who answers a request: the host's own endpoints, a mounted webhook, or a function. */
export class HttpDoor {
  readonly #options: HttpDoorOptions;
  readonly #mounts = new Map<string, MountedHandler>();

  constructor(options: HttpDoorOptions) {
    this.#options = options;
  }

  mount(name: string, handler: MountedHandler): void {
    this.#mounts.set(name.toLowerCase(), handler);
  }

  async answer(request: HostRequest): Promise<HostResponse> {
    const { context, homePage } = this.#options;
    const target = parseTarget(request.target);
    const key = headerValue(request.headers, 'x-functions-key') ?? queryValue(target, 'code');
    const visit: Visit = { request, target, key };
    const [area, door, name = ''] = target.path.replace(/\/$/, '').toLowerCase().split('/');
    if (area === 'admin') {
      return adminEndpoint(context, request, target.path.replace(/\/$/, '').split('/').slice(1), key);
    }
    if (context.catalogue.hostErrors.length > 0) return notRunning();
    if (area === 'runtime' && door === 'webhooks') return this.#webhook(name, visit);
    for (const fn of context.catalogue.http) {
      if (fn.methods !== null && !fn.methods.has(request.method)) continue;
      const params = matchRoute(fn.template, target.path);
      if (params !== undefined) return this.#enter(fn, params, visit);
    }
    if (target.path !== '' || request.method !== 'GET') return emptyResponse(404);
    return homePage ? contentResponse(200, 'text/html', HOME_PAGE) : emptyResponse(204);
  }

  async #webhook(name: string, { request, target, key }: Visit): Promise<HostResponse> {
    const handler = this.#mounts.get(name);
    switch (this.#options.context.keys.opensHost(key, `${name}_extension`)) {
      case 'unknown':
        return emptyResponse(401, [['WWW-Authenticate', 'Bearer']]);
      case 'too-weak':
        return emptyResponse(403);
      case 'granted':
        return handler === undefined ? emptyResponse(404) : handler(request, target);
    }
  }

  async #enter(fn: HttpFunction, params: RouteValues, visit: Visit): Promise<HostResponse> {
    const { context, throttle } = this.#options;
    if (!context.keys.opensFunction(fn.level, fn.name, visit.key)) return emptyResponse(401);
    const response = await throttle.run(() => this.#invoke(fn, params, visit));
    return response ?? emptyResponse(429, [['X-FUNCTION-SCALEOUT', '1']]);
  }

  async #invoke(fn: HttpFunction, params: RouteValues, { request, target }: Visit): Promise<HostResponse> {
    if (request.oversizedBytes !== undefined) {
      return this.#refuse(
        fn,
        `The request body of ${request.oversizedBytes} bytes is above the limit of ${MAX_BODY_BYTES}.`,
      );
    }
    const outcome = await this.#options.context.runner.run({
      functionName: fn.name,
      trigger: httpTriggerData(request, target, params),
      reason: 'This function was programmatically called via the host APIs.',
    });
    if (!outcome.ok) return emptyResponse(500);
    const answer = functionResponse(outcome.returnValue);
    return answer.ok
      ? answer.response
      : this.#refuse(fn, `The response of "${fn.name}" cannot be sent. ${answer.problem}`);
  }

  #refuse(fn: HttpFunction, message: string): HostResponse {
    this.#options.log({ level: 'error', category: `Function.${fn.name}`, functionName: fn.name, message });
    return emptyResponse(500);
  }
}

function notRunning(): HostResponse {
  return {
    status: 503,
    headers: [['Transfer-Encoding', 'chunked']],
    body: new TextEncoder().encode('Function host is not running.'),
  };
}
