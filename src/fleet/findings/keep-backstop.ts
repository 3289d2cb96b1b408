import { backstopStep, type OwnBackstop } from '../../core/findings/backstop.ts';
import { isHalted } from '../../ledger/flags.ts';
import { writeBackstop } from '../../ledger/backstops.ts';
import { isLatestSweep } from '../../ledger/sweeps.ts';
import type { Flow } from '../flow.ts';
import type { Judgement } from '../judge.ts';
import type { InstanceReadings } from '../readings.ts';
import type { FindBy } from './find-by.ts';

/**
 * Writes the platform's idle shutdown on an instance where the policy wants it as a backstop. What was written is put on
 * record before Azure is asked: a value of ours that nobody remembers would be taken for the user's own.
 */
export async function keepBackstop(
  flow: Flow,
  instance: InstanceReadings,
  judgement: Judgement,
  own: OwnBackstop,
  by: FindBy,
): Promise<void> {
  const { ledger, clock, computeSettings } = flow.ports;
  const { policy } = by.policy;
  const { compute, snooze } = instance;
  const facts = {
    now: by.now,
    mode: judgement.policy.mode,
    backstopAfterMs: policy.platform.backstopAfterMs,
    sweepEveryMs: policy.sweep.everyMs,
    warnMs: judgement.policy.idle.warnMs,
    isFree: judgement.policy.protectedBy === null && judgement.policy.exemption === null,
    snoozedUntil: snooze?.until ?? null,
    own,
  };
  if (backstopStep({ ...facts, compute }) === null) return;
  // Right before a write the setting is read once more: the user may just have made it their own.
  const got = await flow.ports.computes.get(compute.ref);
  const step = got.ok ? backstopStep({ ...facts, compute: got.value }) : null;
  if (step === null || by.sweepId === null) return;
  if (!(await isLatestSweep(ledger, by.sweepId)) || (await isHalted(ledger))) return;
  if (step.minutes === null) {
    const lifted = await computeSettings.setIdleShutdown(compute.ref, null);
    if (lifted.ok) await writeBackstop(ledger, compute.ref, null);
    return;
  }
  // Until Azure has answered, either value may stand, and the earlier time counts: nothing is believed to be later than it is.
  const before = own?.minutes ?? [];
  const setAt = clock.now();
  await writeBackstop(ledger, compute.ref, {
    minutes: [...new Set([...before, step.minutes])],
    setAt: own?.setAt ?? setAt,
  });
  const written = await computeSettings.setIdleShutdown(compute.ref, step.minutes);
  if (written.ok) await writeBackstop(ledger, compute.ref, { minutes: [step.minutes], setAt });
}
