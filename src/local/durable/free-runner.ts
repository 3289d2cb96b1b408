import type { DurableEngine } from './durable-engine.ts';
import type { WorkItem } from './work-item.ts';

/** Settings of host.json (`extensions.durableTask`). */
export type RunnerLimits = {
  readonly maxConcurrentActivityFunctions: number;
  readonly maxConcurrentOrchestratorFunctions: number;
};

/** The extension's default on a one-core plan. */
export const DEFAULT_LIMITS: RunnerLimits = {
  maxConcurrentActivityFunctions: 10,
  maxConcurrentOrchestratorFunctions: 10,
};

/**
 * Runs whatever becomes ready, as a host does, within the limits. `onFault` gets what `run` rejected with; the runner goes on.
 */
export class FreeRunner {
  readonly #engine: DurableEngine;
  readonly #limits: RunnerLimits;
  readonly #onFault: (fault: unknown, item: WorkItem) => void;
  readonly #inFlight = { activity: 0, orchestrator: 0 };
  readonly #running = new Set<Promise<void>>();
  #cancelTimer: () => void = () => undefined;
  #unsubscribe: () => void = () => undefined;
  #pumpAsked = false;
  #stopped = true;

  constructor(
    engine: DurableEngine,
    limits: RunnerLimits,
    onFault: (fault: unknown, item: WorkItem) => void,
  ) {
    this.#engine = engine;
    this.#limits = limits;
    this.#onFault = onFault;
  }

  start(): void {
    this.#stopped = false;
    this.#unsubscribe = this.#engine.onChange(() => this.#askForPump());
    this.#askForPump();
  }

  /** Takes no more work; resolves when what was running has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#cancelTimer();
    await Promise.allSettled(this.#running);
  }

  /** One pump per turn, however many changes the turn made. */
  #askForPump(): void {
    if (this.#pumpAsked || this.#stopped) return;
    this.#pumpAsked = true;
    setImmediate(() => {
      this.#pumpAsked = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#stopped) return;
    for (const item of this.#engine.ready()) {
      if (this.#inFlight[item.kind] < this.#limitOf(item.kind)) this.#launch(item);
    }
    this.#cancelTimer();
    const nextAt = this.#engine.nextTimerAt();
    if (nextAt !== null) this.#cancelTimer = this.#engine.clock.at(nextAt, () => this.#askForPump());
  }

  #limitOf(kind: WorkItem['kind']): number {
    return kind === 'activity'
      ? this.#limits.maxConcurrentActivityFunctions
      : this.#limits.maxConcurrentOrchestratorFunctions;
  }

  #launch(item: WorkItem): void {
    this.#inFlight[item.kind] += 1;
    const run = this.#engine
      .run(item)
      .catch((fault: unknown) => this.#onFault(fault, item))
      .finally(() => {
        this.#inFlight[item.kind] -= 1;
        this.#running.delete(run);
        this.#askForPump();
      });
    this.#running.add(run);
  }
}
