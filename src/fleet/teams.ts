import type { ObjectId } from '../core/ids.ts';
import type { Match, Policy } from '../core/policy/types.ts';
import type { Flow } from './flow.ts';

/** Members of each team of the policy; null: its group cannot be read. */
export type TeamMembers = ReadonlyMap<string, ReadonlySet<ObjectId> | null>;

const matchesOf = (policy: Policy): readonly Match[] => [
  ...policy.protected,
  ...policy.exempt.map((entry) => entry.match),
  ...policy.overrides.map((entry) => entry.match),
  ...policy.schedules.map((entry) => entry.match),
];

/** Whether an instance is judged by who is in which team; else nobody needs to ask the directory. */
const asksForTeams = (policy: Policy): boolean => matchesOf(policy).some((match) => match.team !== undefined);
export const asksForUsers = (policy: Policy): boolean =>
  [...matchesOf(policy), ...policy.quotas.map(({ match }) => match)].some(({ user }) => user !== undefined);

export async function readTeams(flow: Flow, policies: readonly Policy[]): Promise<TeamMembers> {
  const teams = new Map<string, ReadonlySet<ObjectId> | null>();
  for (const policy of policies.filter(asksForTeams)) {
    for (const [team, { group }] of Object.entries(policy.teams)) {
      if (teams.has(team)) continue;
      const members = await flow.ports.directory.members(group);
      teams.set(team, members.ok ? new Set(members.value) : null);
    }
  }
  return teams;
}

/** The teams that somebody is in; null: not known, since a group cannot be read or nobody is named. */
export function teamsOf(teams: TeamMembers, owner: ObjectId | null): readonly string[] | null {
  if (owner === null) return null;
  const inTeams: string[] = [];
  for (const [team, members] of teams) {
    if (members === null) return null;
    if (members.has(owner)) inTeams.push(team);
  }
  return inTeams;
}
