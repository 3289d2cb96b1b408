export type BucketKind = 'reads' | 'writes' | 'deletes';

/** ARM's published sizes: requests at once, and requests per second after that. */
const limits: Readonly<Record<BucketKind, { readonly size: number; readonly perSecond: number }>> = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
};

export type Draw =
  | { readonly ok: true; readonly remaining: number }
  | { readonly ok: false; readonly retryAfterSeconds: number };

/** One bucket per subscription, caller and kind of request, filled by the clock. */
export class TokenBuckets {
  readonly #levels = new Map<string, { tokens: number; at: number }>();

  draw(scope: string, kind: BucketKind, now: number): Draw {
    const { size, perSecond } = limits[kind];
    const key = `${kind} ${scope}`;
    const before = this.#levels.get(key) ?? { tokens: size, at: now };
    const tokens = Math.min(size, before.tokens + ((now - before.at) / 1000) * perSecond);
    if (tokens < 1) {
      this.#levels.set(key, { tokens, at: now });
      return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil((1 - tokens) / perSecond)) };
    }
    this.#levels.set(key, { tokens: tokens - 1, at: now });
    return { ok: true, remaining: Math.floor(tokens - 1) };
  }
}
