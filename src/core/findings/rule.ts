import type { Person } from '../computes.ts';
import type { FindingCode } from '../policy/codes.ts';
import type { Finding, FindingAbout, FindingLook } from './types.ts';

/** `unknown`: what the rule asks for is not known; then nothing changes. */
export type RuleResult = Omit<Finding, 'code' | 'about' | 'owner'> | 'kept' | 'unknown';

export const broken = (
  sentence: string,
  fix: string,
  more: Partial<Pick<Finding, 'usdPerMonth' | 'remedy' | 'manager'>> = {},
): RuleResult => ({ sentence, fix, usdPerMonth: null, remedy: null, ...more });

/** Puts the results of a subject's rules together. */
export function lookOf(
  about: FindingAbout,
  owner: Person | null,
  results: Readonly<Partial<Record<FindingCode, RuleResult>>>,
): FindingLook {
  const entries = Object.entries(results) as [FindingCode, RuleResult][];
  return {
    about,
    covers: entries.map(([code]) => code),
    broken: entries.flatMap(([code, result]) =>
      typeof result === 'string' ? [] : [{ code, about, owner, ...result }],
    ),
    unknown: entries.flatMap(([code, result]) => (result === 'unknown' ? [code] : [])),
  };
}
