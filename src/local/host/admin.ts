import type { HostContext } from './host-context.ts';
import { eventGridRun, parseEvents } from './event-grid.ts';
import { emptyResponse, headerValue, jsonResponse, type HostRequest, type HostResponse } from './messages.ts';
import type { RegisteredFunction } from './types.ts';

/** `segments`: the path below `/admin`. Needs the master key, but for ping and warm-up; a path that does not exist is 404 without a key too. */
export async function adminEndpoint(
  context: HostContext,
  request: HostRequest,
  segments: readonly string[],
  key: string | undefined,
): Promise<HostResponse> {
  const [area, ...rest] = segments.map((segment) => segment.toLowerCase());
  if (area === 'warmup' && rest.length === 0) return emptyResponse(200);
  if (area === 'host' && rest[0] === 'ping' && rest.length === 1) return pong();
  const action = adminAction(context, request, segments);
  if (action === undefined) return emptyResponse(404);
  switch (context.keys.opensHost(key)) {
    case 'granted':
      return action();
    case 'too-weak':
      return emptyResponse(403);
    case 'unknown':
      return emptyResponse(401, [['WWW-Authenticate', 'Bearer']]);
  }
}

function pong(): HostResponse {
  return emptyResponse(200, [
    ['Cache-Control', 'no-store,no-cache'],
    ['Pragma', 'no-cache'],
  ]);
}

function adminAction(
  context: HostContext,
  request: HostRequest,
  segments: readonly string[],
): (() => HostResponse) | undefined {
  const path = segments.map((segment) => segment.toLowerCase()).join('/');
  const origin = `http://${headerValue(request.headers, 'host') ?? 'localhost'}`;
  const { keys } = context;
  if (request.method === 'GET') {
    if (path === 'host/status') return () => jsonResponse(200, hostStatus(context));
    if (path === 'host/keys') return () => keyList(keys.host, `${origin}/admin/host/keys`);
    if (path === 'host/systemkeys') return () => keyList(keys.system, `${origin}/admin/host/systemkeys`);
    if (path === 'host/systemkeys/_master') {
      const href = `${origin}/admin/host/systemkeys/_master`;
      return () => jsonResponse(200, { name: '_master', value: keys.master, links: [{ rel: 'self', href }] });
    }
    if (path === 'functions') {
      // The list, unlike a single entry, always links by https, as recorded.
      return () =>
        jsonResponse(
          200,
          listed(context).map((fn) => functionEntry(context, fn, origin.replace('http:', 'https:'))),
        );
    }
  }
  const [area, name, detail, ...more] = segments;
  if (area?.toLowerCase() !== 'functions' || name === undefined || more.length > 0) return undefined;
  return functionAction(context, request, { name, detail: detail?.toLowerCase(), origin });
}

function functionAction(
  context: HostContext,
  request: HostRequest,
  { name, detail, origin }: { name: string; detail: string | undefined; origin: string },
): (() => HostResponse) | undefined {
  const fn = listed(context).find((known) => known.name.toLowerCase() === name.toLowerCase());
  const entry = (respond: (fn: RegisteredFunction) => HostResponse) => () =>
    fn === undefined ? emptyResponse(404) : respond(fn);
  if (request.method === 'POST' && detail === undefined)
    return entry((known) => invoke(context, request, known));
  if (request.method !== 'GET') return undefined;
  if (detail === undefined) return entry((known) => jsonResponse(200, functionEntry(context, known, origin)));
  if (detail === 'status') return entry((known) => functionStatus(context, known));
  if (detail !== 'keys') return undefined;
  return entry((known) =>
    keyList(context.keys.ofFunction(known.name), `${origin}/admin/functions/${known.name}/keys`),
  );
}

function hostStatus(context: HostContext): Record<string, unknown> {
  const { hostErrors } = context.catalogue;
  return {
    id: context.hostId,
    state: hostErrors.length === 0 ? 'Running' : 'Error',
    version: '4.1037.0.0',
    versionDetails: '4.1037.0+lamplighter',
    platformVersion: '',
    instanceId: '',
    computerName: '',
    ...(hostErrors.length === 0 ? {} : { errors: hostErrors }),
    processUptime: context.clock.now() - context.startedAt,
    functionAppContentEditingState: 'Unknown',
  };
}

function functionStatus(context: HostContext, fn: RegisteredFunction): HostResponse {
  const errors = context.catalogue.errors.get(fn.name);
  return jsonResponse(200, errors === undefined ? {} : { errors });
}

function keyList(values: Readonly<Record<string, string>>, href: string): HostResponse {
  const keys = Object.entries(values).map(([name, value]) => ({ name, value }));
  return jsonResponse(200, { keys, links: [{ rel: 'self', href }] });
}

/** In name order without case, as the host lists them. */
function listed(context: HostContext): readonly RegisteredFunction[] {
  return context.catalogue.all.toSorted((one, other) =>
    one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1,
  );
}

/** There is no virtual file system here: what would link into it is null. */
function functionEntry(
  context: HostContext,
  fn: RegisteredFunction,
  origin: string,
): Record<string, unknown> {
  return {
    name: fn.name,
    script_root_path_href: null,
    script_href: null,
    config_href: null,
    test_data_href: null,
    href: `${origin}/admin/functions/${fn.name}`,
    invoke_url_template: invokeUrl(context, fn, origin),
    language: 'node',
    config: {
      name: fn.name,
      entryPoint: '',
      scriptFile: null,
      language: 'node',
      functionDirectory: null,
      bindings: Object.entries(fn.bindings).map(([name, binding]) => ({ ...binding, name })),
    },
    files: null,
    test_data: '',
    isDisabled: context.disabled.has(fn.name),
    isDirect: false,
    isProxy: false,
  };
}

function invokeUrl({ routePrefix }: HostContext, fn: RegisteredFunction, origin: string): string | null {
  if (fn.trigger.type.toLowerCase() !== 'httptrigger') return null;
  const { route } = fn.trigger;
  const path = typeof route === 'string' ? route : fn.name.toLowerCase();
  return [origin, routePrefix, path].filter((part) => part !== '').join('/');
}

/** Accepts whatever the function does later; functions that are disabled, in error or of another kind do not run. */
function invoke(context: HostContext, request: HostRequest, fn: RegisteredFunction): HostResponse {
  const contentType = headerValue(request.headers, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  if (contentType !== 'application/json' && contentType !== 'text/json') return emptyResponse(415);
  const body = parseBody(request.body);
  if (body === undefined) return emptyResponse(400);
  const { input } = body;
  if (input !== undefined && input !== null && typeof input !== 'string') return emptyResponse(400);
  if (!context.disabled.has(fn.name) && !context.catalogue.errors.has(fn.name)) {
    start(context, fn, input ?? '');
  }
  return emptyResponse(202);
}

function start(context: HostContext, fn: RegisteredFunction, input: string): void {
  const type = fn.trigger.type.toLowerCase();
  if (type === 'timertrigger') {
    void context.timers.runOnRequest(fn.name);
  } else if (type === 'eventgridtrigger') {
    const [event] = parseEvents(new TextEncoder().encode(input)) ?? [];
    if (event !== undefined) void context.runner.run(eventGridRun(fn, event, 'admin'));
  }
}

function parseBody(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    return isObject ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
