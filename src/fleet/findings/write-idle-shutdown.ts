import type { BackstopStep, OwnBackstop } from '../../core/findings/backstop.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { writeBackstop } from '../../ledger/backstops.ts';
import type { Flow } from '../flow.ts';

/**
 * Writes the platform's idle shutdown of an instance. What is written is put on record before Azure is asked: a value of
 * ours that nobody remembers would be taken for the user's own. Whether Azure took it.
 */
export async function writeIdleShutdown(
  { ports }: Flow,
  ref: ComputeRef,
  own: OwnBackstop,
  step: BackstopStep,
): Promise<boolean> {
  const { ledger, clock, computeSettings } = ports;
  if (step.minutes === null) {
    const lifted = await computeSettings.setIdleShutdown(ref, null);
    if (lifted.ok) await writeBackstop(ledger, ref, null);
    return lifted.ok;
  }
  // Until Azure has answered, either value may stand, and the earlier time counts: nothing is believed to be later than it is.
  const before = own?.minutes ?? [];
  const setAt = clock.now();
  await writeBackstop(ledger, ref, {
    minutes: [...new Set([...before, step.minutes])],
    setAt: own?.setAt ?? setAt,
  });
  const written = await computeSettings.setIdleShutdown(ref, step.minutes);
  if (written.ok) await writeBackstop(ledger, ref, { minutes: [step.minutes], setAt });
  return written.ok;
}
