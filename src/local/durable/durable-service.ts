import type { FunctionApp } from '../host/types.ts';
import { DurableEngine, type DurableEngineOptions } from './durable-engine.ts';
import { listenOnLoopback, type LoopbackListener } from './loopback-listener.ts';
import { ManagementApi } from './management-api.ts';
import { clientBinding, type ManagementAddress } from './management-links.ts';

export type DurableServiceOptions = DurableEngineOptions & {
  /** Origin of the host's own server, for links: `http://127.0.0.1:7071`. */
  readonly publicOrigin: string;
  readonly address: ManagementAddress;
  /** Port of the listener for the client library; default: a free one. */
  readonly rpcPort?: number;
  /** Default: a real one, on 127.0.0.1. */
  readonly listen?: (api: () => ManagementApi, port?: number) => Promise<LoopbackListener>;
};

/** One life of the engine with everything around it that an app needs. */
export type DurableService = {
  readonly engine: DurableEngine;
  /** Mount it under `/runtime/webhooks/durabletask/`. */
  readonly api: ManagementApi;
  /** Where the client library of the app calls: `http://127.0.0.1:PORT`. */
  readonly rpcOrigin: string;
  /** Fences the engine and closes the listener. The store stays open. */
  close(): Promise<void>;
};

/** Opens an engine, its management API, the loopback listener for the client library, and the app's `durableClient` bindings. */
export async function startDurableService(options: DurableServiceOptions): Promise<DurableService> {
  const engine = new DurableEngine(options);
  const api = new ManagementApi(engine, options.address);
  const listener = await (options.listen ?? listenOnLoopback)(() => api, options.rpcPort ?? 0);
  bindClients(options.app, clientBinding(options.publicOrigin, listener.origin, options.address));
  return {
    engine,
    api,
    rpcOrigin: listener.origin,
    close: async () => {
      engine.fence();
      await listener.close();
    },
  };
}

function bindClients(app: FunctionApp, binding: unknown): void {
  const data = { json: JSON.stringify(binding) };
  app.provideInput('durableClient', () => data);
  app.provideInput('orchestrationClient', () => data);
}
