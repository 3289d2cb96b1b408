import { createRequire } from 'node:module';
import type { DurableClient, OrchestrationRuntimeStatus } from 'durable-functions';
import { listenOnLoopback } from '../../../src/local/durable/loopback-listener.ts';
import { clientBinding } from '../../../src/local/durable/management-links.ts';
import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import type { RecordedStep } from './recorded-case.ts';
import { ADDRESS, PUBLIC_ORIGIN, type Stage } from './stage.ts';

const BINDING_STEP = 'durableClient binding payload';
/** The recorder wrote a client call down when it had ended; it reached the hub about this much earlier, ms. */
const CALL_MS = 5;

/** The calls of the recorded client case, by the name of their step. */
const CALLS: Readonly<Record<string, (client: DurableClient, generatedId: () => string) => unknown>> = {
  'startNew Waiting': (client) => client.startNew('Waiting', { instanceId: 'cl-1', input: { a: 1 } }),
  'startNew duplicate': (client) => client.startNew('Waiting', { instanceId: 'cl-1', input: { a: 2 } }),
  'startNew unknown': (client) => client.startNew('Nope'),
  'getStatus running': (client) => client.getStatus('cl-1'),
  'getStatus missing': (client) => client.getStatus('none'),
  createHttpManagementPayload: (client) => client.createHttpManagementPayload('cl-1'),
  suspend: (client) => client.suspend('cl-1', 's'),
  resume: (client) => client.resume('cl-1', 'r'),
  'raiseEvent undefined': (client) => client.raiseEvent('cl-1', 'Go', undefined),
  raiseEvent: (client) => client.raiseEvent('cl-1', 'Go', { x: 1 }),
  'raiseEvent completed': (client) => client.raiseEvent('cl-1', 'Go', { x: 1 }),
  'raiseEvent missing': (client) => client.raiseEvent('none', 'Go', { x: 1 }),
  'terminate completed': (client) => client.terminate('cl-1', 'late'),
  'terminate missing': (client) => client.terminate('none', 'late'),
  'rewind completed': (client) => client.rewind('cl-1', 'why'),
  'rewind missing': (client) => client.rewind('none', 'why'),
  getStatusBy: (client) => client.getStatusBy({ runtimeStatus: [completed()] }),
  purge: (client) => client.purgeInstanceHistory('cl-1'),
  'purge missing': (client) => client.purgeInstanceHistory('none'),
  purgeBy: (client) =>
    client.purgeInstanceHistoryBy({ createdTimeFrom: new Date(0), createdTimeTo: new Date(1) }),
  'startNew generated id, no input': (client) => client.startNew('ReturnInput'),
  getStatus: (client, generatedId) => client.getStatus(generatedId()),
};

function completed(): OrchestrationRuntimeStatus {
  return library().OrchestrationRuntimeStatus.Completed;
}

function library(): typeof import('durable-functions') {
  return createRequire(import.meta.url)('durable-functions') as typeof import('durable-functions');
}

/** A call of the client library, which the recordings keep without a request. */
export function isClientStep(step: RecordedStep): boolean {
  return !('request' in step) && (step.op === BINDING_STEP || step.op in CALLS);
}

/** Calls the unmodified client library, bound to the engine by its binding payload and a real loopback listener. */
export async function playClientStep(step: RecordedStep, stage: Stage): Promise<RecordedStep> {
  if (step.at !== undefined) await stage.run.advanceTo(Date.parse(step.at) - CALL_MS);
  const listener = await listenOnLoopback(() => stage.api);
  try {
    const binding = clientBinding(PUBLIC_ORIGIN, listener.origin, ADDRESS);
    if (step.op === BINDING_STEP) return { ...step, payload: binding };
    const call = CALLS[step.op];
    if (call === undefined) throw new Error(`No call is known for the step "${step.op}".`);
    const result = await call(await boundClient(binding), () => stage.episodes.at(-1)?.instanceId ?? '');
    return { ...step, result: shown(result) };
  } catch (error) {
    const { name, message } = error as Error;
    return { ...step, result: 'undefined', error: { name, message } };
  } finally {
    await listener.close();
  }
}

function shown(result: unknown): unknown {
  return result === undefined ? 'undefined' : (JSON.parse(JSON.stringify(result)) as unknown);
}

async function boundClient(binding: unknown): Promise<DurableClient> {
  const require = createRequire(import.meta.url);
  let client: DurableClient | undefined;
  const app = await loadFunctionApp(
    () => {
      const { app } = require('@azure/functions') as typeof import('@azure/functions');
      const df = library();
      app.timer('bind', {
        schedule: '0 0 0 1 1 *',
        extraInputs: [df.input.durableClient()],
        handler: (_, context) => {
          client = df.getClient(context);
        },
      });
    },
    { log: () => undefined },
  );
  app.provideInput('durableClient', () => ({ json: JSON.stringify(binding) }));
  await app.invoke({ functionName: 'bind', invocationId: 'bind', trigger: { json: '{}' } });
  if (client === undefined) throw new Error('The client library accepted no binding.');
  return client;
}
