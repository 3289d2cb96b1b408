import type { ObjectId } from '../../core/ids.ts';
import type { Policy } from '../../core/policy/types.ts';
import type { Flow } from '../flow.ts';
import type { TeamMembers } from '../teams.ts';

/** Members of every team that quotas ask for, whatever else of the policy names teams. */
export async function readAllTeams(flow: Flow, policy: Policy): Promise<TeamMembers> {
  const asks = policy.quotas.some(({ per, match }) => per === 'team' || match.team !== undefined);
  const teams = new Map<string, ReadonlySet<ObjectId> | null>();
  if (!asks) return teams;
  for (const [team, { group }] of Object.entries(policy.teams)) {
    const members = await flow.ports.directory.members(group);
    teams.set(team, members.ok ? new Set(members.value) : null);
  }
  return teams;
}
