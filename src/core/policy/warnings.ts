import { nearestFamilies } from '../targets/vm-families.ts';
import { globMatches } from './glob.ts';
import { nearestWord } from '../yaml/nearest.ts';
import { matchesOf } from './rules.ts';
import type { RuleFault } from './rule-fault.ts';
import type { Policy } from './types.ts';

function sizeGlobs(policy: Policy): { path: (string | number)[]; glob: string }[] {
  const lists = [
    { path: ['sizes', 'allow'], globs: policy.sizes.allow },
    { path: ['sizes', 'deny'], globs: policy.sizes.deny },
    ...policy.overrides.flatMap(({ sizes }, index) => [
      { path: ['overrides', index, 'sizes', 'allow'], globs: sizes?.allow ?? [] },
      { path: ['overrides', index, 'sizes', 'deny'], globs: sizes?.deny ?? [] },
    ]),
    ...matchesOf(policy).map(({ path, match }) => ({ path: [...path, 'vmSize'], globs: match.vmSize ?? [] })),
  ];
  return lists.flatMap(({ path, globs }) => globs.map((glob, index) => ({ path: [...path, index], glob })));
}

function unknownSizes(policy: Policy, knownSizes: readonly string[]): RuleFault[] {
  return sizeGlobs(policy).flatMap(({ path, glob }) => {
    if (knownSizes.some((size) => globMatches(glob, size))) return [];
    const suggestion = nearestWord(glob, knownSizes);
    return [
      {
        path,
        message: `${JSON.stringify(glob)} matches no VM size that is known`,
        about: [String(path[0])],
        ...(suggestion === undefined ? {} : { suggestion }),
      },
    ];
  });
}

function unknownFamilies(policy: Policy, known: readonly string[]): RuleFault[] {
  return matchesOf(policy).flatMap(({ path, match }) =>
    (match.family ?? []).flatMap((glob, index) => {
      if (known.some((family) => globMatches(glob, family))) return [];
      const [suggestion] = nearestFamilies(glob, known);
      return [
        {
          path: [...path, 'family', index],
          message: `${JSON.stringify(glob)} matches no VM family that is known`,
          about: [String(path[0])],
          ...(suggestion === undefined ? {} : { suggestion }),
        },
      ];
    }),
  );
}

function idleEntries(policy: Policy): RuleFault[] {
  const warnings: RuleFault[] = [];
  const { maxUptime } = policy;
  if (maxUptime !== null && maxUptime.warnMs >= maxUptime.afterMs) {
    warnings.push({
      path: ['maxUptime', 'warn'],
      message: 'warn is not shorter than after: the stop comes as much later as the warning needs',
      about: ['maxUptime'],
    });
  }
  for (const [index, quota] of policy.quotas.entries()) {
    if (quota.onExceeded === 'block' || quota.moneyPerMonth !== null) continue;
    warnings.push({
      path: ['quotas', index, 'onExceeded'],
      message: 'onExceeded is about moneyPerMonth, which is not set here: it does nothing',
      about: ['quotas'],
    });
  }
  for (const [index, schedule] of policy.schedules.entries()) {
    if (!schedule.startAll || schedule.start !== null) continue;
    warnings.push({
      path: ['schedules', index, 'startAll'],
      message: 'startAll without a start does nothing',
      about: ['schedules'],
    });
  }
  return warnings;
}

/** What its author probably did not mean, and can be followed all the same. */
export const policyWarnings = (
  policy: Policy,
  knownSizes?: Iterable<string>,
  knownFamilies?: Iterable<string>,
): readonly RuleFault[] => [
  ...(knownFamilies === undefined ? [] : unknownFamilies(policy, [...knownFamilies])),
  ...(knownSizes === undefined ? [] : unknownSizes(policy, [...knownSizes])),
  ...idleEntries(policy),
];
