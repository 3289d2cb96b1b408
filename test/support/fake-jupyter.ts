import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type FakeJupyter = {
  readonly port: number;
  /** Paths with their queries, and tokens, as they came. */
  readonly asked: { readonly url: string; readonly authorization: string | undefined }[];
};

/** A Jupyter server's API, answered by hand: what it gives for `/api/kernels`, and so on. */
export async function fakeJupyter(
  answer: (name: string, response: ServerResponse, request: IncomingMessage) => void,
): Promise<FakeJupyter> {
  const asked: { url: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.push({ url, authorization: request.headers.authorization });
    answer(/\/api\/(\w+)/.exec(url)?.[1] ?? '', response, request);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

/** Answers with these lists; what is not named is empty. */
export const lists =
  (given: Readonly<Record<string, unknown>>) =>
  (name: string, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(given[name] ?? []));
  };
