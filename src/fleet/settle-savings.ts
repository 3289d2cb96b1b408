import type { Compute } from '../core/computes.ts';
import { isRegret } from '../core/idle/regret.ts';
import { endSaving, type Regret, type Saving, type StoredSaving } from '../ledger/savings.ts';
import { countInTally } from '../ledger/tallies.ts';
import type { Flow } from './flow.ts';
import { type InstanceReadings, isRunning } from './readings.ts';

/** Azure gives the time of arrival in Running; whoever regrets a stop asked for the start some minutes before. */
const startTakesMs = 3 * 60_000;

const isPersons = (trigger: string | null | undefined): boolean =>
  trigger === null || trigger === undefined || trigger.toLowerCase() === 'user';

/** When another machine of its name was made after the stop: that one runs, and nobody has restarted what was stopped. Null: it is the same. */
export const madeAnewAt = (
  { createdAt }: Pick<Compute, 'createdAt'>,
  { stopRequestedAt }: Pick<Saving, 'stopRequestedAt'>,
): number | null => (createdAt !== null && createdAt > stopRequestedAt ? createdAt : null);

/** Ends the saving of an instance that runs again, and counts a regret where its owner was quick to restart it. */
export async function settleSaving(flow: Flow, readings: InstanceReadings, now: number): Promise<void> {
  const { saving: stored, compute } = readings;
  if (stored === null || !isRunning(compute.state)) return;
  const startedAt = readings.startedAt ?? now;
  if (startedAt <= stored.saving.stopRequestedAt) return;
  const anewAt = madeAnewAt(compute, stored.saving);
  const byPerson = anewAt === null && isPersons(compute.lastOperation?.trigger);
  await endSavingAt(flow, stored, anewAt ?? startedAt, byPerson);
}

export async function endSavingAt(
  flow: Flow,
  stored: StoredSaving,
  startedAt: number,
  byPerson: boolean,
): Promise<void> {
  const { saving } = stored;
  const askedAt = Math.max(saving.stoppedAt, startedAt - startTakesMs);
  const regretted = byPerson && saving.regret === null && isRegret(saving, askedAt);
  const regret: Regret | null = regretted ? { at: startedAt, how: 'restarted', by: null } : null;
  // Counted first: were the process to die in between, the same regret is counted once all the same.
  if (regretted) await countInTally(flow.ports.ledger, saving.ref, 'regrets', saving.warningId, startedAt);
  await endSaving(flow.ports.ledger, stored, startedAt, regret);
}
