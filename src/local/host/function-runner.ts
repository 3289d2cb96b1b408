import type { LocalClock } from '../clock.ts';
import type { LogSink } from './host-log.ts';
import { retryPolicyOf } from './retry-policy.ts';
import { formatTimeSpan } from './time-span.ts';
import type { FunctionApp, InvocationRequest, TypedData } from './types.ts';

export type RunRequest = {
  readonly functionName: string;
  readonly trigger: TypedData;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  /** Why it runs, for the log: "This function was programmatically called via the host APIs." */
  readonly reason: string;
};

export type RunOutcome =
  | { readonly ok: true; readonly returnValue: TypedData | null }
  | { readonly ok: false; readonly error: unknown };

export type RunnerOptions = {
  readonly app: FunctionApp;
  readonly clock: LocalClock;
  readonly log: LogSink;
  readonly newId: () => string;
  readonly functionTimeoutMs: number | null;
};

type RetryContext = NonNullable<InvocationRequest['retryContext']>;

/** Runs functions: retries, time limit, log lines, and the count of what is in flight. */
export class FunctionRunner {
  readonly #options: RunnerOptions;
  readonly #running = new Set<Promise<RunOutcome>>();
  readonly #crash = new Set<(error: unknown) => void>();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  get inFlight(): number {
    return this.#running.size;
  }

  /** Resolves when nothing is in flight any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  /** Fails every attempt in flight, as the death of the worker process does on Azure. */
  failAll(error: unknown): void {
    for (const fail of this.#crash) fail(error);
  }

  /** Never rejects. With a retry option it resolves after the last attempt. */
  run(request: RunRequest): Promise<RunOutcome> {
    const run = this.#runWithRetries(request);
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
    return run;
  }

  async #runWithRetries(request: RunRequest): Promise<RunOutcome> {
    const { app, clock } = this.#options;
    const policy = retryPolicyOf(app.functions.get(request.functionName)?.retryOptions ?? null);
    let exception: RetryContext['exception'];
    for (let retryCount = 0; ; retryCount += 1) {
      const retryContext =
        policy === null
          ? undefined
          : { retryCount, maxRetryCount: policy.maxRetryCount, ...(exception && { exception }) };
      const outcome = await this.#attempt(request, retryContext);
      if (outcome.ok || policy === null) return outcome;
      if (policy.maxRetryCount >= 0 && retryCount >= policy.maxRetryCount) return outcome;
      exception = exceptionOf(request.functionName, outcome.error);
      const delayMs = policy.delayMs(retryCount + 1);
      if (delayMs > 0) {
        await new Promise<void>((resolve) => clock.at(clock.now() + delayMs, resolve));
      }
    }
  }

  async #attempt(request: RunRequest, retryContext: RetryContext | undefined): Promise<RunOutcome> {
    const { app, clock, log, newId } = this.#options;
    const { functionName: name } = request;
    const invocationId = newId();
    const say = (level: string, message: string): void =>
      log({ level, category: `Function.${name}`, functionName: name, message });
    const startedAt = clock.now();
    say('information', `Executing 'Functions.${name}' (Reason='${request.reason}', Id=${invocationId})`);
    const outcome = await this.#guard(name, () =>
      app.invoke({
        functionName: name,
        invocationId,
        trigger: request.trigger,
        ...(request.triggerMetadata && { triggerMetadata: request.triggerMetadata }),
        ...(retryContext && { retryContext }),
      }),
    );
    const ended = `Id=${invocationId}, Duration=${clock.now() - startedAt}ms)`;
    if (outcome.ok) say('information', `Executed 'Functions.${name}' (Succeeded, ${ended}`);
    else say('error', `Executed 'Functions.${name}' (Failed, ${ended}\n${describe(outcome.error)}`);
    return outcome;
  }

  /** The first of: the function's end, its time limit, a crash of the app. A function past its limit goes on unheard. */
  #guard(name: string, invoke: () => Promise<RunOutcome>): Promise<RunOutcome> {
    const { clock, functionTimeoutMs } = this.#options;
    return new Promise((resolve) => {
      const release: (() => void)[] = [];
      const settle = (outcome: RunOutcome): void => {
        for (const step of release) step();
        resolve(outcome);
      };
      const fail = (error: unknown): void => settle({ ok: false, error });
      this.#crash.add(fail);
      release.push(() => this.#crash.delete(fail));
      if (functionTimeoutMs !== null) {
        const limit = formatTimeSpan(functionTimeoutMs);
        const message = `Timeout value of ${limit} was exceeded by function: Functions.${name}`;
        release.push(clock.at(clock.now() + functionTimeoutMs, () => fail(new Error(message))));
      }
      void invoke().then(settle);
    });
  }
}

function exceptionOf(functionName: string, error: unknown): NonNullable<RetryContext['exception']> {
  const stackTrace = error instanceof Error ? (error.stack ?? '') : '';
  return {
    source: '',
    stackTrace,
    message: `Exception while executing function: Functions.${functionName} ---> ${describe(error)}`,
  };
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return `Result: Failure\nException: ${message}\nStack: ${stack}`;
}
