import { LamplighterError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';

const burst = 120;
const perSecond = 2;
/** Callers remembered at once; beyond it the longest unseen is forgotten, which only makes it welcome again. */
const callersAtMost = 5_000;

/**
 * A bucket of requests per caller. It lives in this process only: it protects one process from one eager caller and
 * is no quota.
 */
export function rateLimiter(clock: Clock): (caller: string) => void {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (caller) => {
    const now = clock.now();
    const before = buckets.get(caller);
    const refill = before === undefined ? burst : Math.max(0, ((now - before.at) / 1000) * perSecond);
    const tokens = Math.min(burst, (before?.tokens ?? 0) + refill);
    buckets.delete(caller);
    if (buckets.size >= callersAtMost) {
      const [oldest] = buckets.keys();
      if (oldest !== undefined) buckets.delete(oldest);
    }
    buckets.set(caller, { tokens: Math.max(0, tokens - 1), at: now });
    if (tokens >= 1) return;
    throw new LamplighterError('Too many requests at once.', {
      code: 'request.too-many',
      fault: 'caller',
      retryable: true,
      fix: `Wait half a minute, then send no more than ${perSecond} requests a second.`,
    });
  };
}
