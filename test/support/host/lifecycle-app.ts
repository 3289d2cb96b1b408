import { app, type EventGridEvent, type HttpHandler, type InvocationContext } from '@azure/functions';

type RouteOptions = { route?: string; methods?: readonly string[]; authLevel?: string };

/** An HTTP function without the checks of the typed options: the recordings try impossible ones. */
function http(name: string, handler: HttpHandler, options: RouteOptions = {}): void {
  app.http(name, { authLevel: 'anonymous', handler, ...options } as never);
}

const answer = (text: string) => (): { body: string } => ({ body: text });

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The functions that the lifecycle scenarios share. */
export function registerCommon(): void {
  http('ok', answer('ok'));
  http('throws', () => {
    throw new Error('boom');
  });
  http('keyed', answer('keyed'), { authLevel: 'function' });
  http('pid', () => ({ body: String(process.pid) }));
}

export const lifecycleApps = {
  common: registerCommon,
  neverEnding: () => {
    registerCommon();
    http('slow', () => new Promise(() => undefined));
  },
  slow: () => {
    registerCommon();
    http('slow', async () => {
      await pause(50);
      return { body: 'slow' };
    });
  },
  /** The slow ones end when twenty of them run at once, whatever the machine's speed; a host that holds some back never gets there. */
  twentyAtOnce: () => {
    registerCommon();
    let release: (() => void) | undefined;
    const twenty = new Promise<void>((resolve) => {
      release = resolve;
    });
    let running = 0;
    http('slow', async () => {
      running += 1;
      // Held a little longer, so that they are seen together.
      if (running === 20) setTimeout(() => release?.(), 50);
      await Promise.race([twenty, pause(10_000)]);
      return { body: 'slow' };
    });
  },
  crashing: () => {
    registerCommon();
    http('uncaught', () => {
      setImmediate(() => {
        throw new Error('uncaught');
      });
      return new Promise(() => undefined);
    });
    http('unhandled', () => {
      void Promise.reject(new Error('unhandled'));
      return new Promise(() => undefined);
    });
  },
  throwsAtLoad: () => {
    throw new Error('load boom');
  },
  throwsAfterOne: () => {
    registerCommon();
    throw new Error('load boom');
  },
  nothing: () => undefined,
  duplicate: () => {
    http('ok', answer('ok'));
    http('ok', answer('again'));
  },
  caseTwins: () => {
    http('ok', answer('ok'));
    http('OK', answer('OK'));
  },
  badNames: () => {
    http('ok', answer('ok'));
    http('bad name!', answer('x'));
    http('1x', answer('x'));
    http('a-b_c', answer('x'));
  },
  badRoutes: () => {
    http('ok', answer('ok'));
    http('br', answer('x'), { route: 'a/{b' });
    http('rt', answer('x'), { route: 'runtimes/x' });
    http('lead', answer('x'), { route: '/lead/x' });
    http('q', answer('x'), { route: 'q?x=1' });
    http('al', answer('x'), { authLevel: 'nonsense' });
    http('meth', answer('x'), { methods: ['FOO', 'PURGE'] });
  },
  badConstraint: () => {
    http('ok', answer('ok'));
    http('badcon', answer('x'), { route: 'c/{id:nosuch}' });
  },
  leadingSlash: () => {
    http('ok', answer('ok'));
    http('lead', answer('x'), { route: '/lead/x' });
  },
  unbalanced: () => {
    http('ok', answer('ok'));
    http('br', answer('x'), { route: 'a/{b' });
  },
  oddMethods: () => {
    http('ok', answer('ok'));
    http('rt', answer('x'), { route: 'runtimes/x' });
    http('trail', answer('trail'), { route: 'trail/' });
    http('meth', answer('x'), { methods: ['FOO', 'PURGE'] });
    http('low', answer('low'), { methods: ['get'] });
  },
  badAuthLevel: () => {
    http('ok', answer('ok'));
    http('al', answer('x'), { authLevel: 'nonsense' });
  },
  rootCatchAll: () => {
    http('ok', answer('ok'));
    http('root', answer('root'), { route: '{*rest}' });
    http('adm2', answer('x'), { route: 'administer' });
  },
  foreignTriggers: () => {
    http('ok', answer('ok'));
    app.eventGrid('eg', { handler: () => undefined });
    app.storageQueue('qq', { queueName: 'q', connection: 'Storage', handler: () => undefined });
  },
  streaming: () => {
    http('ok', answer('ok'));
    app.setup({ enableHttpStream: true });
  },
  streamingOffAgain: () => {
    http('ok', answer('ok'));
    app.setup({ enableHttpStream: false });
  },
} as const;

export type Saw = (kind: string, data: unknown) => void;

/** The functions of the retry and shutdown recordings. */
export function registerRetryApp(see: Saw): void {
  app.eventGrid('eg', {
    retry: fixed(2, 1000),
    handler: (event: EventGridEvent, { retryContext }: InvocationContext) => {
      see('eg', { id: event.id, retry: { n: retryContext?.retryCount, max: retryContext?.maxRetryCount } });
      fail();
    },
  } as never);
  app.http('h', {
    authLevel: 'anonymous',
    retry: fixed(2, 1000),
    handler: (_: unknown, { retryContext }: InvocationContext) => {
      see('h', { retry: { n: retryContext?.retryCount } });
      return fail();
    },
  } as never);
  app.timer('half', {
    schedule: '0 0 3 * * *',
    retry: fixed(1, 300),
    handler: () => {
      see('half', {});
      fail();
    },
  });
  app.timer('inf', {
    schedule: '0 0 4 * * *',
    retry: fixed(-1, 1000),
    handler: (_, { retryContext }) => {
      see('inf', { n: retryContext?.retryCount });
      if ((retryContext?.retryCount ?? 0) < 4) fail();
    },
  });
  http('slow', async () => {
    see('slow-start', {});
    await pause(50);
    see('slow-end', {});
    return { body: 'finished' };
  });
  app.hook.appTerminate(() => see('appTerminate', {}));
}

function fail(): never {
  throw new Error('retry boom');
}

function fixed(maxRetryCount: number, milliseconds: number) {
  return { strategy: 'fixedDelay', maxRetryCount, delayInterval: { milliseconds } } as const;
}

/** A timer that fires every minute. */
export function registerMinuteTimer(see: (payload: unknown) => void): void {
  app.timer('minute', { schedule: '0 * * * * *', handler: (payload) => see(payload) });
}
