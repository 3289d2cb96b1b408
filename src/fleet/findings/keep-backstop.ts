import { backstopStep, type OwnBackstop } from '../../core/findings/backstop.ts';
import { idleShutdownOf } from '../../core/findings/platform-finding.ts';
import { isHalted } from '../../ledger/flags.ts';
import { isLatestSweep } from '../../ledger/sweeps.ts';
import type { Flow } from '../flow.ts';
import type { Judgement } from '../judge.ts';
import type { InstanceReadings } from '../readings.ts';
import type { FindBy } from './find-by.ts';
import { writeIdleShutdown } from './write-idle-shutdown.ts';

/** Writes the platform's idle shutdown on an instance where the policy wants it as a backstop. */
export async function keepBackstop(
  flow: Flow,
  instance: InstanceReadings,
  judgement: Judgement,
  own: OwnBackstop,
  by: FindBy,
): Promise<void> {
  const { ledger } = flow.ports;
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
  // A thin row does not say what is set: of what is ours, and snoozed, that has to be read.
  const unsaid = idleShutdownOf(compute) === undefined && own !== null && snooze !== null;
  if (!unsaid && backstopStep({ ...facts, compute }) === null) return;
  // Right before a write the setting is read once more: the user may just have made it their own.
  const got = await flow.ports.computes.get(compute.ref);
  const step = got.ok ? backstopStep({ ...facts, compute: got.value }) : null;
  if (step === null || by.sweepId === null) return;
  if (!(await isLatestSweep(ledger, by.sweepId)) || (await isHalted(ledger))) return;
  await writeIdleShutdown(flow, compute.ref, own, step);
}
