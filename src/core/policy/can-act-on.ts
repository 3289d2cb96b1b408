import type { Mode } from '../idle/types.ts';
import { isCatchAll } from './glob.ts';
import { matching } from './match.ts';
import type { PolicySubject } from './subject.ts';
import type { Match, Policy } from './types.ts';

const nothingKnown: Omit<PolicySubject, 'subscription' | 'workspace' | 'compute' | 'kind'> = {
  user: null,
  teams: null,
  vmSize: null,
  family: null,
  gpu: null,
  tags: null,
};

/** True if the match holds for every compute of a workspace whose own names match. */
const asksOfWorkspaceOnly = (match: Match): boolean =>
  Object.entries(match).every(
    ([key, globs]) =>
      key === 'subscription' ||
      key === 'workspace' ||
      ((key === 'compute' || key === 'kind') && Array.isArray(globs) && globs.some(isCatchAll)),
  );

/** Whether any compute of the workspace could have a mode other than off; if not, nothing of it is read. */
export function canActOn(
  policy: Policy,
  workspace: { readonly subscription: string | readonly string[]; readonly workspace: string },
): boolean {
  let modes = new Set<Mode>([policy.mode]);
  for (const { match, mode } of policy.overrides) {
    if (mode === undefined) continue;
    const { compute: _compute, kind: _kind, ...rest } = match;
    const could = matching(rest, { ...workspace, ...nothingKnown, compute: '', kind: 'ComputeInstance' });
    if (could === 'no') continue;
    if (asksOfWorkspaceOnly(match)) modes = new Set([mode]);
    else modes.add(mode);
  }
  return [...modes].some((mode) => mode !== 'off');
}
