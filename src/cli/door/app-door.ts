import { LamplighterError } from '../../core/errors.ts';

export type DoorReply = { readonly status: number; readonly json: Readonly<Record<string, unknown>> };

/** Lamplighter's HTTP API, as somebody who has signed in. */
export type AppDoor = {
  call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    key?: string,
  ): Promise<DoorReply>;
};

const timeoutMs = 60_000;

const unreachable = (url: string, cause: unknown): LamplighterError =>
  new LamplighterError(`Lamplighter cannot be reached at ${url}.`, {
    code: 'cli.unreachable',
    fault: 'deployment',
    retryable: true,
    fix: 'Check --url (or LAMPLIGHTER_URL), and send it again.',
    cause,
  });

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The app at `url`, called with what `token` gives each time: tokens expire while one waits. */
export function appDoor(url: string, token: () => Promise<string>): AppDoor {
  return {
    async call(method, path, body, key) {
      const authorization = `Bearer ${await token()}`;
      let response: Response;
      let text: string;
      try {
        response = await fetch(`${url}${path}`, {
          method,
          headers: {
            authorization,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(key === undefined ? {} : { 'idempotency-key': key }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(timeoutMs),
        });
        text = await response.text();
      } catch (error) {
        throw unreachable(url, error);
      }
      return { status: response.status, json: parsed(text) };
    },
  };
}
