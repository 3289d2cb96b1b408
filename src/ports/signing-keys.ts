/** A set of public keys as the identity provider publishes it (RFC 7517). */
export type PublishedKeys = { readonly keys: readonly Readonly<Record<string, unknown>>[] };

/** The public keys of the tenant that signs callers' tokens. */
export interface SigningKeys {
  /** Reads the published set anew; the caller caches it. Throws `LamplighterError` `auth.keys-unavailable` (retryable). */
  read(): Promise<PublishedKeys>;
}
