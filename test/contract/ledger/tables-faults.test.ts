import { RestError } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { conditionalDeletesPolicy } from '../../../src/adapters/azure/conditional-deletes.ts';
import { createTablesLedger } from '../../../src/adapters/azure/tables-ledger.ts';
import { createAzureTransport } from '../../../src/adapters/azure/transport.ts';
import type { Ledger, LedgerWrite } from '../../../src/ports/ledger.ts';
import { type FakeAnswer, type FakeAzure, fakeAzure, staticCredential } from '../../support/fake-azure.ts';

const endpoint = 'https://acct.table.core.windows.net';

function open(answer: () => FakeAnswer | Error): { ledger: Ledger; azure: FakeAzure } {
  const azure = fakeAzure(answer);
  const { clientOptions } = createAzureTransport({
    clock: { now: () => 0 },
    subscriptions: [],
    storageOrigins: [endpoint],
    loopbackOrigin: null,
    httpClient: azure.httpClient,
  });
  const location = { kind: 'account', endpoint, credential: staticCredential } as const;
  return { azure, ledger: createTablesLedger({ location, prefix: 'lamplighter', clientOptions }) };
}

const sent = () => Promise.reject(new Error('It was sent.'));
const odata = (status: number, code: string): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/json;odata=minimalmetadata' },
  body: { 'odata.error': { code, message: { lang: 'en-US', value: 'In words.' } } },
});
const insert: LedgerWrite = { kind: 'insert', row: 'r', value: {} };
const everyUse: readonly (readonly [string, (ledger: Ledger) => Promise<unknown>])[] = [
  ['get', (ledger) => ledger.get('flags', 'p', 'r')],
  ['list', (ledger) => ledger.list('flags', 'p')],
  ['write', (ledger) => ledger.write('flags', 'p', insert)],
  ['transact', (ledger) => ledger.transact('flags', 'p', [insert])],
  ['prune', (ledger) => ledger.prune('flags', 1)],
];

describe.each(everyUse)('the ledger in Azure Tables at %s', (_, use) => {
  it.each<[string, FakeAnswer | Error]>([
    ['is throttled', odata(503, 'ServerBusy')],
    ['has an inner fault', odata(500, 'InternalError')],
    ['may not', odata(403, 'AuthorizationPermissionMismatch')],
    ['finds the table being deleted', odata(409, 'TableBeingDeleted')],
    ['gets no answer', new RestError('socket hang up', { code: 'ECONNRESET' })],
  ])('is unavailable, and tries once, when it %s', async (_name, answer) => {
    const { ledger, azure } = open(() => answer);
    await expect(use(ledger)).rejects.toMatchObject({ code: 'ledger.unavailable', retryable: true });
    expect(azure.requests).toHaveLength(1);
  });

  it('says that a refused request is our fault', async () => {
    const { ledger } = open(() => odata(400, 'InvalidInput'));
    await expect(use(ledger)).rejects.toMatchObject({
      code: 'ledger.refused',
      fault: 'lamplighter',
      retryable: false,
    });
  });
});

describe('the ledger in Azure Tables', () => {
  it('says which role is missing', async () => {
    const { ledger } = open(() => odata(403, 'AuthorizationPermissionMismatch'));
    await expect(ledger.get('flags', 'p', 'r')).rejects.toMatchObject({
      fault: 'deployment',
      fix: expect.stringContaining('Storage Table Data Contributor') as string,
    });
  });

  it('uses the token of the identity', async () => {
    const { ledger, azure } = open(() => odata(404, 'ResourceNotFound'));
    expect(await ledger.get('flags', 'p', 'r')).toBeNull();
    expect(azure.requests[0]?.url).toBe(`${endpoint}/lamplighterflags(PartitionKey='p',RowKey='r')`);
    expect(azure.requests[0]?.headers.get('authorization')).toBe('Bearer test-token');
  });

  it.each([
    ['half of the text', { chunks: 2, v0: '{"a":' }],
    ['no text', {}],
    ['an odd count', { chunks: -1, v0: '{}' }],
  ])('refuses to guess at a row that something else wrote: %s', async (_, properties) => {
    const body = { PartitionKey: 'p', RowKey: 'r', 'odata.etag': 'W/"1"', ...properties };
    const { ledger } = open(() => ({ body, headers: { 'content-type': 'application/json' } }));
    await expect(ledger.get('flags', 'p', 'r')).rejects.toMatchObject({
      code: 'ledger.corrupt',
      retryable: false,
    });
  });

  it('sends no delete whose condition could not be written', async () => {
    const policy = conditionalDeletesPolicy(new Map([['r', 'W/"1"']]));
    const request = {
      url: `${endpoint}/$batch`,
      body: "DELETE https://x/t(PartitionKey='p',RowKey='r') HTTP/1.1\r\n\r\n",
    };
    await expect(policy.sendRequest(request as never, sent)).rejects.toMatchObject({
      code: 'ledger.sdk-changed',
    });
  });
});
