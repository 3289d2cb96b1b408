import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { SigningKeys } from '../../src/ports/signing-keys.ts';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An Entra tenant as a token's reader sees it: it signs tokens and publishes keys, which it can roll. */
export class EntraTenant {
  readonly tenantId: string;
  readonly keys: SigningKeys;
  reads = 0;
  #published: Map<string, KeyPair> = new Map();

  private constructor(tenantId: string) {
    this.tenantId = tenantId;
    this.keys = {
      read: async () => {
        this.reads += 1;
        const all = [...this.#published].map(async ([kid, pair]) => ({
          ...(await exportJWK(pair.publicKey)),
          kid,
          use: 'sig',
        }));
        return { keys: await Promise.all(all) };
      },
    };
  }

  static async create(tenantId = '22222222-0000-4000-8000-000000000002'): Promise<EntraTenant> {
    const tenant = new EntraTenant(tenantId);
    await tenant.rollTo('key-1');
    return tenant;
  }

  /** Publishes this key alone from now on. */
  async rollTo(kid: string): Promise<void> {
    this.#published = new Map([[kid, await generateKeyPair('RS256')]]);
  }

  /** Signs with the published key; `kid` names it otherwise in the header. */
  async sign(claims: JWTPayload, kid?: string): Promise<string> {
    const [published] = this.#published;
    if (published === undefined) throw new Error('The tenant has no key.');
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: kid ?? published[0] })
      .sign(published[1].privateKey);
  }

  /** Claims of an ordinary access token, valid for an hour from `at` (ms). */
  claims(at: number, changes: Readonly<Record<string, unknown>> = {}): JWTPayload {
    const seconds = Math.floor(at / 1000);
    return {
      iss: `https://login.microsoftonline.com/${this.tenantId}/v2.0`,
      aud: 'api://lamplighter',
      tid: this.tenantId,
      oid: 'aaaaaaaa-0000-4000-8000-00000000000a',
      name: 'Ada',
      roles: ['Lamplighter.User'],
      iat: seconds,
      nbf: seconds,
      exp: seconds + 3600,
      ...changes,
    };
  }
}
