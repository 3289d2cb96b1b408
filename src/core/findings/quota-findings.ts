import type { Person } from '../computes.ts';
import { parseObjectId } from '../ids.ts';
import type { FindingCode } from '../policy/codes.ts';
import { limitText } from '../quota/limit-text.ts';
import type { LimitState, QuotaGroup, QuotaVerdict } from '../quota/types.ts';
import { aboutKey, type Finding, type FindingLook, type FindingRecord } from './types.ts';

const codeOf = ({ code }: LimitState): FindingCode =>
  code === 'refuse.budget' ? 'budget.exceeded' : (code.replace(/^refuse\./, '') as FindingCode);

const fixOf = (code: FindingCode): string =>
  code === 'budget.exceeded'
    ? 'Stop or delete what is not needed this month, or raise the budget.'
    : 'Delete what is not needed: a stopped machine keeps its quota, its files on the share stay.';

const groupedBy = (limits: readonly LimitState[]): ReadonlyMap<string, readonly LimitState[]> => {
  const groups = new Map<string, LimitState[]>();
  for (const limit of limits.filter(({ source }) => source === 'policy')) {
    const key = `${codeOf(limit)}|${limit.group.key}`;
    groups.set(key, [...(groups.get(key) ?? []), limit]);
  }
  return groups;
};

/** Whose quota it is hears of it; of the others' admins do. */
const ownerOf = ({ per, key, name }: QuotaGroup): Person | null =>
  per === 'user' ? { objectId: parseObjectId(key), name } : null;

function findingOf(limits: readonly LimitState[]): Finding | null {
  const broken = limits.filter(({ state }) => state === 'exceeded');
  const [first] = broken;
  if (first === undefined) return null;
  const code = codeOf(first);
  return {
    code,
    about: { kind: 'group', group: first.group },
    owner: ownerOf(first.group),
    sentence: broken.map(limitText).join(' '),
    fix: fixOf(code),
    usdPerMonth: null,
    remedy: null,
  };
}

/**
 * Findings about groups, one per group and code however many of its limits are broken, from the verdict on what is
 * there. `open`: those known so far, of groups that may hold nothing any more. `blind`: some workspace could not be read.
 */
export function quotaFindings(
  verdict: QuotaVerdict,
  open: readonly FindingRecord[],
  blind: boolean,
): readonly FindingLook[] {
  const groups = groupedBy(verdict.limits);
  const looks: FindingLook[] = [];
  const seen = new Set<string>();
  for (const limits of groups.values()) {
    const [first] = limits;
    if (first === undefined) continue;
    const about = { kind: 'group', group: first.group } as const;
    const code = codeOf(first);
    seen.add(`${code}|${aboutKey(about)}`);
    const finding = findingOf(limits);
    const unknown = finding === null && limits.some(({ state }) => state === 'unknown');
    looks.push({
      about,
      covers: [code],
      broken: finding === null ? [] : [finding],
      unknown: unknown ? [code] : [],
    });
  }
  for (const { code, about } of open) {
    if (about.kind !== 'group' || seen.has(`${code}|${aboutKey(about)}`)) continue;
    looks.push({ about, covers: [code], broken: [], unknown: blind ? [code] : [] });
  }
  return looks;
}
