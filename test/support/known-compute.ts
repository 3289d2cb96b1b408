import type { Person } from '../../src/core/computes.ts';
import {
  type ComputeRef,
  parseComputeName,
  parseObjectId,
  parseResourceGroupName,
  parseSubscriptionId,
  parseWorkspaceName,
} from '../../src/core/ids.ts';
import type { Decision } from '../../src/core/idle/types.ts';
import { recordDecision } from '../../src/ledger/decisions.ts';
import { writeSeenWorkspaces } from '../../src/ledger/workspaces.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import { person, type PersonName, startAt, subscriptionId } from './app-under-test.ts';

export const refOf = (compute: string, workspace = 'ws-one'): ComputeRef => ({
  subscriptionId: parseSubscriptionId(subscriptionId),
  resourceGroup: parseResourceGroupName('rg-main'),
  workspace: parseWorkspaceName(workspace),
  compute: parseComputeName(compute),
});
export const pathOf = (compute: string, workspace = 'ws-one'): string =>
  `/api/computes/${subscriptionId}/rg-main/${workspace}/${compute}`;
export const personOf = (name: PersonName): Person => ({ objectId: parseObjectId(person[name]), name });

/** Puts a compute into the ledger as a sweep would have. */
export async function knowCompute(
  ledger: Ledger,
  compute: string,
  owner: PersonName | null,
  decision: Partial<Decision> = {},
  workspace = 'ws-one',
): Promise<ComputeRef> {
  const ref = refOf(compute, workspace);
  const { compute: _, ...workspaceRef } = ref;
  await writeSeenWorkspaces(ledger, [
    { ref: workspaceRef, location: 'westeurope', seenAt: startAt, computes: 1 },
  ]);
  await recordDecision(ledger, {
    ref,
    owner: owner === null ? null : personOf(owner),
    vmSize: 'Standard_DS3_v2',
    at: startAt,
    action: 'keep',
    reason: 'keep.grace',
    facts: { startedAt: startAt, graceMs: 900_000 },
    evidence: null,
    policyHash: 'abcd1234',
    pricePerHourUsd: 0.25,
    ...decision,
  });
  return ref;
}
