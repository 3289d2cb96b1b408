import { describe, expect, it } from 'vitest';
import { authenticator } from '../../../src/auth/authenticate.ts';
import type { Caller } from '../../../src/auth/caller.ts';
import { refuseCrossSite } from '../../../src/auth/same-site.ts';
import { parseObjectId } from '../../../src/core/ids.ts';

const tenantId = '22222222-0000-4000-8000-000000000002';
const ada = 'aaaaaaaa-0000-4000-8000-00000000000a';
const byToken: Caller = { objectId: parseObjectId(ada), name: 'Ada', roles: [], by: 'token' };

const principal = (changes: Record<string, unknown> = {}) =>
  Buffer.from(
    JSON.stringify({
      auth_typ: 'aad',
      role_typ: 'roles',
      claims: [
        { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: ada },
        { typ: 'http://schemas.microsoft.com/identity/claims/tenantid', val: tenantId },
        { typ: 'name', val: 'Ada' },
        { typ: 'roles', val: 'Lamplighter.Admin' },
      ],
      ...changes,
    }),
  ).toString('base64');

const authenticate = (platformAuthentication: boolean) =>
  authenticator({ tenantId, platformAuthentication, verifyToken: () => Promise.resolve(byToken) });

describe('who calls', () => {
  it('is unknown without a sign-in', async () => {
    await expect(authenticate(true)(new Headers())).rejects.toMatchObject({ code: 'auth.missing' });
  });

  it('is not taken from a platform header that anybody can send while platform authentication is off', async () => {
    const spoofed = new Headers({ 'x-ms-client-principal': principal() });

    await expect(authenticate(false)(spoofed)).rejects.toMatchObject({ code: 'auth.missing' });
  });

  it('is taken from the platform header where the platform is in front', async () => {
    expect(await authenticate(true)(new Headers({ 'x-ms-client-principal': principal() }))).toEqual({
      objectId: ada,
      name: 'Ada',
      roles: ['Lamplighter.Admin'],
      by: 'platform',
    });
  });

  it.each([
    ['another provider', principal({ auth_typ: 'google' })],
    [
      'another tenant',
      principal({
        claims: [
          { typ: 'oid', val: ada },
          { typ: 'tid', val: ada },
        ],
      }),
    ],
    ['nobody', principal({ claims: [{ typ: 'tid', val: tenantId }] })],
    ['no claims', principal({ claims: null })],
    ['no JSON', 'bm8='],
    ['no base64', '%%%'],
  ])('is refused when the platform header names %s', async (_name, header) => {
    await expect(authenticate(true)(new Headers({ 'x-ms-client-principal': header }))).rejects.toMatchObject({
      code: 'auth.invalid',
    });
  });

  it('is the token’s owner when both are there, since only the token is signed', async () => {
    const both = new Headers({ authorization: 'Bearer a.b.c', 'x-ms-client-principal': principal() });

    expect(await authenticate(true)(both)).toBe(byToken);
  });

  it.each(['Basic YWRhOmFkYQ==', 'Bearer', 'Bearer a b', 'bearer\ta.b.c'])(
    'is refused with the authorization header %j',
    async (authorization) => {
      await expect(authenticate(true)(new Headers({ authorization }))).rejects.toMatchObject({
        code: 'auth.invalid',
      });
    },
  );
});

const request = (headers: Record<string, string>, method = 'POST') => ({
  method,
  url: 'https://lamplighter.example.com/api/halt',
  headers: new Headers(headers),
});

describe('a change asked for by cookie', () => {
  const byCookie: Caller = { ...byToken, by: 'platform' };
  const refused = (headers: Record<string, string>, caller = byCookie, method?: string) => {
    try {
      refuseCrossSite(request(headers, method), caller, 'https://lamp.example.com');
      return false;
    } catch {
      return true;
    }
  };

  it('is refused when another site made the browser send it', () => {
    expect(refused({ 'sec-fetch-site': 'cross-site' })).toBe(true);
    expect(refused({ 'sec-fetch-site': 'same-site' })).toBe(true);
    expect(refused({ origin: 'https://evil.example.com' })).toBe(true);
    expect(refused({ origin: 'null' })).toBe(true);
  });

  it('is taken from our own pages', () => {
    expect(refused({ 'sec-fetch-site': 'same-origin', origin: 'https://lamp.example.com' })).toBe(false);
    expect(refused({ origin: 'https://lamplighter.example.com' })).toBe(false);
  });

  it('does not concern reading, nor tokens, which no browser adds by itself', () => {
    expect(refused({ 'sec-fetch-site': 'cross-site' }, byCookie, 'GET')).toBe(false);
    expect(refused({ origin: 'https://evil.example.com' }, byToken)).toBe(false);
  });
});
