import type { Clock } from '../ports/clock.ts';

/** Real time; with a `LAMPLIGHTER_LOOPBACK_CLOCK` the composition root wraps it. */
export const systemClock: Clock = { now: () => Date.now() };
