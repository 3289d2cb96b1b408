import { policyHashOf } from '../core/policy/parse.ts';
import { readPendingPolicy } from '../ledger/policies.ts';
import type { Flow } from './flow.ts';
import { type LoadedPolicy, readPolicyInForce } from './policy-store.ts';
import { parsePolicyOnce } from './parse-policy-once.ts';

/**
 * The policies that all have to agree to a stop: the one in force and, if the file has changed since the last sweep, the
 * one that it says now, so that a change to `observe` holds at once. What the file newly asks for is not done before a
 * sweep has weighed it, and one that waits for approval or is not accepted has no say.
 */
export async function policiesForStop(flow: Flow): Promise<readonly LoadedPolicy[]> {
  const { ledger, policySource } = flow.ports;
  const inForce = await readPolicyInForce(ledger);
  let text: string;
  try {
    text = await policySource.read();
  } catch {
    return [inForce];
  }
  const hash = policyHashOf(text);
  if (hash === inForce.hash || hash === (await readPendingPolicy(ledger))?.pending.hash) return [inForce];
  const parsed = parsePolicyOnce(text);
  return parsed.ok ? [inForce, { hash, policy: parsed.policy }] : [inForce];
}
