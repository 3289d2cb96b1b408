import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import { requireFresh } from '../../../src/local/host/require-fresh.ts';
import type { LogLine } from '../../../src/local/host/types.ts';

// Required after the host supplied the core module: the package remembers a failed lookup.
const functions = () =>
  createRequire(import.meta.url)('@azure/functions') as typeof import('@azure/functions');

const lines: LogLine[] = [];
const log = (line: LogLine) => void lines.push(line);
afterEach(() => {
  lines.length = 0;
});

const loadOne = (name: string) =>
  loadFunctionApp(() => functions().app.http(name, { handler: () => ({ body: name }) }), { log });

describe('a function app is loaded', () => {
  it('with the triggers, bindings and retry options that it registered', async () => {
    const app = await loadFunctionApp(
      () => {
        functions().app.timer('tick', {
          schedule: '0 * * * * *',
          retry: { strategy: 'fixedDelay', delayInterval: 2000, maxRetryCount: 3 },
          handler: () => undefined,
        });
      },
      { log },
    );
    const tick = app.functions.get('tick');
    expect(tick?.trigger).toMatchObject({ type: 'timerTrigger', schedule: '0 * * * * *' });
    expect(tick?.retryOptions).toMatchObject({ maxRetryCount: 3, delayInterval: { seconds: 2 } });
  });

  it('again in the same process without anything of its former life', async () => {
    const [first, second] = await Promise.all([loadOne('one'), loadOne('two')]);
    expect([...first.functions.keys()]).toEqual(['one']);
    expect([...second.functions.keys()]).toEqual(['two']);
  });

  it('from a CommonJS file, read afresh each time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'host-'));
    const file = join(folder, 'main.cjs');
    const packagePath = JSON.stringify(createRequire(import.meta.url).resolve('@azure/functions'));
    const write = (name: string) =>
      writeFileSync(file, `require(${packagePath}).app.http('${name}', { handler: () => ({}) });`);
    try {
      write('before');
      const before = await loadFunctionApp(() => requireFresh(file), { log });
      write('after');
      const after = await loadFunctionApp(() => requireFresh(file), { log });
      expect([...before.functions.keys(), ...after.functions.keys()]).toEqual(['before', 'after']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('never when it registers nothing, and says so', async () => {
    await expect(loadFunctionApp(() => undefined, { log })).rejects.toMatchObject({
      code: 'host.empty-registry',
    });
  });

  it('never when two functions carry the same name', async () => {
    const loading = loadFunctionApp(
      () => {
        functions().app.http('same', { handler: () => ({}) });
        functions().app.http('same', { handler: () => ({}) });
      },
      { log },
    );
    await expect(loading).rejects.toThrow('already been registered');
  });

  it('and then closed: a later registration is refused', async () => {
    await loadFunctionApp(() => functions().app.http('early', { handler: () => ({}) }), { log });
    expect(() => functions().app.http('late', { handler: () => ({}) })).toThrow('during app startup');
  });
});

const one = async (handler: (input: unknown, context: never) => unknown) => {
  const app = await loadFunctionApp(
    () => {
      functions().app.generic('f', {
        trigger: { type: 'activityTrigger', name: 'input' },
        extraInputs: [{ type: 'durableClient', name: 'client' }],
        handler: handler as never,
      });
    },
    { log },
  );
  app.provideInput('durableClient', () => ({ string: '{"taskHubName":"Hub"}' }));
  return app.invoke({ functionName: 'f', invocationId: 'i-1', trigger: { json: '{"a":1}' } });
};

describe('an invocation', () => {
  it('hands over the trigger and the provided inputs, and returns the encoded result', async () => {
    const outcome = await one((input, context: { extraInputs: { get(name: string): unknown } }) => ({
      input,
      client: context.extraInputs.get('client'),
    }));
    expect(outcome).toEqual({
      ok: true,
      outputs: {},
      returnValue: { json: '{"input":{"a":1},"client":{"taskHubName":"Hub"}}' },
    });
  });

  it('ends as a failure with what was thrown, also when that is no Error', async () => {
    expect(
      await one(() => {
        // oxlint-disable-next-line no-throw-literal -- the case under test
        throw 'a plain string';
      }),
    ).toEqual({ ok: false, error: 'a plain string' });
  });

  it('runs the hooks around the handler and lets them change input and result', async () => {
    const seen: string[] = [];
    const app = await loadFunctionApp(
      () => {
        const { app } = functions();
        app.hook.appStart(() => void seen.push('appStart'));
        app.hook.appTerminate(() => void seen.push('appTerminate'));
        app.hook.preInvocation((context) => {
          context.inputs = ['replaced'];
        });
        app.hook.postInvocation((context) => {
          context.result = `${String(context.result)}!`;
        });
        app.generic('f', { trigger: { type: 'activityTrigger', name: 'input' }, handler: (input) => input });
      },
      { log },
    );
    const outcome = await app.invoke({ functionName: 'f', invocationId: 'i', trigger: { string: 'x' } });
    await app.terminate();
    expect(outcome).toMatchObject({ ok: true, returnValue: { string: 'replaced!' } });
    expect(seen).toEqual(['appStart', 'appTerminate']);
  });

  it('logs with its function name and level', async () => {
    await one((_, context: { warn(text: string): void }) => context.warn('careful'));
    expect(lines).toContainEqual({
      level: 'warning',
      category: 'user',
      functionName: 'f',
      message: 'careful',
    });
  });
});
