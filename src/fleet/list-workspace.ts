import type { Compute } from '../core/computes.ts';
import { LamplighterError } from '../core/errors.ts';
import type { ComputeRef, WorkspaceRef } from '../core/ids.ts';
import { placeOf } from '../ledger/partitions.ts';
import { faultOf } from './fault-of.ts';
import type { Flow } from './flow.ts';
import { fewAtATime, inParallel } from './in-parallel.ts';
import { readWorkspaceLedger, type WorkspaceLedger } from './ledger-of-workspace.ts';
import { completed } from './read-instance.ts';
import { isRunning } from './readings.ts';
import { Throttled } from './throttled.ts';

/** Instances that were seen stopped and whose rows are thin are asked for this often. */
const stoppedAskedEveryMs = 15 * 60_000;
const isInstance = (compute: Compute): boolean => compute.kind.toLowerCase() === 'computeinstance';

/** The instances of one workspace as its list shows them, and what the ledger holds about them. */
export type ListedWorkspace = {
  readonly ref: WorkspaceRef;
  readonly computes: number;
  readonly instances: readonly Compute[];
  /** Clusters and attached targets. */
  readonly others: readonly Compute[];
  readonly listed: readonly ComputeRef[];
  /** Rows of all instances listed, also of those that could not be read. */
  readonly there: ReadonlySet<string>;
  readonly singly: ReadonlySet<string>;
  readonly ledger: WorkspaceLedger;
  readonly unread: number;
};

/** Asks Azure for one compute alone; null: it cannot be read now. */
export async function getSingly(flow: Flow, compute: Compute): Promise<Compute | null> {
  const got = await flow.ports.computes.get(compute.ref);
  if (got.ok) return got.value;
  if (got.kind === 'throttled') throw new Throttled(got);
  return null;
}

function mustBeAsked(compute: Compute, ledger: WorkspaceLedger, now: number): boolean {
  if (compute.state !== null) return false;
  const known = ledger.observations.get(placeOf(compute.ref).row)?.known ?? null;
  if (known === null || known.state === null) return true;
  if (isRunning(known.state)) return false;
  const stopped = known.state.toLowerCase() === 'stopped';
  return !stopped || now - (known.readSinglyAt ?? 0) >= stoppedAskedEveryMs;
}

/** Lists the workspace; thin rows of which nothing is known yet are asked for one by one. */
export async function listWorkspace(flow: Flow, ref: WorkspaceRef, now: number): Promise<ListedWorkspace> {
  const listed = await flow.ports.computes.list(ref);
  if (!listed.ok) {
    if (listed.kind === 'throttled') throw new Throttled(listed);
    throw new LamplighterError(listed.message, {
      code: faultOf(listed).code,
      fault: 'azure',
      retryable: true,
      fix: 'Check that the app may read the workspace; the next sweep looks at it again.',
    });
  }
  const ledger = await readWorkspaceLedger(flow.ports.ledger, ref, now);
  const singly = new Set<string>();
  let unread = 0;
  const rows = listed.value.filter(isInstance);
  const instances = await inParallel(rows, fewAtATime, async (compute) => {
    if (!mustBeAsked(compute, ledger, now)) return compute;
    const got = await getSingly(flow, compute);
    if (got === null) unread += 1;
    else singly.add(placeOf(compute.ref).row);
    return got;
  });
  const read = instances.filter((compute): compute is Compute => compute !== null);
  const there = new Set(rows.map((compute) => placeOf(compute.ref).row));
  return {
    ref,
    computes: listed.value.length,
    instances: read,
    others: listed.value.filter((compute) => !isInstance(compute)),
    listed: listed.value.map((compute) => compute.ref),
    there,
    singly,
    ledger,
    unread,
  };
}

export const hasRunning = (listed: ListedWorkspace): boolean =>
  listed.instances.some((compute) =>
    isRunning(completed(compute, listed.ledger.observations.get(placeOf(compute.ref).row)).state),
  );
