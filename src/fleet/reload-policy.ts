import { LamplighterError } from '../core/errors.ts';
import { policyHashOf } from '../core/policy/parse.ts';
import { dropAlert } from '../ledger/alerts.ts';
import { insertBatch, newBatch } from '../ledger/batches.ts';
import {
  dropPendingPolicy,
  type PendingPolicy,
  readCurrentPolicy,
  readPendingPolicy,
  storePolicyText,
  writeCurrentPolicy,
} from '../ledger/policies.ts';
import type { Flow } from './flow.ts';
import { initialPolicy } from './policy-store.ts';
import { alertOnce } from './tell.ts';
import { parsePolicyOnce } from './parse-policy-once.ts';
import { warnOfPolicy } from './warn-of-policy.ts';

export type ReloadedPolicy = {
  /** Decides until the proposed one is adopted. */
  readonly currentHash: string;
  /** A changed policy, sound in itself, that is not in force yet; null: nothing changed, or it waits for approval. */
  readonly proposedHash: string | null;
};

const unreadableAlert = 'policy-unreadable';

/** Reads the policy file. What cannot be read or is not accepted changes nothing: the last good policy goes on. */
export async function reloadPolicy(flow: Flow): Promise<ReloadedPolicy> {
  const { ledger, clock } = flow.ports;
  const current = await readCurrentPolicy(ledger);
  const currentHash = current?.hash ?? initialPolicy.hash;
  const unchanged: ReloadedPolicy = { currentHash, proposedHash: null };

  const text = await readSource(flow);
  if (text === null) return unchanged;
  const hash = policyHashOf(text);
  if (hash === currentHash) {
    await dropPendingPolicy(ledger);
    return unchanged;
  }

  const parsed = parsePolicyOnce(text);
  if (!parsed.ok) {
    const [first] = parsed.faults;
    const more = parsed.faults.length > 1 ? ` (and ${parsed.faults.length - 1} more)` : '';
    await alertOnce(flow, {
      alertId: `policy-bad-${hash}`,
      code: 'policy.refused',
      title: 'The policy file is not accepted',
      sentence: `Line ${first?.line ?? 1}, ${first?.key ?? 'the file'}: ${first?.message ?? 'unknown fault'}${more}. The last good policy stays in force.`,
    });
    return unchanged;
  }
  const now = clock.now();
  await storePolicyText(ledger, hash, text, now);
  if (current === null) {
    await warnOfPolicy(flow, text, hash);
    await writeCurrentPolicy(ledger, { hash, sinceAt: now, approvedBy: null });
    return { currentHash: hash, proposedHash: null };
  }
  const pending = (await readPendingPolicy(ledger))?.pending ?? null;
  if (pending?.hash !== hash) {
    await warnOfPolicy(flow, text, hash);
    return { currentHash, proposedHash: hash };
  }
  if (pending.approvedAt === null) return unchanged;
  await adoptApproved(flow, pending, now);
  return { currentHash: hash, proposedHash: null };
}

async function readSource(flow: Flow): Promise<string | null> {
  try {
    const text = await flow.ports.policySource.read();
    await dropAlert(flow.ports.ledger, unreadableAlert);
    return text;
  } catch (thrown) {
    const why = thrown instanceof LamplighterError ? thrown.message : 'It cannot be read.';
    await alertOnce(flow, {
      alertId: unreadableAlert,
      code: 'policy.unreadable',
      title: 'The policy file cannot be read',
      sentence: `${flow.ports.policySource.name}: ${why} The last good policy stays in force.`,
    });
    return null;
  }
}

/** Whoever approved saw the list: the same computes are not held a second time by the blast limit. */
async function adoptApproved(flow: Flow, pending: PendingPolicy, now: number): Promise<void> {
  const { ledger } = flow.ports;
  await insertBatch(ledger, {
    ...newBatch(`policy-${pending.hash}`, now, pending.limit, pending.shown),
    status: 'released',
    count: pending.count,
    rows: pending.rows,
    releasedBy: pending.approvedBy,
    releasedAt: pending.approvedAt,
  });
  await writeCurrentPolicy(ledger, { hash: pending.hash, sinceAt: now, approvedBy: pending.approvedBy });
  await dropPendingPolicy(ledger);
}
