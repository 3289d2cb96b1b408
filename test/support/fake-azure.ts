import { readFileSync } from 'node:fs';
import type { TokenCredential } from '@azure/core-auth';
import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { createAzureTransport, type AzureTransport } from '../../src/adapters/azure/transport.ts';
import { parseSubscriptionId } from '../../src/core/ids.ts';

export const subscription = parseSubscriptionId('34adfa4f-cedf-4dc0-ba29-b6d1a69ab345');

export type FakeAnswer = {
  readonly status?: number;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
};
export type FakeAzure = {
  readonly httpClient: HttpClient;
  /** Every request that reached the network, oldest first. */
  readonly requests: PipelineRequest[];
};

/** Answers of Azure by hand: what `answer` returns, or throws. */
export function fakeAzure(answer: (request: PipelineRequest) => FakeAnswer | Error): FakeAzure {
  const requests: PipelineRequest[] = [];
  return {
    requests,
    httpClient: {
      async sendRequest(request) {
        requests.push(request);
        const given = answer(request);
        if (given instanceof Error) throw given;
        const text = given.text ?? (given.body === undefined ? '' : JSON.stringify(given.body));
        const headers = createHttpHeaders({ 'content-type': 'application/json', ...given.headers });
        return { request, status: given.status ?? 200, headers, bodyAsText: text };
      },
    },
  };
}

export const staticCredential: TokenCredential = {
  getToken: async () => ({ token: 'test-token', expiresOnTimestamp: 253_402_300_799_000 }),
};

export function transportTo(azure: FakeAzure, now = 1_795_000_000_000): AzureTransport {
  return createAzureTransport({
    clock: { now: () => now },
    subscriptions: [subscription],
    storageOrigins: ['https://lamplighter.blob.core.windows.net'],
    loopbackOrigin: null,
    httpClient: azure.httpClient,
  });
}

type Recorded = {
  readonly responses: Readonly<
    Record<string, { readonly body?: unknown; readonly headers?: Record<string, string> }>
  >;
};

/** The recorded answer of a file in test/golden/arm. */
export function recordedAnswer(name: string, status: number): FakeAnswer {
  const text = readFileSync(new URL(`../golden/arm/${name}.json`, import.meta.url), 'utf8');
  const recorded = (JSON.parse(text) as Recorded).responses[status];
  return {
    status,
    ...(recorded?.body === undefined ? {} : { body: recorded.body }),
    ...(recorded?.headers === undefined ? {} : { headers: recorded.headers }),
  };
}
