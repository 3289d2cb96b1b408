import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RestError } from '@azure/core-rest-pipeline';
import { afterEach, describe, expect, it } from 'vitest';
import { createArmClients } from '../../../src/adapters/azure/arm-clients.ts';
import { createComputes } from '../../../src/adapters/azure/computes.ts';
import { createAzureTransport } from '../../../src/adapters/azure/transport.ts';
import { parseComputeRef } from '../../../src/core/ids.ts';
import type { Computes } from '../../../src/ports/azure.ts';
import {
  type FakeAnswer,
  fakeAzure,
  staticCredential,
  subscription,
  transportTo,
} from '../../support/fake-azure.ts';

const ref = parseComputeRef({ subscription, resourceGroup: 'rg', workspace: 'ws', compute: 'ci-ada' });
const now = Date.parse('2026-11-20T12:00:00Z');

function computesOver(answer: () => FakeAnswer | Error): {
  computes: Computes;
  requests: readonly unknown[];
} {
  const azure = fakeAzure(answer);
  const clients = createArmClients(transportTo(azure, now), staticCredential);
  return { computes: createComputes({ reader: clients, stopper: clients }), requests: azure.requests };
}

const seconds = (count: number): number => now + count * 1000;

describe('the pipeline of the SDK clients', () => {
  it.each([
    ['in seconds', { 'retry-after': '17' }, seconds(17)],
    ['as a date', { 'retry-after': 'Fri, 20 Nov 2026 12:02:00 GMT' }, seconds(120)],
    ['as a date that is past', { 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, seconds(1)],
    ['in milliseconds', { 'x-ms-retry-after-ms': '2500' }, now + 2500],
    ['not at all', {}, seconds(30)],
    ['as nonsense', { 'retry-after': 'soon' }, seconds(30)],
    ['as a negative number', { 'retry-after': '-5' }, seconds(30)],
    ['as zero', { 'retry-after': '0' }, seconds(1)],
    ['as ten years', { 'retry-after': '315360000' }, seconds(3600)],
  ])('is throttled without a try of its own when Retry-After comes %s', async (_, headers, retryAt) => {
    for (const status of [429, 503]) {
      const { computes, requests } = computesOver(() => ({
        status,
        headers,
        body: { error: { code: 'TooManyRequests', message: 'Slow  down' } },
      }));
      const throttled = { ok: false, kind: 'throttled', retryAt, message: 'Slow down' };
      expect(await computes.stop(ref)).toEqual(throttled);
      expect(requests).toHaveLength(1);
      expect(await computes.get(ref)).toEqual(throttled);
      expect(await computes.list(ref)).toEqual(throttled);
      expect(requests).toHaveLength(3);
    }
  });

  it.each([
    [404, 'ResourceNotFound', { kind: 'missing' }],
    [401, 'ExpiredAuthenticationToken', { kind: 'forbidden', action: null }],
    [409, 'Conflict', { kind: 'conflict', code: 'Conflict' }],
    [412, 'Precondition', { kind: 'conflict', code: 'Precondition' }],
    [408, 'Timeout', { kind: 'unanswered' }],
    [502, 'BadGateway', { kind: 'unanswered' }],
    [504, 'GatewayTimeout', { kind: 'unanswered' }],
    [400, 'DiskFull', { kind: 'failed', status: 400, code: 'DiskFull' }],
    [500, 'InternalServerError', { kind: 'failed', status: 500, code: 'InternalServerError' }],
  ])('says what a %i means, once asked', async (status, code, expected) => {
    const { computes, requests } = computesOver(() => ({
      status,
      body: { error: { code, message: 'In words.' } },
    }));
    const failure = { ok: false, message: 'In words.', ...expected };
    expect(await computes.stop(ref)).toEqual(failure);
    expect(await computes.get(ref)).toEqual(failure);
    expect(requests).toHaveLength(2);
  });

  it('names the action that Azure missed a permission for', async () => {
    const action = 'Microsoft.MachineLearningServices/workspaces/computes/stop/action';
    const message = `The client 'x' with object id 'y' does not have authorization to perform action '${action}' over scope '/z'.`;
    const { computes } = computesOver(() => ({
      status: 403,
      body: { error: { code: 'AuthorizationFailed', message } },
    }));
    expect(await computes.stop(ref)).toMatchObject({ kind: 'forbidden', action });
  });

  it('cuts a page of HTML that a proxy sends instead of an error', async () => {
    const { computes } = computesOver(() => ({
      status: 500,
      text: `<html>\n${'x'.repeat(10_000)}`,
      headers: { 'content-type': 'text/html' },
    }));
    const failure = await computes.get(ref);
    expect(failure).toMatchObject({ kind: 'failed', status: 500, code: 'Http500' });
    expect(failure.ok ? '' : failure.message).toHaveLength(500);
  });

  it.each([
    ['a reset connection', new RestError('socket hang up', { code: 'ECONNRESET' })],
    [
      'a body that broke off',
      new RestError('Error reading response as text: aborted', { code: 'PARSE_ERROR' }),
    ],
    ['an abort', new DOMException('gone', 'AbortError')],
  ])('says of %s that it is not known whether the call took effect', async (_, error) => {
    const { computes, requests } = computesOver(() => error);
    expect(await computes.stop(ref)).toMatchObject({ ok: false, kind: 'unanswered' });
    expect(requests).toHaveLength(1);
  });

  it('follows no redirect', async () => {
    const { computes, requests } = computesOver(() => ({
      status: 307,
      headers: { location: 'https://management.azure.com/x' },
    }));
    expect(await computes.get(ref)).toMatchObject({ ok: false, kind: 'failed', status: 307 });
    expect(requests).toHaveLength(1);
  });

  it('says that no token was to be had as a failure, not as an exception', async () => {
    const azure = fakeAzure(() => ({ status: 202 }));
    const error = Object.assign(new Error('No managed identity.'), { name: 'CredentialUnavailableError' });
    const credential = { getToken: () => Promise.reject(error) };
    const clients = createArmClients(transportTo(azure), credential);
    expect(await createComputes({ reader: clients, stopper: clients }).stop(ref)).toEqual({
      ok: false,
      kind: 'failed',
      status: 0,
      code: 'CredentialUnavailableError',
      message: 'No managed identity.',
    });
    expect(azure.requests).toEqual([]);
  });

  it('names lamplighter in the user agent', async () => {
    const azure = fakeAzure(() => ({ status: 202 }));
    const clients = createArmClients(transportTo(azure), staticCredential);
    await createComputes({ reader: clients, stopper: clients }).stop(ref);
    expect(azure.requests[0]?.headers.get('user-agent')).toMatch(/^lamplighter /);
  });
});

function computesAt(loopbackOrigin: string, timeoutMs = 5000): Computes {
  const transport = createAzureTransport({
    clock: { now: () => now },
    subscriptions: [subscription],
    storageOrigins: [],
    loopbackOrigin,
    timeoutMs,
  });
  const clients = createArmClients(transport, staticCredential);
  return createComputes({ reader: clients, stopper: clients });
}

describe('the simulated Azure on loopback', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function listen(
    handle: (request: IncomingMessage) => { status: number; hang?: 'head' | 'body' },
  ): Promise<string> {
    server = createServer((request, response) => {
      const { status, hang } = handle(request);
      if (hang === 'head') return;
      response.writeHead(status, { 'content-type': 'application/json' });
      if (hang === 'body') response.write('{');
      else response.end('{}');
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('gets every request with its token and the host it was meant for', async () => {
    const seen: IncomingMessage[] = [];
    const origin = await listen((request) => {
      seen.push(request);
      return { status: 202 };
    });
    expect(await computesAt(origin).stop(ref)).toEqual({ ok: true, value: 'accepted' });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers['x-original-host']).toBe('management.azure.com');
    expect(seen[0]?.headers.authorization).toBe('Bearer test-token');
    expect(seen[0]?.url).toMatch(/^\/subscriptions\/.+\/computes\/ci-ada\/stop\?api-version=/);
  });

  it.each(['head', 'body'] as const)('is given up when it hangs before the end of the %s', async (hang) => {
    const origin = await listen(() => ({ status: 200, hang }));
    expect(await computesAt(origin, 100).get(ref)).toMatchObject({ ok: false, kind: 'unanswered' });
  });

  it.each([
    'https://127.0.0.1:1',
    'http://10.0.0.1:1',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'nonsense',
  ])('is refused at %s', (origin) => {
    expect(() => computesAt(origin)).toThrow(expect.objectContaining({ code: 'setting.invalid' }));
  });
});
