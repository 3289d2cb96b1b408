import { createRequire } from 'node:module';
import type { LoopbackListener } from '../durable/loopback-listener.ts';
import type { ManagementApi } from '../durable/management-api.ts';

type Asked = {
  readonly url: string;
  readonly method?: string;
  readonly data?: string;
  readonly headers?: { toJSON?(): Record<string, unknown> };
};
type Answered = {
  readonly data: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly config: Asked;
};
type Defaults = { adapter: unknown };

/** Nothing listens there: the reserved domain makes sure that a call that were to leave the process fails. */
const originOf = (number: number): string => `http://life-${number}.invalid`;
const apis = new Map<string, () => ManagementApi>();
let opened = 0;
let usual: unknown;

/** The HTTP client that the Durable client library itself uses. */
function httpClientDefaults(): Defaults {
  const ofLibrary = createRequire(createRequire(import.meta.url).resolve('durable-functions'));
  return (ofLibrary('axios') as { readonly defaults: Defaults }).defaults;
}

const textHeaders = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
    ),
  );

async function answer(asked: Asked): Promise<Answered> {
  const api = apis.get(new URL(asked.url).origin);
  if (api === undefined) throw new Error(`Nothing answers at ${new URL(asked.url).origin}.`);
  const result = await api().handle({
    method: (asked.method ?? 'get').toUpperCase(),
    url: asked.url,
    headers: textHeaders(asked.headers?.toJSON?.() ?? {}),
    body: asked.data ?? '',
  });
  return {
    data: result.body ?? '',
    status: result.status,
    statusText: '',
    headers: result.headers,
    config: asked,
  };
}

/**
 * Serves the management API to the Durable client inside the app without a socket: a sweep is begun thousands of times in a
 * simulated month, and the way through the loopback took longer than all that it asked for.
 */
export async function listenInProcess(api: () => ManagementApi): Promise<LoopbackListener> {
  const defaults = httpClientDefaults();
  if (apis.size === 0) usual = defaults.adapter;
  opened += 1;
  const origin = originOf(opened);
  apis.set(origin, api);
  defaults.adapter = answer;
  return {
    origin,
    async close() {
      apis.delete(origin);
      if (apis.size === 0) defaults.adapter = usual;
    },
  };
}
