import { formatDuration } from './duration.ts';
import { isCatchAll } from './glob.ts';
import type { RuleFault } from './rule-fault.ts';
import type { IdlePolicy, Policy, PolicyOverride } from './types.ts';

const timings = ['afterMs', 'ingestionDelayMs', 'warnMs', 'maxSnoozeMs'] as const;
type Timing = (typeof timings)[number];
/** The timings of some computes, and the index of the override each came from; -1: the policy itself. */
type Combination = {
  readonly values: Pick<IdlePolicy, Timing>;
  readonly from: Readonly<Record<Timing, number>>;
};

const fileKeys: Readonly<Record<Timing, string>> = {
  afterMs: 'after',
  ingestionDelayMs: 'ingestionDelay',
  warnMs: 'warn',
  maxSnoozeMs: 'maxSnooze',
};
const longestBackstopMs = 3 * 86_400_000;
const sections = ['idle', 'overrides', 'sweep', 'platform'];

const holdsForAll = ({ match }: PolicyOverride): boolean =>
  Object.entries(match).every(
    ([key, globs]) =>
      ['compute', 'kind', 'workspace', 'subscription'].includes(key) &&
      Array.isArray(globs) &&
      globs.some(isCatchAll),
  );

/**
 * Every combination of the wanted timings that the overrides can make for some compute, assuming that any of them may
 * or may not hold, apart from those for everything and those that part by GPU.
 */
function reachable(policy: Policy, wanted: readonly Timing[]): Combination[] {
  const base: Combination = {
    values: policy.idle,
    from: { afterMs: -1, ingestionDelayMs: -1, warnMs: -1, maxSnoozeMs: -1 },
  };
  const all = new Map<string, Combination>();
  const keyOf = (combination: Combination): string =>
    wanted.map((timing) => combination.values[timing]).join();
  for (const gpu of [true, false]) {
    let found = new Map([[keyOf(base), base]]);
    for (const [index, override] of policy.overrides.entries()) {
      const sets = wanted.filter((timing) => override.idle?.[timing] !== undefined);
      if (sets.length === 0 || (override.match.gpu ?? gpu) !== gpu) continue;
      const next = new Map(holdsForAll(override) ? [] : found);
      for (const before of found.values()) {
        const after: Combination = {
          values: { ...before.values, ...override.idle },
          from: { ...before.from, ...Object.fromEntries(sets.map((timing) => [timing, index])) },
        };
        if (!next.has(keyOf(after))) next.set(keyOf(after), after);
      }
      found = next;
    }
    for (const [key, combination] of found) all.set(key, combination);
  }
  return [...all.values()];
}

/** Where the timing that is last in the file comes from. */
function pathOf(combination: Combination, wanted: readonly Timing[]): (string | number)[] {
  const latest = wanted.reduce((a, b) => (combination.from[b] > combination.from[a] ? b : a));
  const index = combination.from[latest];
  return index < 0 ? ['idle', fileKeys[latest]] : ['overrides', index, 'idle', fileKeys[latest]];
}

/** An idle limit that ends before its evidence can arrive and be looked at could never be seen in time. */
function limitTooShort(policy: Policy): RuleFault[] {
  const wanted = ['afterMs', 'ingestionDelayMs'] as const;
  return reachable(policy, wanted).flatMap((combination) => {
    const { afterMs, ingestionDelayMs } = combination.values;
    const least = ingestionDelayMs + policy.sweep.everyMs;
    if (afterMs >= least) return [];
    return [
      {
        path: pathOf(combination, wanted),
        message:
          `idle.after is ${formatDuration(afterMs)}, expected at least ${formatDuration(least)}: ` +
          `ingestionDelay ${formatDuration(ingestionDelayMs)} + sweep.every ${formatDuration(policy.sweep.everyMs)}`,
        about: sections,
      },
    ];
  });
}

/** The platform's own shutdown knows neither warning nor snooze: it must come after all of ours. */
function backstopTooEarly(policy: Policy): RuleFault[] {
  const { backstopAfterMs } = policy.platform;
  if (backstopAfterMs === null) return [];
  const path = ['platform', 'idleShutdown', 'backstopAfter'];
  const shown = `backstopAfter is ${formatDuration(backstopAfterMs)}`;
  if (backstopAfterMs > longestBackstopMs) {
    return [{ path, message: `${shown}, expected at most 3d, the longest Azure takes`, about: sections }];
  }
  const longest = reachable(policy, ['afterMs', 'warnMs', 'maxSnoozeMs'])
    .map(({ values }) => values)
    .sort((a, b) => sum(b) - sum(a))[0];
  if (longest === undefined || backstopAfterMs >= sum(longest)) return [];
  const parts = `after ${formatDuration(longest.afterMs)} + warn ${formatDuration(longest.warnMs)} + maxSnooze ${formatDuration(longest.maxSnoozeMs)}`;
  return [
    {
      path,
      message: `${shown}, expected at least ${formatDuration(sum(longest))}: ${parts}`,
      about: sections,
    },
  ];
}
const sum = (idle: Pick<IdlePolicy, Timing>): number => idle.afterMs + idle.warnMs + idle.maxSnoozeMs;

export const timingFaults = (policy: Policy): RuleFault[] => [
  ...limitTooShort(policy),
  ...backstopTooEarly(policy),
];
