import { fileURLToPath } from 'node:url';
import type { InvocationOutcome, InvocationRequest, FunctionApp } from '../../../src/local/host/types.ts';
import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import { requireFresh } from '../../../src/local/host/require-fresh.ts';

/** The recorded application's switches. */
export type AppControls = {
  attempts: Record<string, number>;
  flags: Record<string, boolean>;
  sleep: (ms: number) => Promise<void>;
};

export type RecordedApp = { readonly app: FunctionApp; readonly controls: AppControls };

const APP_FILE = fileURLToPath(new URL('../../golden/durable/app.cjs', import.meta.url));

export async function loadRecordedApp(): Promise<RecordedApp> {
  let controls: AppControls | undefined;
  const app = await loadFunctionApp(
    () => {
      ({ ctl: controls } = requireFresh(APP_FILE) as { ctl: AppControls });
    },
    { log: () => undefined },
  );
  if (controls === undefined) throw new Error('The recorded application has no controls.');
  return { app, controls };
}

/** The same app, with every call and its outcome shown to `onCall`. */
export function watched(
  app: FunctionApp,
  onCall: (request: InvocationRequest) => (outcome: InvocationOutcome) => void,
): FunctionApp {
  return {
    functions: app.functions,
    provideInput: (type, provider) => app.provideInput(type, provider),
    terminate: () => app.terminate(),
    invoke: async (request) => {
      const onOutcome = onCall(request);
      const outcome = await app.invoke(request);
      onOutcome(outcome);
      return outcome;
    },
  };
}
