import { inspect } from 'node:util';
import { RestError } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { ledgerOnlyNotifier } from '../../../src/adapters/ledger-only-notifier.ts';
import { createWorkflowWebhook } from '../../../src/adapters/teams/workflow-webhook.ts';
import { Secret } from '../../../src/config/secret.ts';
import type { Message, Notifier } from '../../../src/ports/notifier.ts';
import { type FakeAnswer, type FakeAzure, fakeAzure } from '../../support/fake-azure.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const url = 'https://prod-01.westeurope.logic.azure.com:443/workflows/x/triggers/manual/run?sig=TOPSECRET';
const message: Message = {
  id: 'm',
  kind: 'alert',
  to: null,
  compute: null,
  title: 'T',
  sentence: 'S',
  links: [],
};

function open(
  answer: () => FakeAnswer | Error,
  more: { url?: string; render?: () => unknown } = {},
): { notifier: Notifier; teams: FakeAzure } {
  const teams = fakeAzure(answer);
  const notifier = createWorkflowWebhook({
    webhook: new Secret(more.url ?? url),
    render: more.render ?? (({ title }) => ({ card: title })),
    clock: { now: () => now },
    loopbackOrigin: null,
    httpClient: teams.httpClient,
  });
  return { notifier, teams };
}

describe('the Teams workflow', () => {
  it.each([200, 202])('accepts a message by answering %i', async (status) => {
    const { notifier, teams } = open(() => ({ status }));
    expect(await notifier.send(message)).toEqual({ accepted: true, channel: 'teams' });
    expect(teams.requests).toMatchObject([
      { method: 'POST', url: url.replace(':443', ''), body: '{"card":"T"}' },
    ]);
    expect(teams.requests[0]?.headers.get('content-type')).toBe('application/json');
  });

  it.each([
    [{ 'retry-after': '40' }, now + 40_000],
    [{}, now + 30_000],
  ])('says when to come again after a 429 with %j', async (headers, retryAt) => {
    const { notifier, teams } = open(() => ({ status: 429, headers }));
    expect(await notifier.send(message)).toMatchObject({ accepted: false, retryAt });
    expect(teams.requests).toHaveLength(1);
  });

  it.each<[string, FakeAnswer | Error, string]>([
    [
      'a refusal with a code',
      { status: 400, body: { error: { code: 'TriggerInputSchemaMismatch', message: `no: ${url}` } } },
      'Teams answered 400 (TriggerInputSchemaMismatch).',
    ],
    [
      'a refusal that quotes the address',
      { status: 401, body: { error: { code: url, message: url } } },
      'Teams answered 401.',
    ],
    ['a page of HTML', { status: 502, text: `<html>${url}` }, 'Teams answered 502.'],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example' } }, 'Teams answered 302.'],
    [
      'a lost connection',
      new RestError(`reset ${url}`, { code: 'ECONNRESET' }),
      'Teams could not be reached (ECONNRESET).',
    ],
    ['a fault of any kind', new Error(url), 'Teams could not be reached.'],
  ])('has not accepted after %s, and its secret is not told', async (_, answer, why) => {
    const { notifier, teams } = open(() => answer);
    const delivery = await notifier.send(message);
    expect(delivery).toEqual({ accepted: false, why, retryAt: null });
    expect(teams.requests).toHaveLength(1);
    expect(inspect(notifier, { depth: 9 }) + inspect(delivery)).not.toContain('TOPSECRET');
  });

  it('is not sent more than it takes', async () => {
    const { notifier, teams } = open(() => ({ status: 202 }), { render: () => 'ü'.repeat(15_000) });
    expect(await notifier.send(message)).toMatchObject({
      accepted: false,
      why: 'The card has 30002 bytes; Teams takes 28672.',
    });
    expect(teams.requests).toEqual([]);
  });

  it.each([
    'https://prod-01.westeurope.logic.azure.com/x?sig=TOPSECRET',
    'https://default1.ab.environment.api.powerplatform.com/x?sig=TOPSECRET',
    'https://api.powerautomate.com/x?sig=TOPSECRET',
  ])('may be at %s', (good) => {
    expect(() => open(() => ({}), { url: good })).not.toThrow();
  });

  it.each([
    'http://prod-01.westeurope.logic.azure.com/x?sig=TOPSECRET',
    'https://logic.azure.com.evil.example/?sig=TOPSECRET',
    'https://evil-logic.azure.com/?sig=TOPSECRET',
    'https://contoso.webhook.office.com/?sig=TOPSECRET',
    'https://user@api.powerautomate.com/?sig=TOPSECRET',
    'https://api.powerautomate.com:8443/?sig=TOPSECRET',
    'https://127.0.0.1/?sig=TOPSECRET',
    'TOPSECRET',
  ])('may not be at %s, in words that do not tell the address', (bad) => {
    let thrown: unknown;
    try {
      open(() => ({}), { url: bad });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'setting.invalid', field: 'LAMPLIGHTER_TEAMS_WEBHOOK_URL' });
    expect(inspect(thrown)).not.toContain('TOPSECRET');
  });
});

describe('the ledger as the only channel', () => {
  it('accepts everything', async () => {
    expect(await ledgerOnlyNotifier.send(message)).toEqual({ accepted: true, channel: 'none' });
  });
});
