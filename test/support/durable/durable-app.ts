import { createRequire } from 'node:module';
import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import type { FunctionApp } from '../../../src/local/host/types.ts';

type Durable = typeof import('durable-functions');

/** Loads an app made of what `register` registers on the unmodified durable-functions package. */
export function durableApp(register: (df: Durable) => void): Promise<FunctionApp> {
  return loadFunctionApp(
    () => {
      // Required only now: the package must find the host's core module.
      register(createRequire(import.meta.url)('durable-functions') as Durable);
    },
    { log: () => undefined },
  );
}
