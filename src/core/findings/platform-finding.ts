import type { Compute } from '../computes.ts';
import { innerOf, memberOf } from './arm-properties.ts';
import { broken, type RuleResult } from './rule.ts';

/**
 * Minutes of the platform's idle shutdown; null: not set; undefined: not known. ARM leaves out what is not set, so that
 * its absence from a full row says as much as a null.
 */
export function idleShutdownOf(
  compute: Pick<Compute, 'idleShutdownMinutes' | 'raw'>,
): number | null | undefined {
  if (compute.idleShutdownMinutes !== undefined) return compute.idleShutdownMinutes;
  const inner = innerOf(compute);
  return inner !== null && memberOf(inner, 'idleTimeBeforeShutdown') === undefined ? null : undefined;
}

/** The platform's own idle shutdown: whether it is set, and whether it can work. */
export function platformFinding(
  compute: Pick<Compute, 'idleShutdownMinutes' | 'hasCustomServices' | 'identityPrincipalIds' | 'raw'>,
): RuleResult {
  const minutes = idleShutdownOf(compute);
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
