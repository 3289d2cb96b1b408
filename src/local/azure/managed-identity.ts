import { answer, errorAnswer, type WireRequest, type WireResponse } from './wire.ts';
import { appPrincipal } from './principal.ts';
import type { AzureParts } from './azure-parts.ts';

/**
 * The App Service endpoint of managed identities, at `/msi/token` on any host. Without `client_id` it is the
 * system-assigned identity, which goes by the name `lamplighter`.
 */
export async function handleManagedIdentity(
  wire: WireRequest,
  parts: AzureParts,
  secret: string,
): Promise<WireResponse> {
  if (wire.headers['x-identity-header'] !== secret) {
    return errorAnswer(401, 'Unauthorized', 'The X-IDENTITY-HEADER is missing or wrong.');
  }
  const query = new URL(wire.url).searchParams;
  const resource = query.get('resource');
  if (resource === null) return errorAnswer(400, 'BadRequest', 'resource is required.');
  parts.log.count('token');
  const principal = appPrincipal(query.get('client_id') ?? 'lamplighter');
  const { token, expiresAtSeconds } = await parts.tokens.appToken(principal, resource);
  return answer(200, {
    access_token: token,
    expires_on: String(expiresAtSeconds),
    resource,
    token_type: 'Bearer',
    client_id: principal.appId,
  });
}
