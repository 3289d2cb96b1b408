import { Readable } from 'node:stream';
import {
  app,
  HttpResponse,
  type HttpHandler,
  type HttpMethod,
  type InvocationContext,
} from '@azure/functions';

/** What a handler saw, in the order it happened. */
export type Seen = { readonly kind: string; readonly data: unknown }[];

type RecordedHttpOptions = { methods?: HttpMethod[]; route?: string };

function contextDump(context: InvocationContext): Record<string, unknown> {
  return {
    keys: Object.keys(context),
    invocationId: context.invocationId,
    functionName: context.functionName,
    extraInputs: Object.keys(context.extraInputs),
    options: context.options,
    retryContext: context.retryContext,
    traceContext: context.traceContext,
    triggerMetadata: context.triggerMetadata,
  };
}

function open(name: string, handler: HttpHandler, options: RecordedHttpOptions = {}): void {
  app.http(name, { authLevel: 'anonymous', methods: ['GET', 'POST'], handler, ...options });
}

/** Throws whatever it is given. */
function raise(value: unknown): never {
  throw value;
}

/** The functions that answered the recordings of the web, admin, timer and Event Grid groups: same names, options and behaviour. */
export function registerRecordedApp(seen: Seen): void {
  const see = (kind: string, data: unknown): void => void seen.push({ kind, data });
  registerKeyed();
  registerReturns();
  registerRequests();
  registerRoutes();
  registerTimers(see);
  app.eventGrid('eg', {
    handler: (event, context) => {
      see('eg', { e: event, ctx: contextDump(context) });
      if ((event.data as { fail?: boolean } | undefined)?.fail === true) throw new Error('eg boom');
    },
  });
  app.hook.postInvocation((context) => {
    if (context.invocationContext.functionName !== 'hook') return;
    context.result = { status: 299, body: 'changed by hook' };
  });
}

function registerKeyed(): void {
  app.http('hello', {
    methods: ['GET', 'POST'],
    authLevel: 'function',
    handler: async (request, context) => ({
      jsonBody: {
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
        query: Object.fromEntries(request.query),
        params: request.params,
        user: request.user,
        body: await request.text(),
        ctx: contextDump(context),
      },
      headers: { 'X-MiXed-Case': 'v1', 'Set-Thing': 'a' },
    }),
  });
  app.http('anon', { methods: ['GET'], authLevel: 'anonymous', handler: () => ({ body: 'anon ok' }) });
  app.http('adminlvl', {
    route: 'adm',
    methods: ['GET'],
    authLevel: 'admin',
    handler: () => ({ body: 'admin ok' }),
  });
  app.generic('disabledViaEnv', {
    trigger: { type: 'httpTrigger', name: 'req', authLevel: 'anonymous', methods: ['get'] },
    return: { type: 'http', name: '$return' },
    handler: () => ({ body: 'd' }),
  });
}

function registerReturns(): void {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const duplicated = new Headers([
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2; Path=/'],
    ['Vary', 'A'],
    ['Vary', 'B'],
  ]);
  const form = new FormData();
  form.set('a', '1');
  const returned: Record<string, unknown> = {
    retUndefined: undefined,
    retNull: null,
    retEmptyObj: {},
    retObject: { foo: 'bar', n: 1 },
    retString: 'just a string',
    retNumber: 42,
    retArray: [1, 2, 3],
    retFalse: false,
    retStatusOnly: { status: 201 },
    retStatusString: { status: '202' },
    retStatusBad: { status: 'abc' },
    retStatus999: { status: 999 },
    retStatus99: { status: 99 },
    ret204body: { status: 204, body: 'x' },
    ret304: { status: 304, headers: { etag: '"a"' } },
    retBodyString: { body: 'text' },
    retBodyNumber: { body: 42 },
    retBodyObject: { body: { a: 1 } },
    retJsonNull: { jsonBody: null },
    retJsonString: { jsonBody: 'str' },
    retJsonUndefined: { jsonBody: undefined },
    retBuffer: { body: Buffer.from([1, 2, 3, 255]) },
    retCircular: { jsonBody: circular },
    retBigInt: { jsonBody: { a: 1n } },
    retCT: { jsonBody: { a: 1 }, headers: { 'Content-Type': 'application/problem+json' } },
    retCTupper: {
      body: 'x',
      headers: { 'CONTENT-TYPE': 'text/csv', 'X-Multi': 'a', 'Cache-Control': 'no-store' },
    },
    retHeaderArray: {
      body: 'x',
      headers: [
        ['X-A', '1'],
        ['X-A', '2'],
        ['Set-Cookie', 'p=1'],
      ],
    },
    retHeaderNum: { body: 'x', headers: { 'X-Num': 5, 'X-Undef': undefined, 'X-Null': null, 'X-Empty': '' } },
    retBadHeader: { body: 'x', headers: { 'X Bad': '1' } },
    retCookies: {
      body: 'x',
      cookies: [
        {
          name: 'c1',
          value: 'v1',
          maxAge: 10,
          path: '/p',
          httpOnly: true,
          secure: true,
          sameSite: 'Strict',
          domain: 'example.com',
          expires: new Date('2030-01-01T00:00:00Z'),
        },
        { name: 'c2', value: 'v 2' },
      ],
    },
    retLocation: { status: 302, headers: { Location: '/api/anon' } },
    retTE: { body: 'x', headers: { 'Transfer-Encoding': 'chunked' } },
    retCL: { body: 'xyz', headers: { 'Content-Length': '1' } },
    retServer: {
      body: 'x',
      headers: { Server: 'mine', Date: 'Tue, 01 Jan 2030 00:00:00 GMT', Connection: 'close' },
    },
    retServerHdr: {
      body: 'x',
      headers: {
        Server: 'mine',
        Date: 'Tue, 01 Jan 2030 00:00:00 GMT',
        'Content-Length': '1',
        'Transfer-Encoding': 'chunked',
      },
    },
    retDup: { body: 'x', headers: duplicated },
    retBlob: { body: new Blob(['blob'], { type: 'text/x-blob' }) },
    retUrlParams: { body: new URLSearchParams({ a: '1' }) },
    retFormData: { body: form },
    retPlusJson: { body: 'b', jsonBody: { j: 1 } },
    ret500: { status: 500, jsonBody: { e: 1 } },
    retBig: { body: 'x'.repeat(5 * 1024 * 1024) },
    retEmptyBody: { body: '' },
    hook: { body: 'h' },
  };
  for (const [name, value] of Object.entries(returned)) open(name, async () => value as never);
  open('syncRet', () => ({ body: 'sync' }));
  open('retHttpResponse', () => new HttpResponse({ status: 203, body: 'hr', headers: { a: 'b' } }));
  open('retStream', () => ({
    body: Readable.from(['chunk1 ', 'chunk2']),
    headers: { 'content-type': 'text/plain' },
  }));
  open('retWebStream', () => ({ body: new Blob(['w1', 'w2']).stream() as never }));
  open('throws', async () => raise(new Error('boom message')));
  open('throwsString', async () => raise('a plain string'));
  open('throwUndefined', async () => raise(undefined));
  open('throwNull', async () => raise(null));
  open('throwObj', async () => raise({ status: 418, message: 'teapot' }));
  open('syncThrow', () => raise(new TypeError('sync')));
}

function registerRequests(): void {
  open(
    'echo',
    async (request) => {
      const bytes = Buffer.from(await request.arrayBuffer());
      return {
        jsonBody: {
          method: request.method,
          url: request.url,
          headers: Object.fromEntries(request.headers),
          query: [...request.query.entries()],
          params: request.params,
          len: bytes.length,
          text: bytes.length < 200 ? bytes.toString() : undefined,
          bodyUsed: request.bodyUsed,
        },
      };
    },
    { methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] },
  );
  open('badJson', async (request) => ({ jsonBody: await request.json() }), { methods: ['POST'] });
  open(
    'form',
    async (request) => {
      const entries = [...(await request.formData()).entries()];
      return {
        jsonBody: entries.map(([name, value]) => [
          name,
          typeof value === 'string' ? value : { name: value.name, size: value.size },
        ]),
      };
    },
    { methods: ['POST'] },
  );
  open('neverBody', (request) => ({
    jsonBody: { hasBody: request.body !== null, type: typeof request.body },
  }));
  open('getOnly', () => ({ body: 'get only' }), { methods: ['GET'] });
  open('postOnly', () => ({ body: 'post only' }), { methods: ['POST'] });
  app.http('defaultMethods', {
    authLevel: 'anonymous',
    handler: (request) => ({ body: `m ${request.method}` }),
  });
  open('slow', () => ({ body: 'slow' }));
  open('logs', (_, context) => {
    context.log('log-info', { a: 1 });
    context.warn('w');
    return { body: 'ok' };
  });
  open('noise', (_, context) => {
    context.extraOutputs.set('nope', 1);
    return { body: 'ok' };
  });
}

function show(fn: string): HttpHandler {
  return (request, context) => ({
    jsonBody: { fn, params: request.params, url: request.url, tm: context.triggerMetadata },
  });
}

function registerRoutes(): void {
  const routes: Record<string, string> = {
    rLiteral: 'items/special',
    rParam: 'items/{id}',
    rInt: 'nums/{id:int}',
    rIntOpt: 'opt/{id:int?}',
    rAlpha: 'nums/{name:alpha}',
    rGuid: 'g/{id:guid}',
    rRest: 'files/{*rest}',
    rRestLit: 'files/known',
    rCase: 'CaseRoute/{Name}',
    rAmbA: 'amb/{a}',
    rAmbB: 'amb/{b}',
    rTwo: '{a}/x/{b}',
    rDefault: 'def/{page=1}',
    rDot: 'dot/{name}.{ext}',
    pz: 'p1/lit',
    pa: 'p1/{id}',
    pb: 'p2/{id}',
    pc: 'p2/lit',
    pe: 'p3/{id}',
    pd: 'p3/lit',
    ph: 'p4/{id}',
    pi: 'p4/{id:int}',
    pj: 'p5/{*rest}',
    pk: 'p5/{id}',
  };
  for (const [name, route] of Object.entries(routes)) open(name, show(name), { route });
  open('rSplitG', show('rSplitG'), { route: 'split', methods: ['GET'] });
  open('rSplitP', show('rSplitP'), { route: 'split', methods: ['POST'] });
  open('zcatch', show('zcatch'), { route: '{*rest}', methods: ['PATCH'] });
}

function registerTimers(see: (kind: string, data: unknown) => void): void {
  const full =
    (kind: string) =>
    (t: unknown, context: InvocationContext): void =>
      see(kind, { t, ctx: contextDump(context) });
  const payloadOnly = (kind: string) => (t: unknown) => see(kind, { t });
  app.timer('tick', { schedule: '0 0 3 * * *', runOnStartup: false, handler: full('timer') });
  app.timer('tickFast', { schedule: '*/5 * * * * *', handler: full('tickFast') });
  app.timer('tickNoMon', { schedule: '0 0 4 * * *', useMonitor: false, handler: full('tickNoMon') });
  app.timer('tickThrow', {
    schedule: '0 0 5 * * *',
    handler: (_, context) => {
      see('tickThrow', { retry: context.retryContext });
      throw new Error('timer boom');
    },
  });
  app.timer('tickRetry', {
    schedule: '0 0 6 * * *',
    retry: { strategy: 'fixedDelay', delayInterval: { milliseconds: 1000 }, maxRetryCount: 2 },
    handler: (t, context) => {
      full('tickRetry')(t, context);
      throw new Error('retry boom');
    },
  });
  app.timer('tickRetryOk', {
    schedule: '0 0 7 * * *',
    retry: {
      strategy: 'exponentialBackoff',
      minimumInterval: { seconds: 1 },
      maximumInterval: { seconds: 4 },
      maxRetryCount: 3,
    },
    handler: (_, { retryContext }) => {
      see('tickRetryOk', { retry: retryContext });
      if ((retryContext?.retryCount ?? 0) < 2) throw new Error('retry boom');
    },
  });
  app.timer('tickStart', {
    schedule: '0 0 8 * * *',
    runOnStartup: true,
    handler: (t, { triggerMetadata }) => see('tickStart', { t, tm: triggerMetadata }),
  });
  app.timer('tickBad', { schedule: 'not a cron', handler: () => undefined });
  app.timer('tick5', { schedule: '0 3 * * *', handler: payloadOnly('tick5') });
  app.timer('tickSpan', { schedule: '01:00:00', handler: payloadOnly('tickSpan') });
}
