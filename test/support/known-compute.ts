import type { Person } from '../../src/core/computes.ts';
import {
  type ComputeRef,
  parseComputeName,
  parseObjectId,
  parseResourceGroupName,
  parseSubscriptionId,
  parseWorkspaceName,
} from '../../src/core/ids.ts';
import type { FindingRecord } from '../../src/core/findings/types.ts';
import type { Decision } from '../../src/core/idle/types.ts';
import { partitionOfFinding, writeFindings } from '../../src/ledger/findings.ts';
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

/** Puts a finding about a compute of Ada's into the ledger as a sweep would have. */
export async function knowFinding(
  ledger: Ledger,
  remedy: FindingRecord['remedy'] = null,
): Promise<FindingRecord> {
  const about = { kind: 'compute', ref: refOf('ci-ada') } as const;
  const record: FindingRecord = {
    code: 'instance.forgotten',
    about,
    owner: personOf('ada'),
    sentence: 'It has been stopped for 40 days.',
    fix: 'Delete it if nobody needs it.',
    usdPerMonth: 12.5,
    remedy,
    findingId: 'f0000000000000000000000a',
    raisedAt: startAt,
    seenAt: startAt,
    toldAt: startAt,
    tellings: 1,
    accepted: null,
    fixedAt: null,
    fixedToldAt: null,
    notice: null,
  };
  await writeFindings(ledger, partitionOfFinding(about), [{ record, over: false }], []);
  return record;
}
