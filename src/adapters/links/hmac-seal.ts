import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../config/secret.ts';
import type { LinkSeal } from '../../ports/link-seal.ts';

/** Tells seals of links from whatever else the same key may ever be used for. */
const purpose = 'lamplighter-link-1.';
const longestSealed = 2_000;
const form = /^[\w-]+\.[\w-]{43}$/;

const macOf = (key: Secret, payload: string): Buffer =>
  createHmac('sha256', Buffer.from(key.reveal(), 'base64')).update(`${purpose}${payload}`).digest();

/** HMAC-SHA256 over the text. The first key seals, each opens: so keys change without breaking what was sent. */
export function hmacSeal(keys: readonly Secret[]): LinkSeal {
  const [current] = keys;
  return {
    seal(text) {
      if (current === undefined) return null;
      const payload = Buffer.from(text, 'utf8').toString('base64url');
      return `${payload}.${macOf(current, payload).toString('base64url')}`;
    },
    open(sealed) {
      if (sealed.length > longestSealed || !form.test(sealed)) return null;
      const [payload = '', mac = ''] = sealed.split('.');
      const given = Buffer.from(mac, 'base64url');
      // Base64 has several spellings of the same bytes; only the one that we write is ours.
      if (given.toString('base64url') !== mac) return null;
      const holds = keys.some((key) => {
        const expected = macOf(key, payload);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
      return holds ? Buffer.from(payload, 'base64url').toString('utf8') : null;
    },
  };
}
