import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { LamplighterError } from '../../core/errors.ts';
import type { ManagementApi } from './management-api.ts';

const MAX_BODY_BYTES = 32 * 1024 * 1024;

export type LoopbackListener = {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  close(): Promise<void>;
};

/**
 * Serves the management API to the Durable client inside the app, on 127.0.0.1 only. `port` 0 takes a free one. `api` is asked for
 * with every request, so that the listener outlives an engine.
 */
export async function listenOnLoopback(api: () => ManagementApi, port = 0): Promise<LoopbackListener> {
  const server = createServer((request, response) => {
    answer(api(), request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(503, { 'content-type': 'text/plain' });
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(portTaken(port, cause)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(api: ManagementApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    response.writeHead(413).end();
    return;
  }
  const body = await text(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
  const url = `http://${request.headers.host ?? '127.0.0.1'}${request.url ?? '/'}`;
  const result = await api.handle({ method: request.method ?? 'GET', url, headers, body });
  response.writeHead(result.status, result.headers).end(result.body ?? undefined);
}

function portTaken(port: number, cause: Error): LamplighterError {
  return new LamplighterError(`The Durable engine cannot listen on 127.0.0.1:${port}: ${cause.message}.`, {
    code: 'durable.port-in-use',
    fault: 'deployment',
    fix: 'Stop the other process or let the engine take a free port (port 0).',
    cause,
  });
}
