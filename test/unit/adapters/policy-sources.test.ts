import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPolicyBlob } from '../../../src/adapters/azure/policy-blob.ts';
import { createPolicyFile } from '../../../src/adapters/files/policy-file.ts';
import type { PolicySource } from '../../../src/ports/policy-source.ts';
import {
  type FakeAnswer,
  type FakeAzure,
  fakeAzure,
  staticCredential,
  transportTo,
} from '../../support/fake-azure.ts';

describe('a policy in a file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lamplighter-policy-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const write = async (content: string | Uint8Array): Promise<PolicySource> => {
    const path = join(folder, 'policy.yaml');
    await writeFile(path, content);
    return createPolicyFile(path);
  };

  it('is read anew each time', async () => {
    const source = await write('mode: warn # früh\n');
    expect(source.name).toBe(join(folder, 'policy.yaml'));
    expect(await source.read()).toBe('mode: warn # früh\n');
    await write('mode: enforce\n');
    expect(await source.read()).toBe('mode: enforce\n');
  });

  it('is read without its byte order mark', async () => {
    expect(await (await write('\ufeffmode: warn')).read()).toBe('mode: warn');
  });

  it.each<[string, () => Promise<PolicySource>, RegExp]>([
    [
      'is not there',
      async () => createPolicyFile(join(folder, 'no.yaml')),
      /no\.yaml cannot be read: there is no such file/,
    ],
    ['is a folder', async () => createPolicyFile(folder), /it is a folder/],
    ['is not text', async () => write(new Uint8Array([0x6d, 0xff, 0xfe])), /not text in UTF-8/],
    ['is huge', async () => write('#'.repeat(300_001)), /300001 bytes/],
  ])('is a fault that no second try mends when it %s', async (_, open, words) => {
    const source = await open();
    await expect(source.read()).rejects.toMatchObject({
      code: 'policy.unreadable',
      retryable: false,
      message: expect.stringMatching(words) as string,
    });
  });
});

const yaml = (text: string, etag: string): FakeAnswer => ({
  text,
  headers: { etag, 'content-type': 'application/x-yaml' },
});

describe('a policy in a blob', () => {
  const url = 'https://lamplighter.blob.core.windows.net/policies/policy.yaml';
  function open(answer: () => FakeAnswer | Error, at = url): { source: PolicySource; azure: FakeAzure } {
    const azure = fakeAzure(answer);
    return {
      azure,
      source: createPolicyBlob({ transport: transportTo(azure), credential: staticCredential, url: at }),
    };
  }
  it('is read with a token, and not sent again while it is unchanged', async () => {
    const answers: FakeAnswer[] = [
      yaml('mode: warn', '"1"'),
      { status: 304 },
      yaml('mode: enforce', '"2"'),
      { status: 304 },
    ];
    const { source, azure } = open(() => answers.shift() ?? {});
    expect(source.name).toBe(url);
    expect([await source.read(), await source.read(), await source.read(), await source.read()]).toEqual([
      'mode: warn',
      'mode: warn',
      'mode: enforce',
      'mode: enforce',
    ]);
    expect(azure.requests.map(({ headers }) => headers.get('if-none-match'))).toEqual([
      undefined,
      '"1"',
      '"1"',
      '"2"',
    ]);
    for (const { method, headers } of azure.requests) {
      expect([method, headers.get('authorization'), headers.get('x-ms-version')]).toEqual([
        'GET',
        'Bearer test-token',
        '2021-12-02',
      ]);
    }
  });

  it.each<[string, FakeAnswer | Error, boolean, RegExp]>([
    ['is missing', { status: 404, text: '<Error/>' }, false, /there is no such blob/],
    [
      'may not be read',
      { status: 403, text: '<Error/>', headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' } },
      false,
      /cannot be read/,
    ],
    ['is asked for too often', { status: 503 }, true, /cannot be read/],
    [
      'does not answer',
      Object.assign(new Error('reset'), { name: 'RestError', code: 'ECONNRESET' }),
      true,
      /reset/,
    ],
    ['says unchanged of what was never read', { status: 304 }, true, /cannot be read/],
  ])('is a fault in words when it %s', async (_, answer, retryable, words) => {
    const { source } = open(() => answer);
    await expect(source.read()).rejects.toMatchObject({
      code: 'policy.unreadable',
      retryable,
      message: expect.stringMatching(words) as string,
    });
  });

  it('is not looked for in an account that is not ours', async () => {
    const { source, azure } = open(
      () => ({ text: 'mode: off' }),
      'https://stranger.blob.core.windows.net/p/policy.yaml',
    );
    await expect(source.read()).rejects.toMatchObject({ code: 'policy.unreadable' });
    expect(azure.requests).toEqual([]);
  });
});
