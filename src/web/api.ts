import { sessionToken } from './session.ts';

/** What the API said when it said no. */
export class Refusal extends Error {
  readonly status: number;
  readonly advice: string;

  constructor(status: number, detail: string, advice: string) {
    super(detail);
    this.status = status;
    this.advice = advice;
  }
}

async function send(method: string, path: string, body?: unknown): Promise<unknown> {
  const token = sessionToken();
  const response = await fetch(path, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const answer: unknown = isJson ? await response.json() : null;
  if (response.ok) return answer;
  const problem = (answer ?? {}) as { detail?: string; try?: string };
  throw new Refusal(
    response.status,
    problem.detail ?? `The app answered ${response.status}.`,
    problem.try ?? 'Try again in a minute.',
  );
}

export const read = async <T>(path: string): Promise<T> => (await send('GET', path)) as T;
export const post = (path: string, body?: unknown): Promise<unknown> => send('POST', path, body);
export const remove = (path: string): Promise<unknown> => send('DELETE', path);
