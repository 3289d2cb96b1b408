import { LamplighterError } from '../../core/errors.ts';

/** An accepted policy is kept in the ledger, whose values have an end. */
const maxBytes = 300_000;

export function unreadablePolicy(
  name: string,
  why: string,
  more: { readonly retryable: boolean; readonly fix?: string; readonly cause?: unknown },
): LamplighterError {
  return new LamplighterError(`The policy ${name} cannot be read: ${why}.`, {
    code: 'policy.unreadable',
    fault: 'deployment',
    retryable: more.retryable,
    field: 'LAMPLIGHTER_POLICY',
    fix: more.fix ?? 'Check LAMPLIGHTER_POLICY; the policy accepted last stays in force meanwhile.',
    cause: more.cause,
  });
}

/** The bytes as text, a byte order mark left out. Throws `policy.unreadable`. */
export function policyText(name: string, bytes: Uint8Array): string {
  if (bytes.byteLength > maxBytes) {
    throw unreadablePolicy(name, `it has ${bytes.byteLength} bytes, more than ${maxBytes}`, {
      retryable: false,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadablePolicy(name, 'it is not text in UTF-8', { retryable: false, cause });
  }
}
