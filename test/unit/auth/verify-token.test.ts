import { UnsecuredJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cachedKeys } from '../../../src/auth/cached-keys.ts';
import { tokenVerifier } from '../../../src/auth/verify-token.ts';
import { LamplighterError } from '../../../src/core/errors.ts';
import { EntraTenant } from '../../support/entra-tenant.ts';

const start = Date.UTC(2026, 2, 2, 8);
const minute = 60_000;

describe('a bearer token', () => {
  let tenant: EntraTenant;
  let stranger: EntraTenant;
  let now = start;
  let verify: ReturnType<typeof tokenVerifier>;

  beforeAll(async () => {
    tenant = await EntraTenant.create();
    stranger = await EntraTenant.create('99999999-0000-4000-8000-000000000009');
  });
  beforeEach(() => {
    now = start;
    tenant.reads = 0;
    const clock = { now: () => now };
    verify = tokenVerifier({
      tenantId: tenant.tenantId,
      audiences: ['api://lamplighter', '44444444-0000-4000-8000-000000000004'],
      keys: cachedKeys(tenant.keys, clock),
      clock,
    });
  });

  const refusal = async (token: string): Promise<LamplighterError> => {
    const outcome = await verify(token).catch((error: unknown) => error);
    if (!(outcome instanceof LamplighterError)) throw new Error('The token was accepted.');
    return outcome;
  };

  it('of version 2 says who calls and in which roles', async () => {
    const token = await tenant.sign(tenant.claims(start, { roles: ['Lamplighter.Admin', 'Another.Role'] }));

    expect(await verify(token)).toEqual({
      objectId: 'aaaaaaaa-0000-4000-8000-00000000000a',
      name: 'Ada',
      roles: ['Lamplighter.Admin'],
      by: 'token',
    });
  });

  it('of version 1, for the other audience, is accepted as well', async () => {
    const token = await tenant.sign(
      tenant.claims(start, {
        iss: `https://sts.windows.net/${tenant.tenantId}/`,
        aud: '44444444-0000-4000-8000-000000000004',
      }),
    );

    expect((await verify(token)).name).toBe('Ada');
  });

  it('without a signature (alg none) is refused', async () => {
    expect((await refusal(new UnsecuredJWT(tenant.claims(start)).encode())).code).toBe('auth.invalid');
  });

  it('signed with a shared secret in place of the key is refused', async () => {
    const { SignJWT } = await import('jose');
    const token = await new SignJWT(tenant.claims(start))
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .sign(new TextEncoder().encode('a secret of sufficient length to be one'));

    expect((await refusal(token)).message).toContain('RS256');
  });

  it('whose payload was changed after signing is refused', async () => {
    const [header, , signature] = (await tenant.sign(tenant.claims(start))).split('.');
    const payload = Buffer.from(JSON.stringify(tenant.claims(start, { roles: ['Lamplighter.Admin'] })));

    const fault = await refusal(`${header}.${payload.toString('base64url')}.${signature}`);
    expect(fault.message).toContain('signature');
  });

  it.each([
    ['for another audience', { aud: 'api://payroll' }, 'another application'],
    ['from another issuer', { iss: 'https://login.example.com/v2.0' }, 'another tenant or issuer'],
    ['of another tenant', { tid: '99999999-0000-4000-8000-000000000009' }, 'another tenant'],
    ['without a tenant', { tid: undefined }, '"tid"'],
    ['without an owner', { oid: undefined }, '"oid"'],
    ['with an owner that is no object id', { oid: '../admin' }, '"oid"'],
    ['without an end', { exp: undefined }, '"exp"'],
  ])('%s is refused', async (_name, changes, words) => {
    const fault = await refusal(await tenant.sign(tenant.claims(start, changes)));

    expect(fault.code).toBe('auth.invalid');
    expect(fault.message).toContain(words);
  });

  it('of a stranger’s tenant that names our key is refused', async () => {
    const token = await stranger.sign(tenant.claims(start), 'key-1');

    expect((await refusal(token)).message).toContain('signature');
  });

  it('is refused once it has expired, five minutes of skew forgiven', async () => {
    const token = await tenant.sign(tenant.claims(start));

    now = start + 60 * minute + 4 * minute;
    expect((await verify(token)).name).toBe('Ada');
    now = start + 60 * minute + 6 * minute;
    expect((await refusal(token)).message).toContain('expired');
  });

  it('is refused before it becomes valid, five minutes of skew forgiven', async () => {
    const token = await tenant.sign(tenant.claims(start));

    now = start - 4 * minute;
    expect((await verify(token)).name).toBe('Ada');
    now = start - 6 * minute;
    expect((await refusal(token)).message).toContain('not valid yet');
  });

  it('names an unknown key: the set is read again, though not for every made-up key', async () => {
    await verify(await tenant.sign(tenant.claims(start)));
    now = start + minute;
    for (const kid of ['made-up-1', 'made-up-2', 'made-up-3']) {
      expect((await refusal(await tenant.sign(tenant.claims(start), kid))).message).toContain(
        'does not publish',
      );
    }

    expect(tenant.reads).toBe(2);
  });

  it('signed with a freshly rolled key is accepted without a restart', async () => {
    const rolling = await EntraTenant.create();
    const clock = { now: () => now };
    const check = tokenVerifier({
      tenantId: rolling.tenantId,
      audiences: ['api://lamplighter'],
      keys: cachedKeys(rolling.keys, clock),
      clock,
    });
    await check(await rolling.sign(rolling.claims(start)));
    await rolling.rollTo('key-2');
    now = start + minute;

    expect((await check(await rolling.sign(rolling.claims(start)))).name).toBe('Ada');
  });

  it.each(['', 'x', 'a.b.c', 'é.é.é', `${'a'.repeat(20_000)}.b.c`])(
    'that is no token (%s) is refused',
    async (text) => {
      expect((await refusal(text)).code).toBe('auth.invalid');
    },
  );

  it('when the keys cannot be read is neither accepted nor called invalid', async () => {
    const clock = { now: () => now };
    const unavailable = new LamplighterError('no keys', {
      code: 'auth.keys-unavailable',
      fault: 'azure',
      retryable: true,
      fix: 'wait',
    });
    const check = tokenVerifier({
      tenantId: tenant.tenantId,
      audiences: ['api://lamplighter'],
      keys: cachedKeys({ read: () => Promise.reject(unavailable) }, clock),
      clock,
    });

    await expect(check(await tenant.sign(tenant.claims(start)))).rejects.toBe(unavailable);
  });
});
