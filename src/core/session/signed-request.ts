import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** What a signature is for: one made for a report is worth nothing anywhere else. */
export type SignedPurpose = 'enrol' | 'report' | 'rotate' | 'leave';

/** What an agent puts beside each body, in headers. */
export type Stamp = {
  /** The first 32 hex digits of the SHA-256 of the public key. */
  readonly keyId: string;
  /** The sender's clock. */
  readonly sentAt: number;
  /** Greater than in every request before it that was accepted under this key. */
  readonly counter: number;
  /** ECDSA over P-256 with SHA-256, DER, of `signedPrefix` followed by the body's bytes. */
  readonly signature: Uint8Array;
};

export const stampHeaders = {
  keyId: 'x-lamplighter-key',
  sentAt: 'x-lamplighter-time',
  counter: 'x-lamplighter-counter',
  signature: 'x-lamplighter-signature',
} as const;

const keyIdPattern = /^[0-9a-f]{32}$/;
const numberPattern = /^[0-9]{1,16}$/;
// A DER signature of P-256 has 8 to 72 bytes.
const signaturePattern = /^[A-Za-z0-9+/]{8,100}={0,2}$/;

export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The stamp as the headers carry it; null: one is missing or has another form. */
export function parseStamp(header: (name: string) => string | null): Stamp | null {
  const keyId = header(stampHeaders.keyId) ?? '';
  const sentAt = header(stampHeaders.sentAt) ?? '';
  const counter = header(stampHeaders.counter) ?? '';
  const signature = header(stampHeaders.signature) ?? '';
  const isWhole =
    keyIdPattern.test(keyId) &&
    numberPattern.test(sentAt) &&
    numberPattern.test(counter) &&
    signaturePattern.test(signature) &&
    signature.length % 4 === 0;
  if (!isWhole || Number(counter) > Number.MAX_SAFE_INTEGER) return null;
  return {
    keyId,
    sentAt: Number(sentAt),
    counter: Number(counter),
    signature: bytesOfBase64(signature),
  };
}

/** The text that is signed before the body: nothing of the stamp can be changed without the key. */
export const signedPrefix = (
  purpose: SignedPurpose,
  stamp: Pick<Stamp, 'keyId' | 'sentAt' | 'counter'>,
): string => `lamplighter-agent-1\n${purpose}\n${stamp.keyId}\n${stamp.sentAt}\n${stamp.counter}\n`;

export function signedBytes(
  purpose: SignedPurpose,
  stamp: Pick<Stamp, 'keyId' | 'sentAt' | 'counter'>,
  body: Uint8Array,
): Uint8Array {
  const prefix = utf8ToBytes(signedPrefix(purpose, stamp));
  const bytes = new Uint8Array(prefix.length + body.length);
  bytes.set(prefix);
  bytes.set(body, prefix.length);
  return bytes;
}

/** A public key on P-256 as its SubjectPublicKeyInfo, uncompressed: always this prefix and 65 bytes. */
const spkiPrefixHex = '3059301306072a8648ce3d020106082a8648ce3d03010703420004';
const spkiLength = 91;

/** The bytes of a public key in base64; null: not one of the only kind that agents use. */
export function parsePublicKey(base64: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]{122}==$/.test(base64)) return null;
  const bytes = bytesOfBase64(base64);
  return bytes.length === spkiLength && bytesToHex(bytes).startsWith(spkiPrefixHex) ? bytes : null;
}

export const keyIdOf = (publicKey: Uint8Array): string => bytesToHex(sha256(publicKey)).slice(0, 32);
