import { LamplighterError } from '../../core/errors.ts';
import type { LocalClock } from '../clock.ts';
import type { FunctionApp } from '../host/types.ts';
import type { KnownFunctions } from './action-walk.ts';
import type { EngineChoices } from './engine-choices.ts';
import type { HubChange } from './hub-state.ts';
import type { HubStore } from './hub-store.ts';
import type { Quirks } from './quirks.ts';

export type EngineParts = {
  readonly app: FunctionApp;
  readonly store: HubStore;
  readonly clock: LocalClock;
  /** A new GUID with dashes. */
  readonly newGuid: () => string;
  readonly choices: EngineChoices;
  readonly quirks: Quirks;
  readonly checkDeterminism: boolean;
};

/** What every part of one engine shares: the app, the hub, the time, and the fence around the commits. */
export class EngineCore {
  readonly parts: EngineParts;
  readonly known: KnownFunctions & {
    activityName(name: string): string | undefined;
    orchestratorName(name: string): string | undefined;
    readonly orchestratorNames: readonly string[];
  };
  #fenced = false;
  #onCommit: () => void = () => undefined;

  constructor(parts: EngineParts) {
    this.parts = parts;
    this.known = knownFunctions(parts.app);
  }

  get state(): HubStore['state'] {
    return this.parts.store.state;
  }

  get fenced(): boolean {
    return this.#fenced;
  }

  now(): number {
    return this.parts.clock.now();
  }

  /** From now on this engine changes nothing any more. */
  fence(): void {
    this.#fenced = true;
  }

  onCommit(listener: () => void): void {
    this.#onCommit = listener;
  }

  /** Throws `LamplighterError` `durable.fenced` in a life that is over. */
  commit(changes: readonly HubChange[]): void {
    if (this.#fenced) throw fencedError();
    if (changes.length > 0) this.parts.store.commit(changes);
    this.#onCommit();
  }
}

function knownFunctions(app: FunctionApp): EngineCore['known'] {
  const names = (triggerType: string) =>
    [...app.functions.values()].filter(({ trigger }) => trigger.type === triggerType).map(({ name }) => name);
  const orchestratorNames = names('orchestrationTrigger');
  const activities = byLowerCase(names('activityTrigger'));
  const orchestrators = byLowerCase(orchestratorNames);
  return {
    hasActivity: (name) => activities.has(name.toLowerCase()),
    hasOrchestrator: (name) => orchestrators.has(name.toLowerCase()),
    activityName: (name) => activities.get(name.toLowerCase()),
    orchestratorName: (name) => orchestrators.get(name.toLowerCase()),
    orchestratorNames,
  };
}

function fencedError(): LamplighterError {
  return new LamplighterError('This life of the Durable engine is over; the change was not taken.', {
    code: 'durable.fenced',
    fault: 'lamplighter',
    fix: 'Open a new engine over the same store: it continues from the last change that was taken.',
  });
}

function byLowerCase(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}
