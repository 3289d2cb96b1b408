import { LamplighterError } from '../core/errors.ts';
import { type PendingPolicy, readPendingPolicy, writePendingPolicy } from '../ledger/policies.ts';
import type { Flow } from './flow.ts';

/**
 * Lets a changed policy that waits come into force at the next sweep, if the file still says the same then; the computes on
 * its list are not held again by the blast limit. Throws `policy.nothing-pending`.
 */
export async function approvePolicy(flow: Flow, hash: string, by: string): Promise<PendingPolicy> {
  const { ledger, clock } = flow.ports;
  const stored = await readPendingPolicy(ledger);
  const approved =
    stored?.pending.hash === hash
      ? {
          ...stored.pending,
          approvedBy: stored.pending.approvedBy ?? by,
          approvedAt: stored.pending.approvedAt ?? clock.now(),
        }
      : null;
  if (approved !== null && (await writePendingPolicy(ledger, approved, stored?.etag ?? null)))
    return approved;
  throw new LamplighterError('No such policy waits for approval.', {
    code: 'policy.nothing-pending',
    fault: 'caller',
    field: 'policy',
    fix: 'Read which policy is pending, and approve it by its hash.',
  });
}
