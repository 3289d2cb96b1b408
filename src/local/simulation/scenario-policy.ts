import { mergePolicy, policyText } from '../../core/policy/merge.ts';
import { groupIdOf, subscriptionIdOf } from '../azure/index.ts';
import type { Scenario, ScenarioPolicy } from './scenario/types.ts';

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** No glob; a GUID stays what it is. */
const smallName = /^[-\w]+$/;

/** A match may name a subscription by the small name that the file gives it; Azure knows its GUID alone. */
function withGuids(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((inner) => withGuids(inner, key));
  if (isMapping(value)) {
    return Object.fromEntries(Object.entries(value).map(([inner, held]) => [inner, withGuids(held, inner)]));
  }
  const isSmallName = key === 'subscription' && typeof value === 'string' && smallName.test(value);
  return isSmallName ? subscriptionIdOf(value) : value;
}

/** The policy file of the simulated deployment: the scenario's policy, with a group for each team of its users. */
export function policyFileOf(scenario: Scenario, policy: ScenarioPolicy): string {
  const teams = new Set((scenario.world.users ?? []).flatMap((user) => user.teams ?? []));
  const groups = Object.fromEntries([...teams].map((team) => [team, { group: groupIdOf(team) }]));
  const plain = withGuids(policy.plain);
  return policyText(teams.size === 0 ? plain : mergePolicy(plain, { teams: groups }));
}
