import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { LamplighterError } from '../core/errors.ts';
import { logFault } from './log-fault.ts';
import { problemOf, problemResponse } from './http/problem.ts';

export type WrappedHandler = (
  request: HttpRequest,
  context: InvocationContext,
  correlationId: string,
) => Promise<HttpResponseInit>;

const safeId = /^[-\w.]{8,64}$/;

/** The caller's own id where it is harmless to repeat in headers and logs, else the invocation's. */
function correlationIdOf(request: HttpRequest, context: InvocationContext): string {
  const given = request.headers.get('x-correlation-id');
  return given !== null && safeId.test(given) ? given : context.invocationId;
}

const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/**
 * The outermost layer of every HTTP function. The host answers a thrown error with an empty 500 and a thrown
 * `undefined` with an empty 204, so nothing may pass this point.
 */
export function wrapHttp(handler: WrappedHandler): HttpHandler {
  return async (request, context) => {
    const correlationId = correlationIdOf(request, context);
    let response: HttpResponseInit;
    try {
      response = await handler(request, context, correlationId);
    } catch (thrown) {
      const problem = problemOf(thrown, correlationId);
      if (problem.status >= 500) logFault(context, 'A request failed', thrown, { correlationId });
      response = problemResponse(problem, thrown instanceof LamplighterError && thrown.retryable);
    }
    return {
      ...response,
      headers: {
        ...always,
        'x-correlation-id': correlationId,
        ...(response.headers as Record<string, string>),
      },
    };
  };
}
