import { LamplighterError } from '../../core/errors.ts';
import { AppRegistry } from './app-registry.ts';
import { installCoreModule, withRegistry } from './core-module.ts';
import { invokeFunction, type InputProvider } from './invoke-function.ts';
import type { FunctionApp, LogLine } from './types.ts';

export type LoadOptions = { readonly log: (line: LogLine) => void };

/**
 * Loads one life of a function app on the unmodified programming model.
 *
 * `load` registers the functions: it requires a bundle (see `requireFresh`) or calls `createApp`; it may be asynchronous. Two loads may
 * overlap, each fills its own registry. After it returned nothing more can be registered. The app runs in this process: a
 * crash of its code is a crash of the host, unlike on Azure, where the worker is a process of its own.
 *
 * The package keeps HTTP streaming, once switched on, for the whole process: after that refusal no other app can be loaded in it.
 *
 * Throws what `load` threw, and `LamplighterError` `host.empty-registry` or `host.stream-not-offered`.
 */
export async function loadFunctionApp(load: () => unknown, options: LoadOptions): Promise<FunctionApp> {
  installCoreModule();
  let streaming = false;
  const registry = new AppRegistry((line) => {
    streaming ||= line.category === 'system' && line.message === 'HTTP streaming enabled.';
    options.log(line);
  });
  await withRegistry(registry, async () => {
    await load();
  });
  registry.sealed = true;
  if (streaming) throw streamNotOffered();
  if (registry.entries.size === 0) throw emptyRegistry();
  const appHookData = {};
  await withRegistry(registry, () => registry.runHooks('appStart', { hookData: {}, appHookData }));

  const providers = new Map<string, InputProvider>();
  return {
    functions: new Map([...registry.entries].map(([name, entry]) => [name, entry.registered])),
    provideInput: (bindingType, provider) => {
      providers.set(bindingType.toLowerCase(), provider);
    },
    invoke: (request) =>
      withRegistry(registry, () => invokeFunction({ registry, providers, appHookData }, request)),
    terminate: () =>
      withRegistry(registry, () => registry.runHooks('appTerminate', { hookData: {}, appHookData })),
  };
}

function emptyRegistry(): LamplighterError {
  return new LamplighterError('The function app registered no function.', {
    code: 'host.empty-registry',
    fault: 'deployment',
    fix:
      'Register at least one function while the app loads. If it does, "@azure/functions" was asked to register something before ' +
      'the host supplied "@azure/functions-core" and stays in its test mode: load the app through the host first.',
  });
}

function streamNotOffered(): LamplighterError {
  return new LamplighterError(
    'The function app switched on HTTP streaming, which this host does not offer.',
    {
      code: 'host.stream-not-offered',
      fault: 'deployment',
      fix: 'Leave "enableHttpStream" off in app.setup.',
      field: 'enableHttpStream',
    },
  );
}
