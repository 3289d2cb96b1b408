import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../ports/clock.ts';
import type { SigningKeys } from '../ports/signing-keys.ts';

const maxAgeMs = 10 * 60_000;
/** An unknown key id makes us look again, but not more often than this: anybody can send made-up key ids. */
const cooldownMs = 30_000;

/**
 * Finds the key of a token in the published set: read on first use, again when it is old, and once more when a token
 * names a key that is not in it (keys are rolled without notice).
 */
export function cachedKeys(source: SigningKeys, clock: Clock): JWTVerifyGetKey {
  let current: { readonly find: JWTVerifyGetKey; readonly readAt: number } | null = null;
  let reading: Promise<{ readonly find: JWTVerifyGetKey; readonly readAt: number }> | null = null;

  const read = async () => {
    reading ??= source
      .read()
      .then((keys) => ({ find: createLocalJWKSet(keys as unknown as JSONWebKeySet), readAt: clock.now() }))
      .finally(() => {
        reading = null;
      });
    current = await reading;
    return current;
  };

  return async (header, token) => {
    const isFresh = current !== null && clock.now() - current.readAt < maxAgeMs;
    const known = isFresh && current !== null ? current : await read();
    try {
      return await known.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (clock.now() - known.readAt < cooldownMs) throw error;
      return (await read()).find(header, token);
    }
  };
}
