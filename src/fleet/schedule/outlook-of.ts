import { outlookText } from '../../core/explain/outlook-text.ts';
import type { ComputeRef } from '../../core/ids.ts';
import type { Policy } from '../../core/policy/types.ts';
import { type Outlook, scheduleOutlook } from '../../core/schedule/outlook.ts';
import { type Observation, readObservation } from '../../ledger/observations.ts';
import { readSavings, type Saving } from '../../ledger/savings.ts';
import { readSnooze } from '../../ledger/snoozes.ts';
import type { Flow } from '../flow.ts';
import { readPolicyInForce } from '../policy-store.ts';
import { isRunning } from '../readings.ts';

export type KnownOutlook = Outlook & { readonly sentence: string };

/**
 * What the schedules will do next with an instance, as the last sweep knew it; a snooze puts a stop off to its end. Null:
 * nothing, or it is protected or exempt.
 */
export function outlookOf(
  policy: Policy,
  { applies, known }: Pick<Observation, 'applies' | 'known'>,
  saving: Saving | null,
  snoozedUntil: number | null,
  now: number,
): KnownOutlook | null {
  if (applies === null || known === null || !applies.isFree || applies.mode === 'off') return null;
  const schedules = policy.schedules.filter(({ name }) => applies.schedules.includes(name));
  if (schedules.length === 0) return null;
  const outlook = scheduleOutlook(schedules, {
    now: Math.max(now, snoozedUntil ?? now),
    isRunning: isRunning(known.state),
    startedAt: known.startedAt,
    stoppedBy: saving !== null && saving.startedAt === null ? (saving.schedule ?? null) : null,
  });
  const sentence = outlookText(outlook, applies.mode, now);
  return sentence === null ? null : { ...outlook, sentence };
}

/** The same of one instance, read from the ledger. */
export async function readOutlook(
  { ports }: Pick<Flow, 'ports'>,
  ref: ComputeRef,
  withSnooze = true,
): Promise<KnownOutlook | null> {
  const { ledger, clock } = ports;
  const now = clock.now();
  const { policy } = await readPolicyInForce(ledger);
  if (policy.schedules.length === 0) return null;
  const [observation, savings, snooze] = await Promise.all([
    readObservation(ledger, ref),
    readSavings(ledger, ref, 1),
    withSnooze ? readSnooze(ledger, ref, now) : null,
  ]);
  return outlookOf(policy, observation, savings[0]?.saving ?? null, snooze?.until ?? null, now);
}
