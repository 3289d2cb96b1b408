import type { Caller } from '../../auth/caller.ts';
import { inScope } from '../../config/in-scope.ts';
import type { Person } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { readDecision } from '../../ledger/decisions.ts';
import type { AppDoors } from './app-doors.ts';
import { mayUse, visibleCompute } from './visible-compute.ts';

/** Whose it is by Azure; null: nobody's, or it cannot be read. */
async function ownerInAzure({ ports }: AppDoors, ref: ComputeRef): Promise<Person | null> {
  try {
    const got = await ports.computes.get(ref);
    return got.ok ? got.value.owner : null;
  } catch {
    return null;
  }
}

/**
 * Lets through whoever may act on the compute. One that no sweep has seen yet is its owner's all the same: then Azure is
 * asked whose it is. Throws `compute.not-found`.
 */
export async function admitToCompute(doors: AppDoors, caller: Caller, ref: ComputeRef): Promise<void> {
  const { ledger } = doors.ports;
  const { scope } = doors.settings;
  try {
    await visibleCompute(ledger, scope, caller, ref);
  } catch (fault) {
    const unseen =
      fault instanceof LamplighterError &&
      fault.code === 'compute.not-found' &&
      inScope(scope, ref) &&
      (await readDecision(ledger, ref)) === null;
    const owner = unseen ? await ownerInAzure(doors, ref) : null;
    if (owner === null || !mayUse(caller, owner)) throw fault;
  }
}
