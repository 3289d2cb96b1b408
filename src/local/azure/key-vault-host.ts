import { answer, errorAnswer, type WireRequest, type WireResponse } from './wire.ts';
import { guidOf } from './names.ts';
import type { AzureParts } from './azure-parts.ts';

/** The value that a secret has here: a test can look for it where it must not be. */
export const secretValueOf = (vault: string, name: string): string =>
  `simulated-secret-${guidOf('secret', `${vault}/${name}`)}`;

/** A Key Vault: every secret is there, but for those that the world says are missing. */
export async function handleKeyVault(
  wire: WireRequest,
  vault: string,
  parts: AzureParts,
): Promise<WireResponse> {
  const by = await parts.tokens.principalOf(wire.headers['authorization']);
  if (by === null) return errorAnswer(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer token.');
  parts.log.count('secrets');
  const name = /^\/secrets\/([-A-Za-z0-9]+)(?:\/[0-9a-f]{32})?$/.exec(new URL(wire.url).pathname)?.[1];
  if (wire.method !== 'GET' || name === undefined || parts.world.missingSecrets.has(name)) {
    return errorAnswer(
      404,
      'SecretNotFound',
      `A secret with (name/id) ${name ?? ''} was not found in this key vault.`,
    );
  }
  return answer(200, {
    value: secretValueOf(vault.toLowerCase(), name),
    id: `https://${vault}.vault.azure.net/secrets/${name}/0123456789abcdef0123456789abcdef`,
    attributes: { enabled: true },
  });
}
