import { policyHashOf } from '../../core/policy/parse.ts';
import type { Policy } from '../../core/policy/types.ts';
import { readPendingPolicy } from '../../ledger/policies.ts';
import type { Flow } from '../flow.ts';
import { readPolicyInForce } from '../policy-store.ts';
import { parsePolicyOnce } from '../parse-policy-once.ts';

/**
 * The policy that a request is held against: the file as it says now, so that nobody waits for a sweep. One that is not
 * accepted, cannot be read, or waits for an admin's approval has no say; then the one in force has.
 */
export async function policyForRequests(flow: Flow): Promise<Policy> {
  const { ledger, policySource } = flow.ports;
  const inForce = await readPolicyInForce(ledger);
  let text: string;
  try {
    text = await policySource.read();
  } catch {
    return inForce.policy;
  }
  const hash = policyHashOf(text);
  if (hash === inForce.hash || hash === (await readPendingPolicy(ledger))?.pending.hash)
    return inForce.policy;
  const parsed = parsePolicyOnce(text);
  return parsed.ok ? parsed.policy : inForce.policy;
}
