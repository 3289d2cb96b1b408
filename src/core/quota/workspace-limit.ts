import { nearestFamilies } from '../targets/vm-families.ts';
import type { WorkspaceKey } from '../ids.ts';
import { familyKey } from './family-key.ts';
import type { RegionUsages } from './types.ts';

/** What an admin wants to set: dedicated cores of one family that one workspace may hold. */
export type WishedWorkspaceLimit = {
  readonly workspace: WorkspaceKey;
  readonly family: string;
  readonly cores: number;
};

/** Why it cannot be set, before Azure is asked. */
export type WorkspaceLimitFault =
  | { readonly code: 'quota.family'; readonly field: 'family'; readonly detail: string }
  | {
      readonly code: 'quota.below-use' | 'quota.above-subscription';
      readonly field: 'cores';
      readonly detail: string;
    }
  /** What it is judged by cannot be read. */
  | { readonly code: 'quota.unreadable'; readonly field: null; readonly detail: string };

export type WorkspaceLimitCheck =
  | {
      readonly ok: true;
      /** As sizes spell it. */
      readonly family: string;
      /** What is set now; null: none of its own. */
      readonly before: number | null;
      readonly used: number;
    }
  | { readonly ok: false; readonly fault: WorkspaceLimitFault };

const fault = (code: WorkspaceLimitFault['code'], detail: string): WorkspaceLimitCheck => {
  const field = code === 'quota.family' ? 'family' : code === 'quota.unreadable' ? null : 'cores';
  return { ok: false, fault: { code, field, detail } as WorkspaceLimitFault };
};

/**
 * Whether Azure's own limit of a workspace may be set so: the family is one of the region's, and the number is neither
 * below what the workspace holds nor above what the subscription may hold. What cannot be read is not taken for room.
 */
export function checkWorkspaceLimit(
  wished: WishedWorkspaceLimit,
  families: readonly string[],
  usages: RegionUsages | null,
): WorkspaceLimitCheck {
  const key = familyKey(wished.family);
  const family = families.find((one) => familyKey(one) === key);
  if (family === undefined) {
    const near = nearestFamilies(wished.family, families);
    const hint = near.length === 0 ? '' : `; the nearest are ${near.join(', ')}`;
    return fault(
      'quota.family',
      `the region has no VM family ${JSON.stringify(wished.family.slice(0, 80))}${hint}`,
    );
  }
  if (usages === null)
    return fault('quota.unreadable', 'Azure does not say what is in use in this region now');
  const ofSubscription = usages.families.get(key);
  const ofWorkspace = usages.workspaceUse.get(wished.workspace);
  const used = ofWorkspace?.has(key) === true ? (ofWorkspace.get(key) ?? null) : 0;
  if (ofSubscription === undefined || used === null) {
    return fault('quota.unreadable', `Azure does not say how much of ${family} is in use now`);
  }
  if (wished.cores < used) {
    return fault(
      'quota.below-use',
      `the workspace holds ${used} cores of ${family}, stopped instances included`,
    );
  }
  if (ofSubscription.limit !== null && wished.cores > ofSubscription.limit) {
    return fault(
      'quota.above-subscription',
      `the subscription itself may hold ${ofSubscription.limit} cores of ${family} there`,
    );
  }
  const before = usages.workspaceLimits?.get(wished.workspace)?.get(key) ?? null;
  return { ok: true, family, before, used };
}
