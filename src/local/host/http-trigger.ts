import {
  emptyResponse,
  headerValue,
  type HeaderList,
  type HostRequest,
  type HostResponse,
} from './messages.ts';
import type { RequestTarget } from './request-target.ts';
import type { RouteValues } from './match-route.ts';
import { renderSetCookie, type RpcCookie } from './set-cookie.ts';
import type { TypedData } from './types.ts';

/** A larger body is refused with a bare 500 before the function runs. */
export const MAX_BODY_BYTES = 104_857_600;

/** What the handler's HttpRequest is made of. Only a body with a Content-Length above zero is read: a chunked one is lost, as recorded. */
export function httpTriggerData(request: HostRequest, target: RequestTarget, params: RouteValues): TypedData {
  const names = [...new Set(request.headers.map(([name]) => name.toLowerCase()))];
  const headers = Object.fromEntries(names.map((name) => [name, headerValue(request.headers, name) ?? '']));
  const hasBody = Number(headers['content-length'] ?? 0) > 0;
  return {
    http: {
      method: request.method,
      url: `http://${headers['host'] ?? 'localhost'}${request.target}`,
      headers,
      query: Object.fromEntries(target.query),
      params,
      body: hasBody ? { bytes: request.body } : null,
    },
  };
}

type RpcHttp = {
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly RpcCookie[];
  readonly body?: { readonly bytes?: Uint8Array | null; readonly string?: string | null } | null;
};

export type FunctionResponse =
  | { readonly ok: true; readonly response: HostResponse }
  | { readonly ok: false; readonly problem: string };

/** The answer made of a function's return value. A value that is no HTTP response at all is a 204. */
export function functionResponse(returnValue: TypedData | null): FunctionResponse {
  const http = returnValue?.http as RpcHttp | null | undefined;
  if (http === null || http === undefined) return { ok: true, response: emptyResponse(204) };
  const body = http.body?.bytes ?? new Uint8Array(0);
  const own = Object.entries(http.headers ?? {});
  const length = http.headers?.['content-length'];
  if (length !== undefined && Number(length) !== body.length) {
    return { ok: false, problem: `Its Content-Length says ${length}, its body has ${body.length} bytes.` };
  }
  if (http.headers?.['transfer-encoding'] !== undefined) {
    return { ok: false, problem: 'It sets Transfer-Encoding, which is the server’s own.' };
  }
  const cookies = (http.cookies ?? []).map((cookie) => ['set-cookie', renderSetCookie(cookie)] as const);
  const framing: HeaderList =
    body.length > 0 && length === undefined ? [['transfer-encoding', 'chunked']] : [];
  return {
    ok: true,
    response: { status: Number(http.statusCode ?? 200), headers: [...own, ...cookies, ...framing], body },
  };
}
