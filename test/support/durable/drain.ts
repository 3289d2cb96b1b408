import type { DurableEngine } from '../../../src/local/durable/durable-engine.ts';
import type { VirtualClock } from '../../../src/local/virtual-clock.ts';

/** Runs an engine one item at a time, oldest first, and moves its clock to the next timer whenever nothing is ready. */
export async function drain(engine: DurableEngine, clock: VirtualClock): Promise<void> {
  for (;;) {
    const [item] = engine.ready();
    if (item !== undefined) {
      await engine.run(item);
      continue;
    }
    const nextAt = engine.fenced ? null : engine.nextTimerAt();
    if (nextAt === null) return;
    clock.advanceTo(nextAt);
  }
}
