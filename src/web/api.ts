import { sessionToken } from './session.ts';

export type FieldFault = { readonly field: string; readonly detail: string };
type Problem = {
  readonly detail?: string;
  readonly try?: string;
  readonly faults?: readonly FieldFault[];
  readonly refusals?: readonly (FieldFault & { readonly try: string })[];
};

/** What the API said when it said no. */
export class Refusal extends Error {
  readonly status: number;
  readonly advice: string;
  /** Every fault with the field that it is about. */
  readonly faults: readonly FieldFault[];

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? `The app answered ${status}.`);
    this.status = status;
    this.advice = problem.try ?? 'Try again in a minute.';
    const refusals = problem.refusals?.map(({ field, detail, try: fix }) => ({
      field,
      detail: `${detail} ${fix}`,
    }));
    this.faults = refusals ?? problem.faults ?? [];
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
  throw new Refusal(response.status, answer ?? {});
}

export const read = async <T>(path: string): Promise<T> => (await send('GET', path)) as T;
export const post = (path: string, body?: unknown): Promise<unknown> => send('POST', path, body);
export const remove = (path: string): Promise<unknown> => send('DELETE', path);
