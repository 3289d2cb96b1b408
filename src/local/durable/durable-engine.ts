import { randomUUID } from 'node:crypto';
import { LamplighterError } from '../../core/errors.ts';
import type { LocalClock } from '../clock.ts';
import type { FunctionApp } from '../host/types.ts';
import { runActivity } from './activity-run.ts';
import { ClientOperations } from './client-operations.ts';
import { DeterminismCheck } from './determinism-check.ts';
import type { EngineChoices } from './engine-choices.ts';
import { EngineCore } from './engine-core.ts';
import { runEpisode } from './episode.ts';
import type { HubState } from './hub-state.ts';
import type { HubStore } from './hub-store.ts';
import type { Quirks } from './quirks.ts';
import { readyWork, type WorkItem } from './work-item.ts';

export type DurableEngineOptions = {
  /** The loaded function app; its orchestration and activity triggers are the known functions. */
  readonly app: FunctionApp;
  readonly store: HubStore;
  readonly clock: LocalClock;
  /** GUIDs with dashes, lower case. Default: random. */
  readonly newGuid?: () => string;
  readonly choices?: EngineChoices;
  /** Plays every generation again once it has ended and rejects `run` if an answer differs. Default: no. */
  readonly checkDeterminism?: boolean;
  /** For the conformance suite's proof that it notices a wrong engine. */
  readonly quirks?: Quirks;
};

/**
 * The embedded Durable engine: drives the unmodified durable-functions library in the out-of-process protocol as recorded from the
 * real extension. It does nothing by itself: somebody takes the ready work items and runs them (see `FreeRunner`), so that a
 * simulation can choose their order. All its state is in the store; opening an engine over a used store continues there, and
 * activities that had not ended run again.
 */
export class DurableEngine {
  readonly client: ClientOperations;
  readonly #core: EngineCore;
  readonly #check: DeterminismCheck | null;
  readonly #running = new Set<string>();
  readonly #listeners = new Set<() => void>();

  constructor(options: DurableEngineOptions) {
    this.#core = new EngineCore({
      app: options.app,
      store: options.store,
      clock: options.clock,
      newGuid: options.newGuid ?? randomUUID,
      choices: options.choices ?? {},
      quirks: options.quirks ?? {},
      checkDeterminism: options.checkDeterminism ?? false,
    });
    this.#core.onCommit(() => this.#tell());
    this.#check = this.#core.parts.checkDeterminism ? new DeterminismCheck(this.#core) : null;
    this.client = new ClientOperations(this.#core);
  }

  /** Read only. */
  get state(): HubState {
    return this.#core.state;
  }

  get clock(): LocalClock {
    return this.#core.parts.clock;
  }

  get fenced(): boolean {
    return this.#core.fenced;
  }

  /** What can be run now, oldest first. What is running already is left out. */
  ready(): WorkItem[] {
    return this.#core.fenced ? [] : readyWork(this.#core.state, this.#core.now(), this.#running);
  }

  /**
   * Runs a ready item to its commit. Several may run at once, but none twice. Resolves also when the engine was fenced meanwhile.
   * Rejects with `LamplighterError` if the item is not ready, or if the determinism check fails (the episode is committed then).
   */
  async run(item: WorkItem): Promise<void> {
    const ready = this.ready().find(({ id }) => id === item.id);
    if (ready === undefined) throw notReady(item);
    this.#running.add(item.id);
    try {
      if (ready.kind === 'activity') await runActivity(this.#core, ready.activity);
      else await runEpisode(this.#core, ready.instanceId, ready.messages, this.#check);
    } catch (error) {
      if (!this.#core.fenced) throw error;
    } finally {
      this.#running.delete(item.id);
      this.#tell();
    }
  }

  /** When the next timer, or another delayed message, becomes ready; null if none is waiting. */
  nextTimerAt(): number | null {
    const now = this.#core.now();
    let next = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of this.#core.state.messages.values()) {
      if (visibleAt > now && visibleAt < next) next = visibleAt;
    }
    return Number.isFinite(next) ? next : null;
  }

  /** Items that are running. */
  get inFlight(): number {
    return this.#running.size;
  }

  /** Ends this life: nothing it still does is committed. The store stays as it is, for the next engine. */
  fence(): void {
    this.#core.fence();
  }

  /** Calls back after every change and after every item that ended; returns a function that stops it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function notReady({ id }: WorkItem): LamplighterError {
  return new LamplighterError(`Work item "${id}" is not ready.`, {
    code: 'durable.not-ready',
    fault: 'lamplighter',
    fix: 'Run items that `ready` just listed.',
  });
}
