import { answer, errorAnswer, type WireRequest, type WireResponse } from './wire.ts';
import { appPrincipal } from './principal.ts';
import { issuer } from './tokens.ts';
import { tenantId } from './names.ts';
import type { AzureParts } from './azure-parts.ts';

const host = 'https://login.microsoftonline.com';

const openIdConfiguration = {
  issuer,
  authorization_endpoint: `${host}/${tenantId}/oauth2/v2.0/authorize`,
  token_endpoint: `${host}/${tenantId}/oauth2/v2.0/token`,
  jwks_uri: `${host}/${tenantId}/discovery/v2.0/keys`,
  response_types_supported: ['code', 'id_token'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
};

async function clientToken(wire: WireRequest, parts: AzureParts): Promise<WireResponse> {
  const form = new URLSearchParams(wire.body ?? '');
  const client = form.get('client_id');
  const scope = form.get('scope');
  const proven = form.has('client_secret') || form.has('client_assertion');
  if (form.get('grant_type') !== 'client_credentials' || client === null || scope === null || !proven) {
    return answer(400, {
      error: 'invalid_request',
      error_description: 'Only client_credentials with client_id, scope and a secret or assertion.',
    });
  }
  const { token, expiresAtSeconds } = await parts.tokens.appToken(
    appPrincipal(client),
    scope.replace(/\/\.default$/, ''),
  );
  const lifetime = expiresAtSeconds - Math.floor(parts.clock.now() / 1000);
  return answer(200, {
    token_type: 'Bearer',
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: token,
  });
}

/** `login.microsoftonline.com`, of the one tenant there is. */
export async function handleEntra(wire: WireRequest, parts: AzureParts): Promise<WireResponse> {
  const url = new URL(wire.url);
  const [tenant = '', ...rest] = url.pathname.replace(/^\/+/, '').split('/');
  const path = rest.join('/');
  if (path === 'discovery/instance') {
    return answer(200, {
      tenant_discovery_endpoint: `${host}/${tenantId}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [
        {
          preferred_network: 'login.microsoftonline.com',
          preferred_cache: 'login.windows.net',
          aliases: ['login.microsoftonline.com'],
        },
      ],
    });
  }
  if (!['common', 'organizations', tenantId].includes(tenant.toLowerCase())) {
    return errorAnswer(400, 'invalid_tenant', `Tenant '${tenant}' not found.`);
  }
  switch (path) {
    case 'v2.0/.well-known/openid-configuration':
      return answer(200, openIdConfiguration);
    case 'discovery/v2.0/keys':
      return answer(200, await parts.tokens.publicKeys());
    case 'oauth2/v2.0/token':
      parts.log.count('token');
      return await clientToken(wire, parts);
    default:
      parts.log.unknownRequests.push({ at: parts.clock.now(), method: wire.method, url: wire.url });
      return errorAnswer(404, 'NotFound', `There is nothing at ${url.pathname}.`);
  }
}
