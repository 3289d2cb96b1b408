import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { LamplighterError } from '../../core/errors.ts';
import { MAX_BODY_BYTES } from './http-trigger.ts';
import type { HeaderList, HostRequest, HostResponse } from './messages.ts';

export type Listener = { readonly port: number; close(): Promise<void> };
export type Respond = (request: HostRequest) => Promise<HostResponse>;

/**
 * Listens on loopback unless told otherwise: the management endpoints must not leave the machine.
 * `port` 0 takes a free one. Rejects with `LamplighterError` `host.port-in-use` or `host.cannot-listen`.
 */
export async function listen(respond: Respond, port: number, address = '127.0.0.1'): Promise<Listener> {
  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing, respond);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(cause, port, address)));
    server.listen(port, address, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () => close(server),
  };
}

/** Refuses new connections and resolves when the running requests have their answers. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, respond: Respond): Promise<void> {
  const request = await readRequest(incoming);
  if (request === undefined) return;
  const response = await respond(request);
  // Node would add its own connection and keep-alive headers, which the recorded server does not send.
  outgoing.removeHeader('connection');
  outgoing.sendDate = false;
  outgoing.writeHead(
    response.status,
    STATUS_CODES[response.status] ?? '',
    response.headers.flatMap(([name, value]) => [name, value]),
  );
  outgoing.end(response.body);
}

/** `undefined` when the caller hung up before its request was complete. */
async function readRequest(incoming: IncomingMessage): Promise<HostRequest | undefined> {
  const announced = Number(incoming.headers['content-length'] ?? 0);
  const oversized = announced > MAX_BODY_BYTES;
  const head = {
    method: incoming.method ?? 'GET',
    target: incoming.url ?? '/',
    headers: pairs(incoming.rawHeaders),
  };
  const body = new Uint8Array(oversized ? 0 : announced);
  let filled = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
      // A chunked body is read off the wire and dropped, an oversized one too.
      if (filled + chunk.length <= body.length) body.set(chunk, filled);
      filled += chunk.length;
    }
  } catch {
    return undefined;
  }
  return oversized ? { ...head, body, oversizedBytes: announced } : { ...head, body };
}

function pairs(raw: readonly string[]): HeaderList {
  return Array.from({ length: raw.length / 2 }, (_, index) => [
    raw[index * 2] ?? '',
    raw[index * 2 + 1] ?? '',
  ]);
}

function cannotListen(cause: NodeJS.ErrnoException, port: number, address: string): LamplighterError {
  const busy = cause.code === 'EADDRINUSE';
  return new LamplighterError(
    busy ? `Port ${port} on ${address} is in use.` : `Cannot listen on ${address}:${port}.`,
    {
      code: busy ? 'host.port-in-use' : 'host.cannot-listen',
      fault: 'deployment',
      fix: busy
        ? 'Stop the program that holds it, or choose another port.'
        : 'Choose another port or address.',
      field: 'port',
      cause,
    },
  );
}
