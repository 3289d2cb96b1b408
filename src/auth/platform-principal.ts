import { z } from 'zod';
import { type Caller, isRole } from './caller.ts';
import { signInInvalid } from './faults.ts';
import { objectIdOf } from './object-id-of.ts';

/** The header App Service authentication puts on each request it let through (and strips from outside). */
export const principalHeader = 'x-ms-client-principal';

const principalSchema = z.object({
  auth_typ: z.string(),
  role_typ: z.string().optional(),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

const objectIdClaims = ['oid', 'http://schemas.microsoft.com/identity/claims/objectidentifier'];
const tenantClaims = ['tid', 'http://schemas.microsoft.com/identity/claims/tenantid'];
const roleClaims = ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'];

function decode(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch (error) {
    throw signInInvalid('the platform’s header cannot be read', error);
  }
}

/** Reads the platform's principal. To be called only where platform authentication is on: the header is not signed. */
export function platformCaller(header: string, tenantId: string): Caller {
  const parsed = principalSchema.safeParse(decode(header));
  if (!parsed.success)
    throw signInInvalid('the platform’s header has another form than expected', parsed.error);
  const { claims, auth_typ: provider, role_typ: roleType } = parsed.data;
  const valuesOf = (names: readonly string[]) =>
    claims.filter((claim) => names.includes(claim.typ)).map((claim) => claim.val);

  if (provider !== 'aad') throw signInInvalid('it was not made with Entra');
  if (!valuesOf(tenantClaims).includes(tenantId)) throw signInInvalid('it belongs to another tenant');
  return {
    objectId: objectIdOf(valuesOf(objectIdClaims)[0]),
    name: valuesOf(['name', 'preferred_username'])[0]?.slice(0, 256) ?? null,
    roles: valuesOf(roleType === undefined ? roleClaims : [...roleClaims, roleType]).filter(isRole),
    by: 'platform',
  };
}
