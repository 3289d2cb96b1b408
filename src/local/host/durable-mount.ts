import type { MountedHandler } from './http-door.ts';
import { headerValue, type HostResponse } from './messages.ts';

/** The management API of a Durable engine, as far as the host needs it. */
export type ManagementHandler = {
  handle(request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  }): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  }>;
};

/** For `host.mount('durabletask', …)`. `api` is asked for with every request, so that the mount outlives an engine. */
export function durableMount(api: () => ManagementHandler): MountedHandler {
  return async (request): Promise<HostResponse> => {
    const names = [...new Set(request.headers.map(([name]) => name.toLowerCase()))];
    const { status, headers, body } = await api().handle({
      method: request.method,
      url: `http://${headerValue(request.headers, 'host') ?? 'localhost'}${request.target}`,
      headers: Object.fromEntries(names.map((name) => [name, headerValue(request.headers, name) ?? ''])),
      body: request.body.length === 0 ? null : new TextDecoder().decode(request.body),
    });
    return { status, headers: Object.entries(headers), body: new TextEncoder().encode(body ?? '') };
  };
}
