import type { HttpClient, PipelineOptions, PipelineRequest } from '@azure/core-rest-pipeline';
import type { Clock } from '../../ports/clock.ts';
import { type AzureScopeOptions, createAzureScope } from './azure-scope.ts';
import { boundedClient, guardedClient, loopbackClient } from './http-clients.ts';

export type NetworkOptions = {
  /** `LAMPLIGHTER_LOOPBACK_AZURE`, or null for the real Azure. */
  readonly loopbackOrigin: string | null;
  /** Takes the place of the network in the simulation; guards still stand above it. */
  readonly httpClient?: HttpClient;
  readonly timeoutMs?: number;
};
export type AzureTransportOptions = AzureScopeOptions & NetworkOptions & { readonly clock: Clock };

/** What every Azure SDK client of the app is built with. */
export type AzureClientOptions = PipelineOptions & { readonly httpClient: HttpClient };

export type AzureTransport = {
  readonly clock: Clock;
  readonly clientOptions: AzureClientOptions;
  /** For clients of the provisioning identity, the only ones that may create and delete. */
  readonly provisioningOptions: AzureClientOptions;
  /** For clients of the attaching identity, the only ones that may attach, detach and read secrets. */
  readonly attachingOptions: AzureClientOptions;
};

const defaultTimeoutMs = 100_000;

/** Loaded with the first request: the pipeline packages are heavy at start. */
function lazyNetwork(timeoutMs: number): HttpClient {
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

/** The network without any guard: bounded in time, or the simulated Azure. */
export function createNetwork(options: NetworkOptions): HttpClient {
  const network = options.httpClient ?? lazyNetwork(options.timeoutMs ?? defaultTimeoutMs);
  return options.loopbackOrigin === null ? network : loopbackClient(network, options.loopbackOrigin);
}

/**
 * The one place where the options of SDK clients are made: own retries and redirects off (waiting is a durable timer),
 * every call bounded in time and held inside the scope, our name in the user agent.
 */
export function createAzureTransport(options: AzureTransportOptions): AzureTransport {
  const network = createNetwork(options);
  const within = (more: Pick<AzureScopeOptions, 'provisioning' | 'attaching'>): AzureClientOptions => ({
    httpClient: guardedClient(network, createAzureScope({ ...options, ...more })),
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'lamplighter' },
  });
  return {
    clock: options.clock,
    clientOptions: within({}),
    provisioningOptions: within({ provisioning: true }),
    attachingOptions: within({ attaching: true }),
  };
}
