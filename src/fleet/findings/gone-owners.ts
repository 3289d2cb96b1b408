import type { ObjectId, WorkspaceRef } from '../../core/ids.ts';
import type { Policy } from '../../core/policy/types.ts';
import { readOwners } from '../../ledger/owners.ts';
import type { Flow } from '../flow.ts';
import type { InstanceReadings } from '../readings.ts';
import { askForOwner, ownerStates } from './owner-states.ts';

const ownersOf = (instances: readonly InstanceReadings[]): readonly ObjectId[] =>
  instances.flatMap(({ compute }) => compute.owner?.objectId ?? []);
const nobody: ReadonlySet<ObjectId> = new Set();

/** Of a sweep: owners whose account is gone, as the directory said within its time. Nobody is asked where the policy only reports. */
export async function goneOwners(
  flow: Flow,
  workspace: WorkspaceRef,
  instances: readonly InstanceReadings[],
  policy: Policy,
  now: number,
): Promise<ReadonlySet<ObjectId>> {
  if (policy.owners.gone !== 'stop') return nobody;
  const states = await ownerStates(flow, workspace, ownersOf(instances), now);
  return new Set([...states.values()].flatMap(({ objectId, state }) => (state === 'gone' ? [objectId] : [])));
}

/** Right before a stop: the directory is asked anew, and who is back, or of whom it says nothing, is not gone. */
export async function goneOwnerNow(
  flow: Flow,
  { compute }: InstanceReadings,
  policies: readonly Policy[],
): Promise<ReadonlySet<ObjectId>> {
  const owner = compute.owner?.objectId;
  if (owner === undefined || policies.every(({ owners }) => owners.gone !== 'stop')) return nobody;
  const before = (await readOwners(flow.ports.ledger, compute.ref)).get(owner);
  const { state } = await askForOwner(flow, owner, before);
  return state === 'gone' ? new Set([owner]) : nobody;
}
