import { randomUUID } from 'node:crypto';
import type { FunctionApp } from '../../src/local/host/types.ts';

export type HttpCall = {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array | object;
  readonly method?: string;
};
export type HttpResult = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: Record<string, unknown>;
};

function bytesOf(body: HttpCall['body']): Uint8Array | null {
  if (body === undefined) return null;
  if (body instanceof Uint8Array) return body;
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Calls one HTTP function of a loaded app through the programming model, as the host does once it has found the route. */
export async function invokeHttp(
  app: FunctionApp,
  functionName: string,
  call: HttpCall = {},
): Promise<HttpResult> {
  const registered = app.functions.get(functionName);
  if (registered === undefined) throw new Error(`${functionName} is not registered.`);
  const [method] = registered.trigger['methods'] as string[];
  const bytes = bytesOf(call.body);
  const outcome = await app.invoke({
    functionName,
    invocationId: randomUUID(),
    trigger: {
      http: {
        method: call.method ?? method,
        url: `http://127.0.0.1:7071/api/${String(registered.trigger['route'])}`,
        headers: {
          ...(bytes === null
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(bytes.byteLength) }),
          ...call.headers,
        },
        query: call.query ?? {},
        params: call.params ?? {},
        ...(bytes === null ? {} : { body: { bytes } }),
      },
    },
  });
  if (!outcome.ok) throw new Error('The function threw.', { cause: outcome.error });
  const http = outcome.returnValue?.http as
    | { statusCode: string; headers: Record<string, string>; body?: { bytes?: Uint8Array } }
    | undefined;
  if (http === undefined) throw new Error('The function returned no HTTP answer.');
  const text = new TextDecoder().decode(http.body?.bytes ?? new Uint8Array());
  const isJson = /json/.test(http.headers['content-type'] ?? '');
  return {
    status: Number(http.statusCode),
    headers: http.headers,
    text,
    json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}
