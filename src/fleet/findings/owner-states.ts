import type { ObjectId, WorkspaceRef } from '../../core/ids.ts';
import { type OwnerState, readOwners, writeOwners } from '../../ledger/owners.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';

const hourMs = 3_600_000;
/** An account that is there is there for a while; one that could not be asked for is asked for sooner. */
const askedEveryMs: Readonly<Record<OwnerState['state'], number>> = {
  there: 12 * hourMs,
  gone: hourMs,
  unknown: hourMs,
};
/** The directory is asked for the rest at the next sweeps. */
const askedAtOnce = 200;

/** Asks the directory. Of a deleted account it knows no manager any more: then the one it named before stands. */
export async function askForOwner(
  flow: Flow,
  objectId: ObjectId,
  before: OwnerState | undefined,
): Promise<OwnerState> {
  const { directory } = flow.ports;
  const answer = await directory.person(objectId).catch(() => null);
  const known = {
    objectId,
    checkedAt: flow.ports.clock.now(),
    name: before?.name ?? null,
    managerId: before?.managerId ?? null,
  };
  if (answer === null) return { ...known, state: 'unknown' };
  if (!answer.ok) return { ...known, state: answer.kind === 'missing' ? 'gone' : 'unknown' };
  const { enabled, name, managerId } = answer.value;
  return { ...known, state: enabled ? 'there' : 'gone', name, managerId: managerId ?? known.managerId };
}

/** Whether the owners' accounts are there still, asked of the directory now and then. */
export async function ownerStates(
  flow: Flow,
  workspace: WorkspaceRef,
  owners: readonly ObjectId[],
  now: number,
): Promise<ReadonlyMap<ObjectId, OwnerState>> {
  const known = new Map(await readOwners(flow.ports.ledger, workspace));
  const due = [...new Set(owners)].filter((objectId) => {
    const state = known.get(objectId);
    return state === undefined || now - state.checkedAt >= askedEveryMs[state.state];
  });
  const asked = await inParallel(due.slice(0, askedAtOnce), fewAtATime, (objectId) =>
    askForOwner(flow, objectId, known.get(objectId)),
  );
  if (asked.length > 0) await writeOwners(flow.ports.ledger, workspace, asked);
  for (const state of asked) known.set(state.objectId, state);
  return known;
}
