import { LamplighterError } from '../../core/errors.ts';
import type { FunctionCallback, ProgrammingModel } from './programming-model.ts';
import type { Binding, LogLine, RegisteredFunction } from './types.ts';

export type HookCallback = (context: Record<string, unknown>) => unknown;
const HOOK_NAMES = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
export type HookName = (typeof HOOK_NAMES)[number];

export type RegistryEntry = {
  readonly registered: RegisteredFunction;
  readonly callback: FunctionCallback;
  readonly model: () => ProgrammingModel | undefined;
};

/** What one app has registered in one life. Open while the app loads, sealed after. */
export class AppRegistry {
  readonly entries = new Map<string, RegistryEntry>();
  readonly hooks = new Map<HookName, Set<HookCallback>>();
  sealed = false;
  readonly #sink: (line: LogLine) => void;

  constructor(sink: (line: LogLine) => void) {
    this.#sink = sink;
  }

  addFunction(
    metadata: unknown,
    callback: unknown,
    model: () => ProgrammingModel | undefined,
  ): { dispose(): void } {
    const registered = parseMetadata(metadata);
    if (this.entries.has(registered.name)) {
      throw new Error(`A function with id "${registered.name}" has already been registered.`);
    }
    if (typeof callback !== 'function') {
      throw new Error(`The handler of function "${registered.name}" must be a function.`);
    }
    this.entries.set(registered.name, {
      registered,
      callback: callback as FunctionCallback,
      model,
    });
    return { dispose: () => this.#remove(registered.name) };
  }

  addHook(hookName: string, callback: unknown): { dispose(): void } {
    const known = HOOK_NAMES.find((name) => name === hookName);
    if (known === undefined) {
      // The package recognises an unknown hook by the class and this mark.
      throw Object.assign(new RangeError(`Unrecognized hook "${hookName}"`), {
        isAzureFunctionsSystemError: true,
      });
    }
    const callbacks = this.hooks.get(known) ?? new Set<HookCallback>();
    callbacks.add(callback as HookCallback);
    this.hooks.set(known, callbacks);
    return { dispose: () => void callbacks.delete(callback as HookCallback) };
  }

  async runHooks(hookName: HookName, context: Record<string, unknown>): Promise<void> {
    for (const callback of this.hooks.get(hookName) ?? []) await callback(context);
  }

  log(level: string, category: string, message: string, functionName?: string): void {
    const context = { level, category, message, functionName, hookData: {} };
    for (const callback of this.hooks.get('log') ?? []) callback(context);
    this.#sink({
      level: context.level,
      category: context.category,
      message: context.message,
      ...(functionName === undefined ? {} : { functionName }),
    });
  }

  #remove(name: string): void {
    if (this.sealed) throw new Error('A function can only be disposed during app startup.');
    this.entries.delete(name);
  }
}

function parseMetadata(metadata: unknown): RegisteredFunction {
  const { name, bindings, retryOptions } = metadata as {
    name: string;
    bindings: Record<string, Binding>;
    retryOptions?: Record<string, unknown> | null;
  };
  const trigger = Object.entries(bindings).find(([, binding]) => /trigger$/i.test(binding.type));
  if (trigger === undefined) {
    throw new LamplighterError(`Function "${name}" has no trigger binding.`, {
      code: 'host.no-trigger',
      fault: 'lamplighter',
      fix: 'Register it with a trigger whose type ends in "Trigger".',
      field: name,
    });
  }
  return {
    name,
    bindings,
    triggerBinding: trigger[0],
    trigger: trigger[1],
    retryOptions: retryOptions ?? null,
  };
}
