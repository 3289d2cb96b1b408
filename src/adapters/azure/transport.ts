import type { HttpClient, PipelineOptions, PipelineRequest } from '@azure/core-rest-pipeline';
import type { Clock } from '../../ports/clock.ts';
import { type AzureScopeOptions, createAzureScope } from './azure-scope.ts';
import { boundedClient, guardedClient, loopbackClient } from './http-clients.ts';

export type AzureTransportOptions = AzureScopeOptions & {
  readonly clock: Clock;
  /** `LAMPLIGHTER_LOOPBACK_AZURE`, or null for the real Azure. */
  readonly loopbackOrigin: string | null;
  /** Takes the place of the network in the simulation; the scope guard still stands above it. */
  readonly httpClient?: HttpClient;
  readonly timeoutMs?: number;
};

/** What every Azure SDK client of the app is built with. */
export type AzureClientOptions = PipelineOptions & { readonly httpClient: HttpClient };

export type AzureTransport = {
  readonly clock: Clock;
  readonly clientOptions: AzureClientOptions;
};

const defaultTimeoutMs = 100_000;

/** The network, loaded with the first request: the pipeline packages are heavy at start. */
function networkClient(timeoutMs: number): HttpClient {
  let loaded: Promise<HttpClient> | undefined;
  const load = async (): Promise<HttpClient> => {
    const { createDefaultHttpClient } = await import('@azure/core-rest-pipeline');
    return boundedClient(createDefaultHttpClient(), timeoutMs);
  };
  return {
    async sendRequest(request: PipelineRequest) {
      loaded ??= load();
      return (await loaded).sendRequest(request);
    },
  };
}

/**
 * The one place where the options of SDK clients are made: own retries and redirects off (waiting is a durable timer),
 * every call bounded in time and held inside the scope, our name in the user agent.
 */
export function createAzureTransport(options: AzureTransportOptions): AzureTransport {
  const network = options.httpClient ?? networkClient(options.timeoutMs ?? defaultTimeoutMs);
  const routed = options.loopbackOrigin === null ? network : loopbackClient(network, options.loopbackOrigin);
  return {
    clock: options.clock,
    clientOptions: {
      httpClient: guardedClient(routed, createAzureScope(options)),
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      userAgentOptions: { userAgentPrefix: 'lamplighter' },
    },
  };
}
