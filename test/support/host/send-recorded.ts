import { request as httpRequest } from 'node:http';
import type { RecordedRequest, RecordedResponse } from './recording.ts';

const RECORDED_HOST = '127.0.0.1:7171';

/** Sends a recorded request as the recorder did: Node's client, one connection each, and the recorded host name. */
export function sendRecorded(port: number, recorded: RecordedRequest): Promise<RecordedResponse> {
  const hasHost = Object.keys(recorded.headers).some((name) => name.toLowerCase() === 'host');
  const headers = {
    ...(hasHost ? {} : { Host: RECORDED_HOST }),
    ...(needsLength(recorded) ? { 'Content-Length': Buffer.byteLength(recorded.body ?? '') } : {}),
    ...recorded.headers,
    Connection: 'close',
  };
  return new Promise((resolve) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method: recorded.method, path: recorded.path, headers },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', (error: NodeJS.ErrnoException) =>
          resolve({ error: error.code ?? error.message }),
        );
        incoming.on('end', () => {
          const body = Buffer.concat(chunks);
          resolve({
            status: incoming.statusCode ?? 0,
            statusText: incoming.statusMessage ?? '',
            headers: pairs(incoming.rawHeaders),
            ...encodeBody(body),
            ms: 0,
          });
        });
      },
    );
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
    outgoing.end(bodyOf(recorded));
  });
}

/** Bodies that the recorder only described: `<4 bytes>` were 00 01 02 FF, larger ones zeros. */
function bodyOf({ body }: RecordedRequest): Buffer | string | undefined {
  const size = /^<(\d+) bytes>$/.exec(body ?? '')?.[1];
  if (size === undefined) return body;
  return size === '4' ? Buffer.from([0, 1, 2, 255]) : Buffer.alloc(Number(size));
}

function encodeBody(body: Buffer): { body: string } | { bodyBase64: string } {
  const text = body.toString();
  if (!Buffer.from(text).equals(body)) return { bodyBase64: body.toString('base64') };
  return { body: text };
}

/** Node's client frames the body of a DELETE only when told its length. */
function needsLength({ method, body }: RecordedRequest): boolean {
  return method === 'DELETE' && body !== undefined;
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [
    raw[index * 2] ?? '',
    raw[index * 2 + 1] ?? '',
  ]);
}
