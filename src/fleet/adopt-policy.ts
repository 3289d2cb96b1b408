import { blastLimit } from '../core/idle/brakes.ts';
import {
  dropPendingPolicy,
  type PendingPolicy,
  readCurrentPolicy,
  readPendingPolicy,
  writeCurrentPolicy,
  writePendingPolicy,
} from '../ledger/policies.ts';
import { isLatestSweep } from '../ledger/sweeps.ts';
import type { PolicyComparison } from './compare-policies.ts';
import type { Flow } from './flow.ts';
import { readPolicy } from './policy-store.ts';
import { alertOnce } from './tell.ts';

export type AdoptPolicyInput = {
  readonly sweepId: string;
  readonly currentHash: string;
  readonly proposedHash: string;
  readonly comparisons: readonly PolicyComparison[];
};

const shownAtMost = 100;

/**
 * Puts a changed policy in force, unless it would newly warn or stop more than the blast limit of the one in force: then
 * it waits, with the list, for an admin. Returns the hash of the policy that decides this sweep.
 */
export async function adoptPolicy(
  flow: Flow,
  input: AdoptPolicyInput,
): Promise<{ readonly policyHash: string }> {
  const { ledger, clock } = flow.ports;
  const current = await readCurrentPolicy(ledger);
  if (current?.hash !== input.currentHash || !(await isLatestSweep(ledger, input.sweepId))) {
    return { policyHash: current?.hash ?? input.currentHash };
  }
  const now = clock.now();
  const { policy } = await readPolicy(ledger, input.currentHash);
  const running = input.comparisons.reduce((total, one) => total + one.running, 0);
  const rows = input.comparisons.flatMap((one) => one.rows);
  const limit = blastLimit(running, policy.limits);
  if (rows.length <= limit) {
    await writeCurrentPolicy(ledger, { hash: input.proposedHash, sinceAt: now, approvedBy: null });
    await dropPendingPolicy(ledger);
    return { policyHash: input.proposedHash };
  }
  const pending: PendingPolicy = {
    hash: input.proposedHash,
    insteadOf: input.currentHash,
    at: now,
    limit,
    count: rows.length,
    rows,
    shown: input.comparisons.flatMap((one) => one.shown).slice(0, shownAtMost),
    approvedBy: null,
    approvedAt: null,
  };
  const before = await readPendingPolicy(ledger);
  await writePendingPolicy(ledger, pending, before?.etag ?? null);
  await alertOnce(flow, {
    alertId: `policy-pending-${input.proposedHash}`,
    code: 'policy.needs-approval',
    title: 'The changed policy waits for approval',
    sentence: `It would newly warn or stop ${rows.length} of ${running} running instances, more than the limit of ${limit}; until an admin approves it, the policy before it stays in force.`,
  });
  return { policyHash: input.currentHash };
}
