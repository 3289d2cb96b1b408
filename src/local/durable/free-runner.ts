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

/** An item whose run failed, for instance because the disk was full, is left alone for so long on the engine's clock. */
const RETRY_AFTER_MS = 10_000;

/**
 * Runs whatever becomes ready, as a host does, within the limits. `onFault` gets what `run` rejected with; the runner goes on and tries
 * the item again later.
 */
export class FreeRunner {
  readonly #engine: DurableEngine;
  readonly #limits: RunnerLimits;
  readonly #onFault: (fault: unknown, item: WorkItem) => void;
  readonly #inFlight = { activity: 0, orchestrator: 0 };
  readonly #running = new Set<Promise<void>>();
  readonly #failed = new Map<string, () => void>();
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
    for (const cancel of this.#failed.values()) cancel();
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
      const room = this.#inFlight[item.kind] < this.#limitOf(item.kind);
      if (room && !this.#failed.has(item.id)) this.#launch(item);
    }
    this.#cancelTimer();
    const nextAt = this.#engine.nextTimerAt();
    if (nextAt !== null) this.#cancelTimer = this.#engine.clock.at(nextAt, () => this.#askForPump());
  }

  #retryLater({ id }: WorkItem): void {
    const { clock } = this.#engine;
    const cancel = clock.at(clock.now() + RETRY_AFTER_MS, () => {
      this.#failed.delete(id);
      this.#askForPump();
    });
    this.#failed.set(id, cancel);
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
      .catch((fault: unknown) => {
        this.#retryLater(item);
        this.#onFault(fault, item);
      })
      .finally(() => {
        this.#inFlight[item.kind] -= 1;
        this.#running.delete(run);
        this.#askForPump();
      });
    this.#running.add(run);
  }
}
