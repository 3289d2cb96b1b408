import { beforeAll, describe, expect, it } from 'vitest';
import { type AppUnderTest, appUnderTest } from '../../support/app-under-test.ts';

type Operation = {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Record<string, unknown> }> };
  readonly responses: Record<string, unknown>;
};
type Described = Record<string, Record<string, Operation>>;

describe('what anybody may read', () => {
  let app: AppUnderTest;
  let described: Described;

  beforeAll(async () => {
    app = await appUnderTest();
    described = (await app.ask('GET', '/api/openapi.json')).json['paths'] as Described;
  });

  it('is no more than health, descriptions, the page’s shell and the session agent’s files', async () => {
    const open = Object.entries(described).flatMap(([path, operations]) =>
      Object.values(operations).some((operation) => operation.security.length === 0) ? [path] : [],
    );

    expect(open.sort()).toEqual([
      '/api/agent',
      '/api/agent/session-agent.py',
      '/api/dashboard',
      '/api/dashboard/main.js',
      '/api/dashboard/style.css',
      '/api/health',
      '/api/openapi.json',
      '/api/policy/schema',
    ]);
    expect((await app.ask('GET', '/api/health')).json).toEqual({ status: 'ok' });
  });

  it('describes every HTTP function, with the fields that its request is parsed by', () => {
    const operations = Object.values(described).flatMap((one) => Object.values(one));
    const registered = [...app.app.functions.values()].filter((one) => one.trigger.type === 'httpTrigger');

    expect(operations.map((one) => one.operationId).sort()).toEqual(registered.map((one) => one.name).sort());
    const snooze = described['/api/computes/{subscription}/{resourceGroup}/{workspace}/{compute}/snooze'];
    expect(snooze?.['post']?.parameters?.map((one) => [one.name, one.in, one.required])).toEqual([
      ['subscription', 'path', true],
      ['resourceGroup', 'path', true],
      ['workspace', 'path', true],
      ['compute', 'path', true],
      ['Idempotency-Key', 'header', true],
    ]);
    expect(snooze?.['post']?.requestBody?.content['application/json']?.schema).toMatchObject({
      properties: { for: { type: 'string' }, until: { const: 'next-start' } },
      additionalProperties: false,
    });
  });

  it('lets nobody in anywhere else', async () => {
    const shut = Object.entries(described).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, operation]) => operation.security.length > 0)
        .map(([method]) => [method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, 'x')] as const),
    );

    expect(shut.length).toBeGreaterThan(15);
    for (const [method, path] of shut) {
      const forged = {
        'x-ms-client-principal': Buffer.from('{"auth_typ":"aad","claims":[]}').toString('base64'),
      };
      const { status, json } = await app.ask(method, path, { headers: forged });
      expect([method, path, status, json['code']]).toEqual([method, path, 401, 'auth.missing']);
    }
  });

  it('holds the page to its own two files, and keeps other sites from framing it', async () => {
    const { status, headers, text } = await app.ask('GET', '/api/dashboard');

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/<script(?! src=)|<style|\son\w+=|javascript:/i);
    expect([...text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map((match) => match[1])).toEqual([
      '/api/dashboard/style.css',
      '/api/dashboard/main.js',
    ]);
  });

  it('gives editors the schema of the policy file', async () => {
    const { json } = await app.ask('GET', '/api/policy/schema');

    expect(Object.keys(json['properties'] as object)).toContain('protected');
  });

  it('answers 404 to a method that a route does not have', async () => {
    expect((await app.ask('PUT', '/api/halt', { as: 'admin' })).status).toBe(404);
  });
});
