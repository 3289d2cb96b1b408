import type { Person, VmSize, Workspace } from '../../core/computes.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import { allowedSizes } from '../../core/targets/size-rules.ts';
import type { Flow } from '../flow.ts';
import { readPolicyInForce } from '../policy-store.ts';
import { teamsOf } from '../teams.ts';
import type { FleetFacts } from './fleet-facts.ts';

const cheapestFirst = (one: VmSize, other: VmSize): number =>
  (one.pricePerHourUsd ?? Number.POSITIVE_INFINITY) - (other.pricePerHourUsd ?? Number.POSITIVE_INFINITY) ||
  one.name.localeCompare(other.name);

/**
 * The sizes that the workspace's region offers for instances and the policy allows this person, the cheapest first. Overrides may
 * speak of sizes, so each is judged by the rules for a machine of it. Throws what `FleetFacts` throws.
 */
export async function offeredSizes(
  flow: Flow,
  facts: FleetFacts,
  { subscriptionId, location, workspace }: Workspace,
  person: Person,
): Promise<readonly VmSize[]> {
  const { policy } = await readPolicyInForce(flow.ports.ledger);
  const [inRegion, teams] = await Promise.all([facts.sizes(subscriptionId, location), facts.teams(policy)]);
  const rulesFor = (size: VmSize) =>
    resourceRulesFor(policy, {
      subscription: subscriptionId,
      workspace,
      compute: '',
      kind: 'ComputeInstance',
      user: [person.objectId, ...(person.name === null ? [] : [person.name])],
      teams: teamsOf(teams, person.objectId),
      vmSize: size.name,
      family: size.family,
      gpu: size.gpus > 0,
      tags: {},
    }).sizes;
  return [...inRegion]
    .filter(([name, size]) => allowedSizes(new Map([[name, size]]), rulesFor(size)).length > 0)
    .map(([, size]) => size)
    .toSorted(cheapestFirst);
}
