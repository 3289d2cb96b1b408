import { LamplighterError } from '../core/errors.ts';

export function signInMissing(): LamplighterError {
  return new LamplighterError('This request carries no sign-in.', {
    code: 'auth.missing',
    fault: 'caller',
    field: 'authorization',
    fix: 'Send an Entra access token for Lamplighter in the header "Authorization: Bearer …".',
  });
}

/** `why` says which check failed; it never repeats the token. */
export function signInInvalid(why: string, cause?: unknown): LamplighterError {
  return new LamplighterError(`The sign-in cannot be accepted: ${why}.`, {
    code: 'auth.invalid',
    fault: 'caller',
    field: 'authorization',
    fix: 'Sign in again, to the right tenant and for Lamplighter’s application, and send the new token.',
    cause,
  });
}

export function forbidden(what: string, fix: string): LamplighterError {
  return new LamplighterError(what, { code: 'auth.forbidden', fault: 'caller', fix });
}
