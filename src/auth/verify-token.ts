import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { LamplighterError } from '../core/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { type Caller, isRole } from './caller.ts';
import { signInInvalid } from './faults.ts';
import { objectIdOf } from './object-id-of.ts';

export type TokenRules = {
  readonly tenantId: string;
  readonly audiences: readonly string[];
  readonly keys: JWTVerifyGetKey;
  readonly clock: Clock;
};

/** Entra tokens are a few kB; anything much larger is no token. */
const longestToken = 16 * 1024;
const clockSkewSeconds = 5 * 60;

/** Tokens of version 1 and 2 name the same tenant differently, whatever version the API asks for. */
const issuersOf = (tenantId: string): string[] => [
  `https://login.microsoftonline.com/${tenantId}/v2.0`,
  `https://sts.windows.net/${tenantId}/`,
];

const claimNames: Readonly<Record<string, string>> = {
  aud: 'it is made for another application',
  iss: 'it comes from another tenant or issuer',
  nbf: 'it is not valid yet',
  iat: 'it was issued in the future',
};

function explain(error: unknown): LamplighterError {
  if (error instanceof LamplighterError) return error;
  if (error instanceof errors.JWTExpired) return signInInvalid('it has expired', error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    return signInInvalid(
      claimNames[error.claim] ?? `its claim "${error.claim}" is not as it should be`,
      error,
    );
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return signInInvalid('it is not signed with RS256', error);
  if (error instanceof errors.JWKSNoMatchingKey) {
    return signInInvalid('it is signed with a key that the tenant does not publish', error);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return signInInvalid('its signature does not hold', error);
  }
  if (error instanceof errors.JOSEError) return signInInvalid('it is not a token that can be read', error);
  throw error;
}

function callerOf(payload: JWTPayload, tenantId: string): Caller {
  if (payload['tid'] !== tenantId) throw signInInvalid('it belongs to another tenant');
  const roles: unknown = payload['roles'];
  const name: unknown = payload['name'] ?? payload['preferred_username'];
  return {
    objectId: objectIdOf(payload['oid']),
    name: typeof name === 'string' ? name.slice(0, 256) : null,
    roles: Array.isArray(roles) ? roles.filter(isRole) : [],
    by: 'token',
  };
}

/** Verifies an Entra access token: signature, algorithm, issuer, audience, tenant and times. Throws `auth.invalid`. */
export function tokenVerifier(rules: TokenRules): (token: string) => Promise<Caller> {
  return async (token) => {
    if (token.length > longestToken) throw signInInvalid('it is too long to be a token');
    try {
      const { payload } = await jwtVerify(token, rules.keys, {
        algorithms: ['RS256'],
        issuer: issuersOf(rules.tenantId),
        audience: [...rules.audiences],
        clockTolerance: clockSkewSeconds,
        currentDate: new Date(rules.clock.now()),
        requiredClaims: ['exp', 'iss', 'aud', 'tid', 'oid'],
      });
      return callerOf(payload, rules.tenantId);
    } catch (error) {
      throw explain(error);
    }
  };
}
