import { LamplighterError } from '../core/errors.ts';
import type { Decision } from '../core/idle/types.ts';
import type { ComputeRef } from '../core/ids.ts';
import { addRegret, readSavings, type Saving } from '../ledger/savings.ts';
import { countInTally } from '../ledger/tallies.ts';
import { dayMs } from '../ledger/time-key.ts';
import type { Flow } from './flow.ts';

const sayWithinMs = 7 * dayMs;

const mayRegret = ({ stoppedAt, regret }: Saving, now: number): boolean =>
  regret === null && now - stoppedAt <= sayWithinMs;

/** Lamplighter's stop of a compute that is off since. */
export type LastStop = { readonly at: number; readonly reason: string; readonly mayRegret: boolean };

/** Null: it runs, or somebody else stopped it. */
export const lastStopOf = (decision: Decision, saving: Saving | null, now: number): LastStop | null => {
  const isOff = decision.reason === 'keep.not-running' || decision.action === 'stop';
  if (!isOff || saving === null || saving.startedAt !== null) return null;
  return { at: saving.stoppedAt, reason: saving.reason, mayRegret: mayRegret(saving, now) };
};

/**
 * "I was using it": counts the compute's last stop as one that was wrong. Said twice it counts once. Throws
 * `regret.no-stop` if Lamplighter has not stopped it within a week.
 */
export async function sayRegret(
  flow: Flow,
  ref: ComputeRef,
  by: string,
  /** The warning of the stop that is meant; null: the last one. */
  warningId: string | null = null,
): Promise<Saving> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const newest = (await readSavings(ledger, ref, warningId === null ? 1 : 50))
    .filter(({ saving }) => warningId === null || saving.warningId === warningId)
    .toSorted((a, b) => b.saving.stoppedAt - a.saving.stoppedAt)[0];
  if (newest === undefined || now - newest.saving.stoppedAt > sayWithinMs) {
    throw new LamplighterError('Lamplighter has not stopped this compute lately.', {
      code: 'regret.no-stop',
      fault: 'caller',
      field: 'compute',
      fix: 'Look at its history to see who or what stopped it.',
    });
  }
  await countInTally(ledger, ref, 'regrets', newest.saving.warningId, now);
  await addRegret(ledger, newest, { at: now, how: 'said', by });
  return { ...newest.saving, regret: newest.saving.regret ?? { at: now, how: 'said', by } };
}
