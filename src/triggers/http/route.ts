import type { HttpMethod, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import type { z } from 'zod';
import type { Caller } from '../../auth/caller.ts';
import type { RememberedAnswer } from '../../ledger/answers.ts';

/** `signed-in`: whoever has one of the app's roles; what they may see of it is the route's own business. */
export type Access = 'signed-in' | 'admin';

/** A request that came through: who, what, parsed; `at` is the time it is judged by. */
export type Call<Params, Query, Body> = {
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly at: number;
  /** Where the route creates something. */
  readonly idempotencyKey: string | null;
  readonly correlationId: string;
  /** Scheme and host by which the caller reached us. */
  readonly requestOrigin: string;
  /** Only where the route asked for it. */
  readonly durable: () => DurableClient;
  readonly context: InvocationContext;
};

/** What a route answers; `jsonBody` must survive JSON. */
export type Answer = {
  readonly status: number;
  readonly jsonBody: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a repetition is answered with in its place: for bodies with a secret, which the ledger must not hold. */
  readonly repeated?: unknown;
};
export const answer = (
  status: number,
  jsonBody: unknown,
  headers?: Readonly<Record<string, string>>,
): Answer => ({
  status,
  jsonBody,
  ...(headers === undefined ? {} : { headers }),
});

/** What a route declares of itself: it is registered, checked and described in OpenAPI from this one value. */
export type RouteShape = {
  /** Unique among all functions of the app by more than its casing. */
  readonly name: string;
  readonly method: HttpMethod;
  /** Below the prefix `/api`; parameters in braces. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** It creates something: an Idempotency-Key is needed. */
  readonly creates?: true;
  readonly usesDurable?: true;
  /** The status of success and what its body is. */
  readonly answers: { readonly status: number; readonly schema: z.ZodType };
};

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export type Route = RouteShape & { readonly act: (call: Call<unknown, unknown, unknown>) => Promise<Answer> };

/** Ties a route's declaration to what it does, with the types that its schemas give. */
export function route<const Shape extends RouteShape>(
  shape: Shape,
  act: (
    call: Call<Parsed<Shape['params']>, Parsed<Shape['query']>, Parsed<Shape['body']>>,
  ) => Promise<Answer>,
): Route {
  return { ...shape, act: act as Route['act'] };
}

/** A route without sign-in, for what holds nothing of anybody: the page's shell, health, descriptions. */
export type OpenRoute = {
  readonly name: string;
  readonly path: string;
  readonly summary: string;
  readonly contentType: string;
  readonly answer: (request: HttpRequest) => HttpResponseInit | Promise<HttpResponseInit>;
};

export const remembered = (given: Answer): RememberedAnswer => ({
  status: given.status,
  headers: given.headers ?? {},
  jsonBody: given.jsonBody,
});
