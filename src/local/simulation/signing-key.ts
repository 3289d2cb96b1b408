import { exportJWK, generateKeyPair, type JWK } from 'jose';

let key: Promise<JWK> | null = null;

/** One RSA key per process signs the tokens of all simulated people: making one takes longer than many a scenario. */
export function simulatedSigningKey(): Promise<JWK> {
  key ??= generateKeyPair('RS256', { extractable: true }).then(({ privateKey }) => exportJWK(privateKey));
  return key;
}
