import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { FunctionApp } from '../../src/local/host/types.ts';

export type DurableRecorder = {
  readonly requests: { readonly method: string; readonly path: string }[];
  answerWith(status: number): void;
  onRequest(look: () => Promise<void>): void;
};

/** What the durable client of an app sends, answered by hand: for tests of who is told what, and when. */
export async function durableRecorder(app: FunctionApp): Promise<DurableRecorder> {
  const requests: { method: string; path: string }[] = [];
  let status = 202;
  let look: (() => Promise<void>) | null = null;
  async function answerAfterLook(response: ServerResponse): Promise<void> {
    await look?.();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 'instance' }));
  }
  const server = createServer((request, response) => {
    request.resume();
    const path = (request.url ?? '').split('?')[0] ?? '';
    requests.push({ method: request.method ?? '', path: path.replace(/^\/durable/, '') });
    void answerAfterLook(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/durable`;
  const links = Object.fromEntries(
    ['createNewInstancePostUri', 'waitOnCustomStatusPostUri', 'purgeDeleteUri', 'sendEventPostUri', 'id'].map(
      (name) => [name, `${origin}/{instanceId}`],
    ),
  );
  app.provideInput('durableClient', () => ({
    string: JSON.stringify({
      taskHubName: 'Test',
      creationUrls: links,
      managementUrls: links,
      baseUrl: origin,
      rpcBaseUrl: `${origin}/`,
      requiredQueryStringParameters: '',
    }),
  }));
  return {
    requests,
    answerWith: (next) => {
      status = next;
    },
    onRequest: (next) => {
      look = next;
    },
  };
}
