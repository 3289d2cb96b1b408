import type { AcceleratedClock } from '../config/settings.ts';
import type { Clock } from '../ports/clock.ts';

/** Time that runs `factor` times as fast as `real` from `realAt` on, when it shows `shownAt`; only for a local run. */
export const acceleratedClock = (settings: AcceleratedClock, real: Clock): Clock => ({
  now: () => Math.trunc(settings.shownAt + (real.now() - settings.realAt) * settings.factor),
});
