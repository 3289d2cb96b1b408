import { isBySchedule, secondLookWithinLimits } from '../core/idle/brakes.ts';
import type { Decision } from '../core/idle/types.ts';
import { leaveStopPlace, takeStopPlace } from '../ledger/due-stops.ts';
import { readLastFinishedSummary } from '../ledger/sweeps.ts';
import type { StoredWarning } from '../ledger/warnings.ts';
import type { Flow } from './flow.ts';
import type { LoadedPolicy } from './policy-store.ts';

/** The blast limit counts once more, over the stops that fall due with this one, by the strictest of the policies. */
export async function withinLimits(
  flow: Flow,
  { warning }: StoredWarning,
  decision: Decision,
  policies: readonly LoadedPolicy[],
): Promise<Decision> {
  const { ledger, clock } = flow.ports;
  // It would take the place of a stop that counts.
  if (isBySchedule(decision)) return decision;
  const summary = await readLastFinishedSummary(ledger);
  if (warning.released || summary === null) return decision;
  const places = await takeStopPlace(ledger, warning.dueInSweep, warning.ref, {
    at: clock.now(),
    runningCount: summary.running,
  });
  const limited = policies
    .map(({ policy }) =>
      secondLookWithinLimits(decision, {
        runningCount: places.runningCount,
        limits: policy.limits,
        released: new Set(),
        stopsOfThisMoment: places.taken,
      }),
    )
    .find(({ action }) => action !== 'stop');
  if (limited === undefined) return decision;
  await leaveStopPlace(ledger, warning.dueInSweep, warning.ref);
  return limited;
}
