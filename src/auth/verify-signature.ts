import { createPublicKey, verify } from 'node:crypto';

/** Whether the bytes were signed (ECDSA, SHA-256, DER) with the private key of this public key (SPKI in base64). */
export function signatureHolds(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return verify('sha256', bytes, key, signature);
  } catch {
    // A point that is not on the curve, or a signature that is no DER.
    return false;
  }
}
