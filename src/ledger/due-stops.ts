import { z } from 'zod';
import type { ComputeRef } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { decodeRow, encodeRow } from './codec.ts';
import { placeOf } from './partitions.ts';
import { dayMs } from './time-key.ts';

const partitionFor = (sweepNumber: number): string => `due-${sweepNumber}`;

const codec = z.object({ runningCount: z.number().default(0) });

export type StopPlaces = {
  /** How many places are taken, the one asked for included. */
  readonly taken: number;
  /** Instances that ran before the first of these stops: their own going down makes the fleet no smaller. */
  readonly runningCount: number;
};

/**
 * Takes a place among the stops due at that sweep. Writing before counting: of several at once none can overlook the
 * others. A place taken twice counts once, with the instances that ran when it was taken first.
 */
export async function takeStopPlace(
  ledger: Ledger,
  sweepNumber: number,
  ref: ComputeRef,
  { at, runningCount }: { readonly at: number; readonly runningCount: number },
): Promise<StopPlaces> {
  const partition = partitionFor(sweepNumber);
  const value = encodeRow({ ref, at, runningCount, expiresAt: at + 2 * dayMs });
  await ledger.write('sweeps', partition, { kind: 'insert', row: placeOf(ref).row, value });
  const places = (await ledger.list('sweeps', partition)).map((row) => decodeRow(codec, row, 'due stop'));
  return {
    taken: places.length,
    runningCount: Math.max(runningCount, ...places.map((place) => place.runningCount)),
  };
}

/** Gives the place back: there will be no stop. */
export async function leaveStopPlace(ledger: Ledger, sweepNumber: number, ref: ComputeRef): Promise<void> {
  await ledger.write('sweeps', partitionFor(sweepNumber), { kind: 'delete', row: placeOf(ref).row });
}
