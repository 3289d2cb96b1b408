import { type WorkspaceKey, workspaceKey } from '../ids.ts';
import { familyKey } from './family-key.ts';
import type { Reserved } from './types.ts';

/** What a reservation keeps of Azure's limits beyond what Azure's own numbers hold of it already. */
export type Promised = {
  readonly workspace: WorkspaceKey;
  readonly byFamily: ReadonlyMap<string, number>;
  readonly cores: number;
  readonly computes: number;
};

/**
 * `isShown`: a machine of the name is part of Azure's numbers. For a new machine it is that one, and nothing more is kept.
 * Where a machine takes another's place, enough is kept for the larger of both, and once the old one is leaving also its
 * own room, so that it can be made again; then nobody can tell which of the two the numbers hold, so the lesser is assumed.
 */
export function promiseOf(one: Reserved, isShown: boolean): Promised | null {
  const replaced = one.replaces ?? null;
  const workspace = workspaceKey(one.workspace);
  const family = familyKey(one.subject.family ?? '');
  if (replaced === null) {
    if (isShown) return null;
    return { workspace, byFamily: new Map([[family, one.cores]]), cores: one.cores, computes: 1 };
  }
  const oldFamily = familyKey(replaced.family);
  const isSame = oldFamily === family;
  const most = Math.max(one.cores, replaced.cores);
  const least = Math.min(one.cores, replaced.cores);
  if (isShown && !replaced.isLeaving) {
    const more = most - replaced.cores;
    return { workspace, byFamily: new Map([[family, isSame ? more : one.cores]]), cores: more, computes: 0 };
  }
  const byFamily = new Map([[family, isSame ? most - (isShown ? least : 0) : one.cores]]);
  if (!isSame) byFamily.set(oldFamily, replaced.cores);
  return { workspace, byFamily, cores: isShown ? most - least : most, computes: isShown ? 0 : 1 };
}
