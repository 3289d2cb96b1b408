import type { Compute } from '../core/computes.ts';
import { policyFor } from '../core/policy/policy-for.ts';
import type { ComputePolicy } from '../core/policy/types.ts';
import type { Flow } from './flow.ts';
import type { LoadedPolicy } from './policy-store.ts';
import { subjectOf } from './subject-of.ts';
import { readTeams } from './teams.ts';

/** What each of the policies says of one compute, its size and its owner's teams read for it. */
export async function statedPolicies(
  flow: Flow,
  compute: Compute,
  policies: readonly LoadedPolicy[],
): Promise<readonly ComputePolicy[]> {
  const { clock, sizes } = flow.ports;
  const known = await sizes.list(compute.ref.subscriptionId, compute.location);
  const size = known.ok ? (known.value.get(compute.vmSize?.toLowerCase() ?? '') ?? null) : null;
  const teams = await readTeams(
    flow,
    policies.map(({ policy }) => policy),
  );
  const subject = subjectOf({ compute, size }, teams);
  return policies.map(({ policy, hash }) => policyFor(policy, hash, subject, clock.now()));
}
