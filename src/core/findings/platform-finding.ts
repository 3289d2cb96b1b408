import type { Compute } from '../computes.ts';
import { broken, type RuleResult } from './rule.ts';

/** The platform's own idle shutdown: whether it is set, and whether it can work. */
export function platformFinding(
  compute: Pick<Compute, 'idleShutdownMinutes' | 'hasCustomServices' | 'identityPrincipalIds'>,
): RuleResult {
  const { idleShutdownMinutes: minutes } = compute;
  if (compute.hasCustomServices) {
    return broken(
      'The platform’s idle shutdown cannot work on it: a custom application counts as use.',
      'Let Lamplighter’s idle rule look after it.',
    );
  }
  if (minutes === undefined) return 'unknown';
  if (minutes === null) {
    return broken(
      'The platform’s idle shutdown is not set on it.',
      'Set it as a backstop; Lamplighter’s idle rule does not need it.',
    );
  }
  // Then it works only while that identity is Contributor of the workspace, which is not ours to read.
  return compute.identityPrincipalIds.length > 0 ? 'unknown' : 'kept';
}
