import { workspaceKey } from '../ids.ts';
import type { QuotaScope } from '../policy/types.ts';
import { familyKey } from './family-key.ts';
import type { Member, QuotaGroup } from './types.ts';

/** The groups that a member counts in; null: not known. Somebody in two teams counts in both. */
export function groupsOf(per: QuotaScope, member: Member): readonly QuotaGroup[] | null {
  const one = (key: string, name: string): readonly QuotaGroup[] => [{ per, key, name }];
  const { owner, subject, workspace, location } = member;
  switch (per) {
    case 'user':
      return owner === null ? [] : one(owner.objectId, owner.name ?? owner.objectId);
    case 'team': {
      if (owner === null) return [];
      return subject.teams?.map((team) => ({ per, key: team.toLowerCase(), name: team })) ?? null;
    }
    case 'workspace':
      return one(workspaceKey(workspace), workspace.workspace);
    case 'subscription':
      return one(workspace.subscriptionId, workspace.subscriptionId);
    case 'family':
      return subject.family === null ? null : one(familyKey(subject.family), subject.family);
    case 'region':
      return one(location.toLowerCase(), location);
    case 'all':
      return one('all', 'everything');
  }
}
