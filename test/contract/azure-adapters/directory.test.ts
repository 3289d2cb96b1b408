import { describe, expect, it } from 'vitest';
import { createDirectory } from '../../../src/adapters/azure/directory.ts';
import { parseObjectId } from '../../../src/core/ids.ts';
import type { Directory } from '../../../src/ports/azure.ts';
import {
  type FakeAnswer,
  type FakeAzure,
  fakeAzure,
  staticCredential,
  transportTo,
} from '../../support/fake-azure.ts';

const ada = parseObjectId('11111111-1111-1111-1111-111111111111');
const ben = parseObjectId('22222222-2222-2222-2222-222222222222');
const group = '33333333-3333-3333-3333-333333333333';

function open(answer: (url: string) => FakeAnswer): { directory: Directory; azure: FakeAzure } {
  const azure = fakeAzure(({ url }) => answer(url));
  return { azure, directory: createDirectory(transportTo(azure), staticCredential) };
}

describe('the directory', () => {
  it('reads a group page by page, people only', async () => {
    const next = `https://graph.microsoft.com/v1.0/groups/${group}/transitiveMembers?$skiptoken=x`;
    const { directory, azure } = open((url) =>
      url === next
        ? {
            body: {
              value: [
                { '@odata.type': '#microsoft.graph.group', id: group },
                { '@odata.type': '#microsoft.graph.user', id: ben },
                { id: ada },
              ],
            },
          }
        : { body: { value: [{ '@odata.type': '#microsoft.graph.user', id: ada }], '@odata.nextLink': next } },
    );
    expect(await directory.members(group)).toEqual({ ok: true, value: [ada, ben] });
    expect(azure.requests[0]?.url).toBe(
      `https://graph.microsoft.com/v1.0/groups/${group}/transitiveMembers?$select=id&$top=999`,
    );
    for (const { headers } of azure.requests) expect(headers.get('authorization')).toBe('Bearer test-token');
  });

  it.each([
    ['another host', 'https://evil.example/v1.0/x', 1],
    ['the beta version', 'https://graph.microsoft.com/beta/x', 1],
    ['itself for ever', `https://graph.microsoft.com/v1.0/groups/${group}/transitiveMembers`, 200],
  ])('fails as a whole when a page leads to %s', async (_, nextLink, requests) => {
    const { directory, azure } = open(() => ({
      body: { value: [{ id: ada }], '@odata.nextLink': nextLink },
    }));
    expect(await directory.members(group)).toMatchObject({ ok: false, kind: 'failed' });
    expect(azure.requests).toHaveLength(requests);
  });

  it.each<[string, FakeAnswer, object]>([
    ['HTML', { text: '<html>' }, { kind: 'failed', code: 'answer.malformed' }],
    ['no list', { body: {} }, { kind: 'failed', code: 'answer.malformed' }],
    ['a member without an id', { body: { value: [{}] } }, { kind: 'failed', code: 'name.invalid' }],
    [
      'a missing permission',
      {
        status: 403,
        body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } },
      },
      { kind: 'forbidden', message: 'Insufficient privileges.' },
    ],
    ['too many requests', { status: 429, headers: { 'retry-after': '9' } }, { kind: 'throttled' }],
  ])('fails when a group comes with %s', async (_, answer, failure) => {
    const { directory, azure } = open(() => answer);
    expect(await directory.members(group)).toMatchObject({ ok: false, ...failure });
    expect(azure.requests).toHaveLength(1);
  });

  it('names a person without a display name by the sign-in name, and fails when the manager cannot be read', async () => {
    const person = {
      id: ada,
      displayName: null,
      userPrincipalName: 'ada@contoso.example',
      accountEnabled: true,
    };
    const managed = open((url) => (url.includes('/manager') ? { body: { id: ben } } : { body: person }));
    expect(await managed.directory.person(ada)).toEqual({
      ok: true,
      value: { objectId: ada, name: 'ada@contoso.example', enabled: true, managerId: ben },
    });
    const broken = open((url) => (url.includes('/manager') ? { status: 500, body: {} } : { body: person }));
    expect(await broken.directory.person(ada)).toMatchObject({ ok: false, kind: 'failed', status: 500 });
  });
});
