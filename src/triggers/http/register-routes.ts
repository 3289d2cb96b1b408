import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { Authenticate } from '../../auth/authenticate.ts';
import { isAdmin } from '../../auth/caller.ts';
import { forbidden } from '../../auth/faults.ts';
import { refuseCrossSite } from '../../auth/same-site.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { wrapHttp } from '../wrap-http.ts';
import { idempotencyKeyOf, once } from './idempotency.ts';
import { parseInput } from './invalid-input.ts';
import { readJson } from './read-body.ts';
import { type Call, type OpenRoute, remembered, type Route } from './route.ts';

export type Door = {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly authenticate: Authenticate;
  readonly limitRate: (caller: string) => void;
  readonly publicUrl: string | null;
};

function queryOf(request: HttpRequest): Record<string, string> {
  return Object.fromEntries(request.query);
}

/** Who calls, once they may use this route at all. */
async function admit(door: Door, route: Route, request: HttpRequest) {
  const caller = await door.authenticate(request.headers);
  if (caller.roles.length === 0) {
    throw forbidden(
      'You are signed in, but have no role in Lamplighter.',
      'Ask whoever runs Lamplighter for the app role Lamplighter.User.',
    );
  }
  if (route.access === 'admin' && !isAdmin(caller)) {
    throw forbidden(
      'Only an admin may do this.',
      'Ask somebody with the app role Lamplighter.Admin to do it.',
    );
  }
  refuseCrossSite(request, caller, door.publicUrl);
  door.limitRate(caller.objectId);
  return caller;
}

async function handle(
  door: Door,
  route: Route,
  request: HttpRequest,
  context: InvocationContext,
  correlationId: string,
): Promise<HttpResponseInit> {
  const caller = await admit(door, route, request);
  const key = route.creates === undefined ? null : idempotencyKeyOf(request.headers);
  const params = route.params && parseInput('address', route.params, request.params);
  const query = route.query && parseInput('query', route.query, queryOf(request));
  const body = route.body && parseInput('body', route.body, await readJson(request));
  const call: Call<unknown, unknown, unknown> = {
    caller,
    params,
    query,
    body,
    at: door.clock.now(),
    idempotencyKey: key,
    correlationId,
    requestOrigin: new URL(request.url).origin,
    durable: () => df.getClient(context),
    context,
  };
  const act = async () => {
    const given = await route.act(call);
    return { ...remembered(given), repeated: given.repeated };
  };
  if (key === null) return remembered(await route.act(call));
  const place = { objectId: caller.objectId, functionName: route.name, key };
  const { replayed, ...given } = await once(door, place, { params: request.params, body: body ?? null }, act);
  return { ...given, headers: { ...given.headers, ...(replayed ? { 'idempotency-replayed': 'true' } : {}) } };
}

export function registerRoutes(door: Door, routes: readonly Route[]): void {
  for (const route of routes) {
    app.http(route.name, {
      methods: [route.method],
      route: route.path,
      // Keys only deter; who calls is established by the sign-in.
      authLevel: 'anonymous',
      ...(route.usesDurable === undefined ? {} : { extraInputs: [df.input.durableClient()] }),
      handler: wrapHttp((request, context, correlationId) =>
        handle(door, route, request, context, correlationId),
      ),
    });
  }
}

export function registerOpenRoutes(routes: readonly OpenRoute[]): void {
  for (const route of routes) {
    app.http(route.name, {
      methods: ['GET'],
      route: route.path,
      authLevel: 'anonymous',
      handler: wrapHttp(async (request) => {
        const given = await route.answer(request);
        return {
          ...given,
          headers: { 'content-type': route.contentType, ...(given.headers as Record<string, string>) },
        };
      }),
    });
  }
}
