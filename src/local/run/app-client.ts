import { LamplighterError } from '../../core/errors.ts';

/** Calls the running app over HTTP, as anybody would. */
export type AppClient = {
  get(path: string): Promise<unknown>;
  post(path: string, idempotencyKey: string): Promise<unknown>;
};

export function appClient(url: string, token: string): AppClient {
  const call = async (method: string, path: string, headers: Record<string, string>): Promise<unknown> => {
    const response = await fetch(`${url}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as unknown;
    throw new LamplighterError(`${method} /api/${path} answered ${response.status}: ${text.slice(0, 400)}`, {
      code: 'local.app-refused',
      fault: 'lamplighter',
      fix: 'See the lines above for what the app said.',
    });
  };
  return {
    get: (path) => call('GET', path, {}),
    post: (path, idempotencyKey) => call('POST', path, { 'idempotency-key': idempotencyKey }),
  };
}
