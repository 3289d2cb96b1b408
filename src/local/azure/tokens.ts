import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose';
import { appPrincipal, userPrincipal, type Principal } from './principal.ts';
import { guidOf, tenantId } from './names.ts';
import type { LocalClock } from '../clock.ts';

const tenYearsSeconds = 10 * 365 * 86_400;
const keyId = 'simulated-1';

export type TokensSnapshot = { readonly key: JWK | null };
export type UserTokenOptions = {
  readonly roles?: readonly string[];
  readonly audience?: string;
  /** Other claims to set or override: `iss`, `tid`, `exp` (seconds) …, for tokens that must be refused. */
  readonly claims?: Readonly<Record<string, unknown>>;
};

export const issuer = `https://login.microsoftonline.com/${tenantId}/v2.0`;

/** Mints and recognises bearer tokens. The signing key is made when first needed. */
export class Tokens {
  readonly #clock: LocalClock;
  readonly #known = new Map<string, Principal>();
  #key: Promise<{ private: CryptoKey; public: CryptoKey; jwk: JWK }> | null = null;
  #jwk: JWK | null = null;

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  /** A token for Azure that needs no signature: recognised by this simulated Azure alone, for ever. */
  staticToken(principal: Principal): string {
    // Of a token's form, so that its bearer can read there who it is.
    const claims = {
      oid: principal.objectId,
      appid: principal.appId,
      kind: principal.kind,
      name: principal.name,
    };
    const token = `simulated.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.unsigned`;
    this.#known.set(token, principal);
    return token;
  }

  async appToken(
    principal: Principal,
    audience: string,
  ): Promise<{ token: string; expiresAtSeconds: number }> {
    const token = await this.#sign(
      { oid: principal.objectId, sub: principal.objectId, appid: principal.appId, idtyp: 'app' },
      audience,
    );
    this.#known.set(token, principal);
    return { token, expiresAtSeconds: this.#nowSeconds() + tenYearsSeconds };
  }

  /** A person's token for the app's own doors, signed with RS256. */
  async userToken(name: string, options: UserTokenOptions = {}): Promise<string> {
    const principal = userPrincipal(name);
    const token = await this.#sign(
      {
        oid: principal.objectId,
        sub: guidOf('subject', name),
        name,
        preferred_username: `${name}@contoso.example`,
        ...(options.roles === undefined ? {} : { roles: options.roles }),
        ...options.claims,
      },
      options.audience ?? 'api://lamplighter',
    );
    this.#known.set(token, principal);
    return token;
  }

  /** Who the `Authorization` header speaks for; null: nobody known. Tokens minted here are recognised without a wait. */
  async principalOf(authorization: string | undefined): Promise<Principal | null> {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return null;
    const known = this.#known.get(token);
    if (known !== undefined) return known;
    if (token.startsWith('simulated.')) return this.#staticPrincipal(token);
    if (this.#key === null && this.#jwk === null) return null;
    return await this.#verified(token);
  }

  #staticPrincipal(token: string): Principal | null {
    try {
      const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
      const { kind, name } = JSON.parse(payload) as { readonly kind?: unknown; readonly name?: unknown };
      if (typeof name !== 'string' || (kind !== 'app' && kind !== 'user')) return null;
      return kind === 'app' ? appPrincipal(name) : userPrincipal(name);
    } catch {
      return null;
    }
  }

  /** A token of an earlier life of this process, whose key was restored. */
  async #verified(token: string): Promise<Principal | null> {
    try {
      const { public: key } = await this.#keys();
      const { payload } = await jwtVerify(token, key, { currentDate: new Date(this.#clock.now()) });
      const principal: Principal = {
        kind: payload['idtyp'] === 'app' ? 'app' : 'user',
        objectId: String(payload['oid']),
        name: String(payload['name'] ?? payload['appid'] ?? payload['oid']),
        appId: typeof payload['appid'] === 'string' ? payload['appid'] : null,
      };
      this.#known.set(token, principal);
      return principal;
    } catch {
      return null;
    }
  }

  async publicKeys(): Promise<{ keys: readonly JWK[] }> {
    const { public: key } = await this.#keys();
    return { keys: [{ ...(await exportJWK(key)), kid: keyId, use: 'sig', alg: 'RS256' }] };
  }

  snapshot(): TokensSnapshot {
    return { key: this.#jwk };
  }

  restore(snapshot: TokensSnapshot): void {
    this.#jwk = snapshot.key;
    this.#key = null;
  }

  #keys(): Promise<{ private: CryptoKey; public: CryptoKey; jwk: JWK }> {
    this.#key ??= this.#makeKeys();
    return this.#key;
  }

  async #makeKeys(): Promise<{ private: CryptoKey; public: CryptoKey; jwk: JWK }> {
    if (this.#jwk === null) {
      const pair = await generateKeyPair('RS256', { extractable: true });
      this.#jwk = await exportJWK(pair.privateKey);
    }
    const { n, e, kty } = this.#jwk;
    const publicJwk = { n, e, kty } as JWK;
    const [privateKey, publicKey] = await Promise.all([
      importJWK(this.#jwk, 'RS256'),
      importJWK(publicJwk, 'RS256', { extractable: true }),
    ]);
    return { private: privateKey as CryptoKey, public: publicKey as CryptoKey, jwk: this.#jwk };
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }

  async #sign(claims: Readonly<Record<string, unknown>>, audience: string): Promise<string> {
    const { private: key } = await this.#keys();
    const now = this.#nowSeconds();
    return await new SignJWT({
      aud: audience,
      iss: issuer,
      tid: tenantId,
      ver: '2.0',
      iat: now,
      nbf: now - 300,
      exp: now + tenYearsSeconds,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keyId })
      .sign(key);
  }
}
