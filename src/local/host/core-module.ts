import { AsyncLocalStorage } from 'node:async_hooks';
import Module from 'node:module';
import type { ProgrammingModel } from './programming-model.ts';
import { AppRegistry } from './app-registry.ts';

const CORE_ID = '@azure/functions-core';
const HOST_VERSION = '4.1037.0';
const WORKER_VERSION = '3.9.1';

/** What `@azure/functions` gets when it requires `@azure/functions-core`. */
export type CoreModule = {
  readonly version: string;
  readonly hostVersion: string;
  setProgrammingModel(model: ProgrammingModel): void;
  getProgrammingModel(): ProgrammingModel | undefined;
  registerFunction(metadata: unknown, callback: unknown): { dispose(): void };
  registerHook(hookName: string, callback: unknown): { dispose(): void };
  log(level: string, category: string, message: string): void;
};

type CoreProcessState = {
  readonly current: AsyncLocalStorage<AppRegistry>;
  readonly modules: WeakMap<object, CoreModule>;
};

/**
 * Shared through the global symbol registry: a test runner may load this file several times in one process, while the
 * `@azure/functions` package, loaded by Node itself, keeps the first core module it was given for ever.
 */
const STATE_KEY = Symbol.for('lamplighter.local.functions-core');
const globals = globalThis as { [STATE_KEY]?: CoreProcessState };

/**
 * Makes `require('@azure/functions-core')` answer in this process, as the Functions Node worker does. Must run before the first
 * `app.*` call: the package remembers a failed lookup. Calling it again changes nothing.
 */
export function installCoreModule(): CoreProcessState {
  const present = globals[STATE_KEY];
  if (present !== undefined) return present;
  const state: CoreProcessState = { current: new AsyncLocalStorage(), modules: new WeakMap() };
  globals[STATE_KEY] = state;
  // oxlint-disable-next-line typescript/unbound-method -- called below with the `this` it is given
  const original = Module.prototype.require;
  Module.prototype.require = Object.assign(function (this: NodeJS.Module, id: string): unknown {
    return id === CORE_ID ? coreModuleOf(this, state) : (original.call(this, id) as unknown);
  }, original);
  return state;
}

/** Runs `action` so that everything it registers, also after an `await`, goes to `registry` and to no other. */
export function withRegistry<T>(registry: AppRegistry, action: () => T): T {
  return installCoreModule().current.run(registry, action);
}

/**
 * One module object per copy of `@azure/functions` (a bundle carries its own): each copy announces its programming model once in
 * the life of the process, so the object that heard it has to remember it for every app loaded later.
 */
function coreModuleOf(requiring: object, state: CoreProcessState): CoreModule {
  const known = state.modules.get(requiring);
  if (known !== undefined) return known;
  let model: ProgrammingModel | undefined;
  const module: CoreModule = {
    version: WORKER_VERSION,
    hostVersion: HOST_VERSION,
    setProgrammingModel: (next) => {
      model = next;
    },
    getProgrammingModel: () => model,
    registerFunction: (metadata, callback) =>
      registryBeingLoaded(state, 'function').addFunction(metadata, callback, () => model),
    registerHook: (hookName, callback) => registryBeingLoaded(state, 'hook').addHook(hookName, callback),
    log: (level, category, message) => state.current.getStore()?.log(level, category, message),
  };
  state.modules.set(requiring, module);
  return module;
}

function registryBeingLoaded(state: CoreProcessState, what: string): AppRegistry {
  const registry = state.current.getStore();
  if (registry === undefined || registry.sealed) {
    throw new Error(`A ${what} can only be registered during app startup.`);
  }
  return registry;
}
