import { z } from 'zod';

const claims = z.object({
  oid: z.string().optional(),
  tid: z.string().optional(),
  aud: z.string().optional(),
  name: z.string().optional(),
  upn: z.string().optional(),
  preferred_username: z.string().optional(),
});

export type TokenClaims = {
  readonly name: string | null;
  readonly tenant: string | null;
  readonly audience: string | null;
};

/** What a token of the caller's own says of them; nobody else reads it, and nothing is decided by it. */
export function claimsOf(token: string): TokenClaims {
  const nothing = { name: null, tenant: null, audience: null };
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { oid, tid, aud, name, upn, preferred_username } = claims.parse(payload);
    return {
      name: name ?? upn ?? preferred_username ?? oid ?? null,
      tenant: tid ?? null,
      audience: aud ?? null,
    };
  } catch {
    return nothing;
  }
}
