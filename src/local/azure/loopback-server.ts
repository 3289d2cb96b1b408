import { createServer, type IncomingMessage, type Server } from 'node:http';
import { LamplighterError } from '../../core/errors.ts';
import type { AddressInfo } from 'node:net';
import type { SimulatedAzure } from './simulated-azure.ts';

export type LoopbackServer = {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  close(): Promise<void>;
};

/** Names the host that the client meant; the request itself goes to 127.0.0.1. */
export const originalHostHeader = 'x-original-host';

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? null : Buffer.concat(chunks).toString('utf8');
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function serverOf(azure: Pick<SimulatedAzure, 'handle'>): Server {
  return createServer((request, response) => {
    const serve = async (): Promise<void> => {
      const headers = headersOf(request);
      const host = headers[originalHostHeader] ?? request.headers.host ?? '127.0.0.1';
      const answer = await azure.handle({
        method: request.method ?? 'GET',
        url: `https://${host}${request.url ?? '/'}`,
        headers,
        body: await readBody(request),
      });
      if (answer.kind === 'lost') {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body ?? undefined);
    };
    serve().catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
  });
}

/** Serves the simulated Azure on 127.0.0.1; port 0 takes a free one. Throws `port.busy` if the port is in use. */
export function listen(azure: Pick<SimulatedAzure, 'handle'>, port = 0): Promise<LoopbackServer> {
  const server = serverOf(azure);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new LamplighterError(`Port ${port} on 127.0.0.1 is in use.`, {
              code: 'port.busy',
              fault: 'caller',
              field: 'port',
              fix: 'Give another port, or end the program that uses this one.',
              cause: error,
            })
          : error,
      );
    });
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve({
        origin: `http://127.0.0.1:${bound}`,
        close: () =>
          new Promise((done) => {
            server.closeAllConnections();
            server.close(() => done());
          }),
      });
    });
  });
}
