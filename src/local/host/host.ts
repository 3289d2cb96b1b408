import { guardProcess } from './crash-guard.ts';
import { eventGridWebhook } from './event-grid.ts';
import { finishResponse } from './finish-response.ts';
import { catalogueFunctions, KNOWN_BINDING_TYPES, type FunctionCatalogue } from './function-catalogue.ts';
import { FunctionRunner } from './function-runner.ts';
import { hostLog, type LogSink } from './host-log.ts';
import type { HostOptions } from './host-options.ts';
import { HttpDoor, type MountedHandler } from './http-door.ts';
import { listen, type Listener } from './http-server.ts';
import { KeyRing } from './keys.ts';
import { emptyResponse, headerValue, type HostRequest, type HostResponse } from './messages.ts';
import { RequestThrottle } from './request-throttle.ts';
import { TimerListener } from './timer-listener.ts';

/**
 * The embedded Functions host: the app, its triggers and its management endpoints in ONE process, where Azure has a host process and a
 * worker process. Nothing starts by itself: `timers` is stepped by the caller or let go with `timers.runFreely()`, `listen` opens a socket,
 * `request` needs none.
 */
export class FunctionsHost {
  readonly timers: TimerListener;
  /** Which functions run and which are in error. */
  readonly catalogue: FunctionCatalogue;
  readonly #options: HostOptions;
  readonly #runner: FunctionRunner;
  readonly #door: HttpDoor;
  readonly #log: LogSink;
  readonly #listeners = new Set<Listener>();
  #stopping: Promise<void> | undefined;

  constructor(options: HostOptions) {
    const { app, clock, settings } = options;
    const disabled = options.disabled ?? new Set<string>();
    const bindingTypes = options.bindingTypes ?? KNOWN_BINDING_TYPES;
    this.#options = options;
    this.#log = hostLog(settings.logLevels, options.log);
    const { routePrefix, functionTimeoutMs } = settings;
    this.catalogue = catalogueFunctions(app.functions.values(), { routePrefix, disabled, bindingTypes });
    this.#runner = new FunctionRunner({ ...options, log: this.#log, functionTimeoutMs });
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
    this.#door = new HttpDoor({
      context: {
        hostId: options.hostId ?? 'lamplighter',
        startedAt: clock.now(),
        routePrefix,
        clock,
        keys: new KeyRing(options.keys, options.newKey),
        catalogue: this.catalogue,
        disabled,
        runner: this.#runner,
        timers: this.timers,
      },
      throttle: new RequestThrottle(settings),
      log: this.#log,
      homePage: options.homePage ?? true,
    });
    if (bindingTypes.has('eventgridtrigger')) {
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
    this.#door.mount(name, handler);
  }

  /** Answers a request without a socket, as completely as with one; never rejects. */
  async request(request: HostRequest): Promise<HostResponse> {
    const response = await this.#door.answer(request).catch((error: unknown) => {
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

  /** Opens a socket, on loopback unless told otherwise; port 0 takes a free one. Rejects with `host.port-in-use` or `host.cannot-listen`. */
  async listen(port: number, address?: string): Promise<number> {
    const listener = await listen((request) => this.request(request), port, address);
    this.#listeners.add(listener);
    return listener.port;
  }

  /** Takes uncaught exceptions, and rejections that the app does not listen for; see `guardProcess`. `onGiveUp` comes when the host has stopped. Returns a function that lets go. */
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

  /**
   * What SIGTERM does: refuses new connections, lets what runs finish, then runs the app's appTerminate hooks. What still runs after `graceMs`
   * of the host's clock fails; without it there is no limit but the functions' own.
   */
  stop(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#stopping ??= this.#drain(options.graceMs);
    return this.#stopping;
  }

  async #drain(graceMs: number | undefined): Promise<void> {
    const { clock } = this.#options;
    this.timers.stop();
    const closing = [...this.#listeners].map((listener) => listener.close());
    const fail = (): void =>
      this.#runner.failAll(new Error('The host stopped before the function had ended.'));
    const cancel = graceMs === undefined ? undefined : clock.at(clock.now() + graceMs, fail);
    await this.#runner.idle();
    cancel?.();
    await Promise.all(closing);
    await this.#options.app.terminate();
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
