import { app, type HttpRequest, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { Saw } from './lifecycle-app.ts';

/** The application behind the recordings of the Durable management API: the same functions, inputs and names. */
export function registerDurableHttpApp(see: Saw): void {
  registerActivities(see);
  registerOrchestrations(see);
  registerDoors(see);
}

function registerActivities(see: Saw): void {
  df.app.activity('upper', {
    handler: (input: unknown, context: InvocationContext) => {
      see('upper', { s: input, tm: context.triggerMetadata, keys: Object.keys(context) });
      return String(input).toUpperCase();
    },
  });
  df.app.activity('fail', {
    handler: () => {
      throw new Error('activity boom');
    },
  });
  df.app.activity('undefAct', { handler: () => undefined });
}

function registerOrchestrations(see: Saw): void {
  df.app.orchestration('chain', function* (context) {
    see('chain', {
      replay: context.df.isReplaying,
      tm: context.triggerMetadata,
      traceContext: context.traceContext,
      retryContext: context.retryContext,
      input: context.df.getInput(),
      id: context.df.instanceId,
    });
    const a: unknown = yield context.df.callActivity('upper', 'one');
    const b: unknown = yield context.df.Task.all(
      ['x', 'y'].map((text) => context.df.callActivity('upper', text)),
    );
    context.df.setCustomStatus({ step: 2 });
    return { a, b, input: context.df.getInput() };
  });
  df.app.orchestration('failing', function* (context) {
    yield context.df.callActivity('fail');
  });
  df.app.orchestration('caught', function* (context) {
    try {
      yield context.df.callActivity('fail');
      return null;
    } catch (error) {
      const { name, message } = error as Error;
      return { name, message };
    }
  });
  df.app.orchestration('retry', function* (context) {
    try {
      yield context.df.callActivityWithRetry('fail', new df.RetryOptions(1000, 2), 'x');
      return null;
    } catch (error) {
      return { message: (error as Error).message };
    }
  });
  df.app.orchestration('throwing', function* () {
    throw new Error('orch boom');
  });
  df.app.orchestration('timer', function* (context) {
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 1000));
    return 'done';
  });
  df.app.orchestration('waiter', function* (context) {
    return yield context.df.waitForExternalEvent('go');
  });
  df.app.orchestration('parent', function* (context) {
    return yield context.df.callSubOrchestrator('chain', { sub: true }, `child-${context.df.instanceId}`);
  });
  df.app.orchestration('undef', function* (context) {
    return [yield context.df.callActivity('undefAct'), null];
  });
  df.app.orchestration('can', function* (context) {
    const { n } = context.df.getInput<{ n: number }>();
    if (n >= 3) return n;
    context.df.continueAsNew({ n: n + 1 });
    return undefined;
  });
}

function registerDoors(see: Saw): void {
  app.http('plain', { authLevel: 'anonymous', handler: () => ({ jsonBody: { p: 1 } }) });
  app.http('start', {
    route: 'start/{name}/{id?}',
    authLevel: 'anonymous',
    methods: ['POST'],
    extraInputs: [df.input.durableClient()],
    handler: async (request: HttpRequest, context: InvocationContext) => {
      const client = df.getClient(context);
      const { name = '', id = '' } = request.params;
      const input: unknown = await request.json().catch(() => undefined);
      const instanceId = await client.startNew(name, { input, instanceId: id });
      const [binding] = context.options.extraInputs;
      see('client', { extra: binding === undefined ? undefined : context.extraInputs.get(binding) });
      return client.createCheckStatusResponse(request, instanceId);
    },
  });
  app.http('wait', {
    route: 'wait/{name}',
    authLevel: 'anonymous',
    methods: ['POST'],
    extraInputs: [df.input.durableClient()],
    handler: async (request: HttpRequest, context: InvocationContext) => {
      const client = df.getClient(context);
      const instanceId = await client.startNew(request.params['name'] ?? '', {});
      return client.waitForCompletionOrCreateCheckStatusResponse(request, instanceId, {
        timeoutInMilliseconds: Number(request.query.get('t') ?? 10_000),
        retryIntervalInMilliseconds: 200,
      });
    },
  });
}
