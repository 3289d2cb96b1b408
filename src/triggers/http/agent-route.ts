import { app, type HttpMethod, type HttpRequest } from '@azure/functions';
import type { z } from 'zod';
import type { SignedRequest } from '../../fleet/enrol-signed.ts';
import { wrapHttp } from '../wrap-http.ts';
import { type Answer, remembered } from './route.ts';

/** A route for session agents: no person signs in, each request is signed with the key of one compute. */
export type AgentRoute = {
  readonly name: string;
  readonly method: HttpMethod;
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly answers: { readonly status: number; readonly schema: z.ZodType };
  readonly act: (request: HttpRequest) => Promise<Answer>;
};

export const signedRequestOf = (request: HttpRequest, body: Uint8Array): SignedRequest => ({
  header: (name) => request.headers.get(name),
  body,
});

export function registerAgentRoutes(routes: readonly AgentRoute[]): void {
  for (const route of routes) {
    app.http(route.name, {
      methods: [route.method],
      route: route.path,
      authLevel: 'anonymous',
      handler: wrapHttp(async (request) => remembered(await route.act(request))),
    });
  }
}
