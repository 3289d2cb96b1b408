import { type Caller, isAdmin } from '../../auth/caller.ts';
import { inScope } from '../../config/in-scope.ts';
import type { Scope } from '../../config/settings.ts';
import type { Person } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { readDecision, type RecordedDecision } from '../../ledger/decisions.ts';
import type { Ledger } from '../../ports/ledger.ts';

/** A user sees and acts on their own instances, an admin on all. */
export const mayUse = (caller: Caller, owner: Person | null): boolean =>
  isAdmin(caller) || owner?.objectId === caller.objectId;

/** The same answer for what is not there and for what is somebody else's: names are not to be probed. */
function notFound(ref: ComputeRef): LamplighterError {
  return new LamplighterError(
    `Lamplighter knows no compute ${ref.compute} of yours in workspace ${ref.workspace}.`,
    {
      code: 'compute.not-found',
      fault: 'caller',
      fix: 'Check the name. A new instance is known after the next sweep; instances of others are an admin’s business.',
    },
  );
}

/** The latest decision about a compute that the caller may see. Throws `compute.not-found`. */
export async function visibleCompute(
  ledger: Ledger,
  scope: Scope,
  caller: Caller,
  ref: ComputeRef,
): Promise<RecordedDecision> {
  const decision = inScope(scope, ref) ? await readDecision(ledger, ref) : null;
  if (decision === null || !mayUse(caller, decision.owner)) throw notFound(ref);
  return decision;
}
