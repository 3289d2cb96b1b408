import type { LocalClock } from '../clock.ts';
import { adminEndpoint } from './admin.ts';
import { guardProcess } from './crash-guard.ts';
import { eventGridWebhook } from './event-grid.ts';
import { finishResponse } from './finish-response.ts';
import {
  catalogueFunctions,
  KNOWN_BINDING_TYPES,
  type FunctionCatalogue,
  type HttpFunction,
} from './function-catalogue.ts';
import { FunctionRunner } from './function-runner.ts';
import { HOME_PAGE } from './home-page.ts';
import type { HostContext } from './host-context.ts';
import { hostLog, type LogSink } from './host-log.ts';
import type { HostSettings } from './host-settings.ts';
import { listen, type Listener } from './http-server.ts';
import { functionResponse, httpTriggerData, MAX_BODY_BYTES } from './http-trigger.ts';
import { KeyRing, type HostKeys } from './keys.ts';
import { matchRoute, type RouteValues } from './match-route.ts';
import {
  contentResponse,
  emptyResponse,
  headerValue,
  type HostRequest,
  type HostResponse,
} from './messages.ts';
import { parseTarget, queryValue, type RequestTarget } from './request-target.ts';
import { RequestThrottle } from './request-throttle.ts';
import { TimerListener } from './timer-listener.ts';
import type { TimerStore } from './timer-store.ts';
import type { FunctionApp } from './types.ts';

export type HostOptions = {
  readonly app: FunctionApp;
  readonly clock: LocalClock;
  readonly settings: HostSettings;
  readonly keys: HostKeys;
  readonly timerStore: TimerStore;
  /** Ids of invocations. */
  readonly newId: () => string;
  /** Keys of functions that have none. */
  readonly newKey: () => string;
  /** Gets what the log levels of `settings` let through. */
  readonly log: LogSink;
  readonly hostId?: string;
  /** Names of functions switched off (`AzureWebJobs.<name>.Disabled`). */
  readonly disabled?: ReadonlySet<string>;
  /** False: `GET /` answers 204 (`AzureWebJobsDisableHomepage`). */
  readonly homePage?: boolean;
  /** Binding types with an extension, lower case; a function with any other type is in error. */
  readonly bindingTypes?: ReadonlySet<string>;
  /** Moves the grid of the timers' cron schedules, in ms. */
  readonly timerPhaseMs?: number;
};

export type MountedHandler = (request: HostRequest, target: RequestTarget) => Promise<HostResponse>;

/**
 * The embedded Functions host: the app, its triggers and its management endpoints in one process. Nothing starts by itself: `timers` is
 * stepped by the caller or let go with `timers.runFreely()`, `listen` opens a socket, `request` needs none.
 */
export class FunctionsHost {
  readonly timers: TimerListener;
  /** Which functions run and which are in error. */
  readonly catalogue: FunctionCatalogue;
  readonly #options: HostOptions;
  readonly #context: HostContext;
  readonly #runner: FunctionRunner;
  readonly #keys: KeyRing;
  readonly #throttle: RequestThrottle;
  readonly #log: LogSink;
  readonly #mounts = new Map<string, MountedHandler>();
  readonly #listeners = new Set<Listener>();
  #stopping: Promise<void> | undefined;

  constructor(options: HostOptions) {
    const { app, clock, settings } = options;
    const disabled = options.disabled ?? new Set<string>();
    this.#options = options;
    this.#log = hostLog(settings.logLevels, options.log);
    this.#keys = new KeyRing(options.keys, options.newKey);
    this.#throttle = new RequestThrottle(settings);
    this.catalogue = catalogueFunctions(app.functions.values(), {
      routePrefix: settings.routePrefix,
      disabled,
      bindingTypes: options.bindingTypes ?? KNOWN_BINDING_TYPES,
    });
    this.#runner = new FunctionRunner({
      ...options,
      log: this.#log,
      functionTimeoutMs: settings.functionTimeoutMs,
    });
    const broken = this.catalogue.hostErrors.length > 0;
    this.timers = new TimerListener({
      timers: broken ? [] : this.catalogue.timers,
      runner: this.#runner,
      clock,
      store: options.timerStore,
      phaseMs: options.timerPhaseMs ?? 0,
      report: (error) =>
        this.#say('error', 'Host.Triggers.Timer', `A timer's status was not stored: ${String(error)}`),
    });
    this.#context = {
      hostId: options.hostId ?? 'lamplighter',
      startedAt: clock.now(),
      routePrefix: settings.routePrefix,
      clock,
      keys: this.#keys,
      catalogue: this.catalogue,
      disabled,
      runner: this.#runner,
      timers: this.timers,
    };
    if ((options.bindingTypes ?? KNOWN_BINDING_TYPES).has('eventgridtrigger')) {
      this.mount('eventgrid', (request, target) =>
        eventGridWebhook(this.catalogue.eventGrid, this.#runner, request, target),
      );
    }
    this.#reportErrors();
  }

  /** Functions and retries that are running right now. */
  get inFlight(): number {
    return this.#runner.inFlight;
  }

  /** Serves `/runtime/webhooks/<name>` and everything below it, for the master key and the system key `<name>_extension`. */
  mount(name: string, handler: MountedHandler): void {
    this.#mounts.set(name.toLowerCase(), handler);
  }

  /** Answers a request without a socket, as completely as with one; never rejects. */
  async request(request: HostRequest): Promise<HostResponse> {
    const response = await this.#route(request).catch((error: unknown) => {
      this.#say('error', 'Host.Results', `The request failed in the host: ${String(error)}`);
      return emptyResponse(500);
    });
    const wantsClose = headerValue(request.headers, 'connection')?.toLowerCase() === 'close';
    return finishResponse(response, {
      method: request.method,
      now: this.#options.clock.now(),
      serverName: 'Lamplighter',
      customHeaders: this.#options.settings.customHeaders,
      closeConnection: wantsClose || this.#stopping !== undefined,
    });
  }

  /** Opens a socket on loopback; port 0 takes a free one. Rejects with `host.port-in-use` or `host.cannot-listen`. */
  async listen(port: number, address?: string): Promise<number> {
    const listener = await listen((request) => this.request(request), port, address);
    this.#listeners.add(listener);
    return listener.port;
  }

  /** Takes uncaught exceptions and unhandled rejections; see `guardProcess`. `onGiveUp` comes when the host has stopped. Returns a function that lets go. */
  guardProcess(onGiveUp: () => void): () => void {
    return guardProcess({
      now: () => this.#options.clock.now(),
      onCrash: (error, kind) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#say('error', 'Host.Function.Console', `The app crashed (${kind}): ${text}`);
        this.#runner.failAll(new Error(`The app crashed (${kind}): ${text}`));
      },
      onGiveUp: () => {
        this.#say('critical', 'Host.Startup', 'The app crashed three times in a row; the host ends.');
        // The requests that the crash failed still get their answers.
        void this.stop().finally(onGiveUp);
      },
    });
  }

  /** What SIGTERM does: refuses new connections, lets what runs finish, then runs the app's appTerminate hooks. */
  stop(): Promise<void> {
    this.#stopping ??= this.#drain();
    return this.#stopping;
  }

  async #drain(): Promise<void> {
    this.timers.stop();
    const closing = [...this.#listeners].map((listener) => listener.close());
    await this.#runner.idle();
    await Promise.all(closing);
    await this.#options.app.terminate();
  }

  async #route(request: HostRequest): Promise<HostResponse> {
    const target = parseTarget(request.target);
    const key = headerValue(request.headers, 'x-functions-key') ?? queryValue(target, 'code');
    const segments = target.path.replace(/\/$/, '').split('/');
    const area = segments[0]?.toLowerCase();
    if (area === 'admin') return adminEndpoint(this.#context, request, segments.slice(1), key);
    if (this.catalogue.hostErrors.length > 0) return notRunning();
    if (area === 'runtime' && segments[1]?.toLowerCase() === 'webhooks') {
      return this.#webhook(segments[2]?.toLowerCase() ?? '', key, request, target);
    }
    for (const fn of this.catalogue.http) {
      if (fn.methods !== null && !fn.methods.has(request.method)) continue;
      const params = matchRoute(fn.template, target.path);
      if (params !== undefined) return this.#enter(fn, params, request, target, key);
    }
    if (target.path === '' && request.method === 'GET') return this.#home();
    return emptyResponse(404);
  }

  async #webhook(
    name: string,
    key: string | undefined,
    request: HostRequest,
    target: RequestTarget,
  ): Promise<HostResponse> {
    const handler = this.#mounts.get(name);
    switch (this.#keys.opensHost(key, `${name}_extension`)) {
      case 'unknown':
        return emptyResponse(401, [['WWW-Authenticate', 'Bearer']]);
      case 'too-weak':
        return emptyResponse(403);
      case 'granted':
        return handler === undefined ? emptyResponse(404) : handler(request, target);
    }
  }

  async #enter(
    fn: HttpFunction,
    params: RouteValues,
    request: HostRequest,
    target: RequestTarget,
    key: string | undefined,
  ): Promise<HostResponse> {
    if (!this.#keys.opensFunction(fn.level, fn.name, key)) return emptyResponse(401);
    const response = await this.#throttle.run(() => this.#invoke(fn, params, request, target));
    return response ?? emptyResponse(429, [['X-FUNCTION-SCALEOUT', '1']]);
  }

  async #invoke(
    fn: HttpFunction,
    params: RouteValues,
    request: HostRequest,
    target: RequestTarget,
  ): Promise<HostResponse> {
    const category = `Function.${fn.name}`;
    if (request.oversizedBytes !== undefined) {
      const text = `The request body of ${request.oversizedBytes} bytes is above the limit of ${MAX_BODY_BYTES}.`;
      this.#say('error', category, text);
      return emptyResponse(500);
    }
    const outcome = await this.#runner.run({
      functionName: fn.name,
      trigger: httpTriggerData(request, target, params),
      reason: 'This function was programmatically called via the host APIs.',
    });
    if (!outcome.ok) return emptyResponse(500);
    const answer = functionResponse(outcome.returnValue);
    if (answer.ok) return answer.response;
    this.#say('error', category, `The response of "${fn.name}" cannot be sent. ${answer.problem}`);
    return emptyResponse(500);
  }

  #home(): HostResponse {
    return this.#options.homePage === false
      ? emptyResponse(204)
      : contentResponse(200, 'text/html', HOME_PAGE);
  }

  #reportErrors(): void {
    for (const error of this.catalogue.hostErrors) this.#say('error', 'Host.Startup', error);
    for (const [name, errors] of this.catalogue.errors) {
      this.#say('error', 'Host.Startup', `The function "${name}" is in error: ${errors.join(' ')}`);
    }
  }

  #say(level: string, category: string, message: string): void {
    this.#log({ level, category, message });
  }
}

function notRunning(): HostResponse {
  return {
    status: 503,
    headers: [['Transfer-Encoding', 'chunked']],
    body: new TextEncoder().encode('Function host is not running.'),
  };
}
