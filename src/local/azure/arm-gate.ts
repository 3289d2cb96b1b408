import { errorAnswer, type WireResponse } from './wire.ts';
import { TokenBuckets, type BucketKind } from './token-buckets.ts';
import type { FaultArea, Faults } from './faults.ts';
import type { Principal } from './principal.ts';

export type Admission =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly response: WireResponse };

const kindOf = (method: string): BucketKind =>
  method === 'GET' || method === 'HEAD' ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes';

export const outOfService = (): WireResponse =>
  errorAnswer(503, 'ServiceUnavailable', 'The service is temporarily unavailable. Try again later.');

const throttled = (seconds: number, kind: BucketKind): WireResponse =>
  errorAnswer(
    429,
    'SubscriptionRequestsThrottled',
    `Number of requests for subscription exceeded the limit. Try again after ${seconds} seconds.`,
    { 'retry-after': String(seconds), [`x-ms-ratelimit-remaining-subscription-${kind}`]: '0' },
  );

/** What a request meets before its handler: an outage, throttling that fate sends, or ARM's own empty bucket. */
export class ArmGate {
  readonly #faults: Faults;
  readonly #buckets: TokenBuckets | null;

  constructor(faults: Faults, withBuckets: boolean) {
    this.#faults = faults;
    this.#buckets = withBuckets ? new TokenBuckets() : null;
  }

  admit(areas: readonly FaultArea[], method: string, url: URL, by: Principal, now: number): Admission {
    if (this.#faults.isOut(areas, now)) return { ok: false, response: outOfService() };
    const kind = kindOf(method);
    const seconds = this.#faults.throttledFor(areas, now);
    if (seconds !== null) return { ok: false, response: throttled(seconds, kind) };
    if (this.#buckets === null) return { ok: true, headers: {} };
    const subscription = /\/subscriptions\/([^/]+)/i.exec(url.pathname)?.[1]?.toLowerCase() ?? 'tenant';
    const draw = this.#buckets.draw(`${subscription} ${by.objectId}`, kind, now);
    return draw.ok
      ? {
          ok: true,
          headers: { [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(draw.remaining) },
        }
      : { ok: false, response: throttled(draw.retryAfterSeconds, kind) };
  }
}
