import type { ComputeRef } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { placeOf } from './partitions.ts';
import { dayMs } from './time-key.ts';

const partitionFor = (sweepNumber: number): string => `due-${sweepNumber}`;

/**
 * Takes a place among the stops due at that sweep and returns how many places are taken, this one included. Writing
 * before counting: of several at once none can overlook the others. A place taken twice counts once.
 */
export async function takeStopPlace(
  ledger: Ledger,
  sweepNumber: number,
  ref: ComputeRef,
  at: number,
): Promise<number> {
  const partition = partitionFor(sweepNumber);
  const value = { ref, at, expiresAt: at + 2 * dayMs };
  await ledger.write('sweeps', partition, { kind: 'put', row: placeOf(ref).row, value });
  return (await ledger.list('sweeps', partition)).length;
}

/** Gives the place back: there will be no stop. */
export async function leaveStopPlace(ledger: Ledger, sweepNumber: number, ref: ComputeRef): Promise<void> {
  await ledger.write('sweeps', partitionFor(sweepNumber), { kind: 'delete', row: placeOf(ref).row });
}
