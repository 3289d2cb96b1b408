import { mergePolicy, policyText } from '../../core/policy/merge.ts';
import { groupIdOf, subscriptionIdOf } from '../azure/index.ts';
import type { Scenario, ScenarioPolicy } from './scenario/types.ts';

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A match may name a subscription by the small name that the file gives it; Azure knows its GUID alone. */
function withGuids(value: unknown, small: ReadonlySet<string>, key = ''): unknown {
  if (Array.isArray(value)) return value.map((inner) => withGuids(inner, small, key));
  if (isMapping(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([inner, held]) => [inner, withGuids(held, small, inner)]),
    );
  }
  const isSmallName = key === 'subscription' && typeof value === 'string' && small.has(value.toLowerCase());
  return isSmallName ? subscriptionIdOf(value) : value;
}

/** The policy file of the simulated deployment: the scenario's policy, with a group for each team of its users. */
export function policyFileOf(scenario: Scenario, policy: ScenarioPolicy): string {
  const teams = new Set((scenario.world.users ?? []).flatMap((user) => user.teams ?? []));
  const groups = Object.fromEntries([...teams].map((team) => [team, { group: groupIdOf(team) }]));
  const small = new Set(scenario.world.workspaces.map(({ subscription }) => subscription.toLowerCase()));
  const plain = withGuids(policy.plain, small);
  return policyText(teams.size === 0 ? plain : mergePolicy(plain, { teams: groups }));
}
