import { LamplighterError } from '../core/errors.ts';
import { defaultPolicy, policyHashOf } from '../core/policy/parse.ts';
import type { Policy } from '../core/policy/types.ts';
import { readCurrentPolicy, readPolicyText } from '../ledger/policies.ts';
import type { Ledger } from '../ports/ledger.ts';
import { parsePolicyOnce } from './parse-policy-once.ts';

export type LoadedPolicy = { readonly hash: string; readonly policy: Policy };

/** What holds where no policy was ever accepted: the defaults of an empty file, which only observe. */
export const initialPolicy: LoadedPolicy = { hash: policyHashOf(''), policy: defaultPolicy };

/** A policy of the ledger by its hash. Throws `policy.lost` or `policy.stored-unreadable`: then nothing acts. */
export async function readPolicy(ledger: Ledger, hash: string): Promise<LoadedPolicy> {
  if (hash === initialPolicy.hash) return initialPolicy;
  const text = await readPolicyText(ledger, hash);
  if (text === null) {
    throw new LamplighterError(`The policy ${hash} is not in the ledger.`, {
      code: 'policy.lost',
      fault: 'lamplighter',
      retryable: true,
      fix: 'Change the policy file, for instance by a comment, so that it is read and stored again.',
    });
  }
  const parsed = parsePolicyOnce(text);
  if (!parsed.ok) {
    throw new LamplighterError(`The stored policy ${hash} is not accepted by this release.`, {
      code: 'policy.stored-unreadable',
      fault: 'policy',
      fix: `Correct the policy file: ${parsed.faults[0]?.message ?? 'unknown fault'}`,
    });
  }
  return { hash, policy: parsed.policy };
}

/** The policy that decides now. */
export async function readPolicyInForce(ledger: Ledger): Promise<LoadedPolicy> {
  const current = await readCurrentPolicy(ledger);
  return current === null ? initialPolicy : readPolicy(ledger, current.hash);
}
