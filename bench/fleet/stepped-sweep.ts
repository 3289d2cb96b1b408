import type { VirtualClock } from '../../src/local/virtual-clock.ts';
import type { SweepSummary } from '../../src/ledger/sweeps.ts';
import type { Fleet } from './open-fleet.ts';

export const sweepEveryMs = 300_000;

/** One sweep under a clock that stands still while code runs; workflows that wait longer than the sweep stay where they are. */
export async function steppedSweep(fleet: Fleet, clock: VirtualClock): Promise<SweepSummary> {
  const { engine } = fleet.service;
  clock.advanceTo(clock.now() + sweepEveryMs);
  await fleet.fireTimer();
  const untilAt = clock.now() + sweepEveryMs - 60_000;
  for (;;) {
    const [item] = engine.ready();
    if (item !== undefined) {
      await engine.run(item);
      continue;
    }
    const summary = await fleet.latestSweep();
    if (summary !== null && summary.status !== 'running') return summary;
    const nextAt = engine.nextTimerAt();
    if (nextAt === null || nextAt > untilAt) throw new Error('The sweep did not end.');
    clock.advanceTo(nextAt);
  }
}
