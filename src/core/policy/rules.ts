import { formatDuration } from './duration.ts';
import { impossible } from './impossible-match.ts';
import type { RuleFault } from './rule-fault.ts';
import { timingFaults } from './timing-rules.ts';
import type { Match, Policy } from './types.ts';

/** Every match of the policy and where it stands. */
export function matchesOf(policy: Policy): { readonly path: (string | number)[]; readonly match: Match }[] {
  const under = (section: 'exempt' | 'overrides' | 'schedules' | 'quotas' | 'approvals') =>
    policy[section].map(({ match }, index) => ({ path: [section, index, 'match'], match }));
  return [
    ...policy.protected.map((match, index) => ({ path: ['protected', index], match })),
    ...under('exempt'),
    ...under('overrides'),
    ...under('schedules'),
    ...under('quotas'),
    ...under('approvals'),
  ];
}

function impossibleMatches(policy: Policy): RuleFault[] {
  return matchesOf(policy).flatMap(({ path, match }) =>
    impossible(match).map((fault) => ({
      ...fault,
      path: [...path, ...fault.path],
      about: [String(path[0])],
    })),
  );
}

function scheduleFaults(policy: Policy): RuleFault[] {
  const about = ['schedules'];
  const seen = new Map<string, number>();
  return policy.schedules.flatMap((schedule, index) => {
    const path = ['schedules', index];
    const faults: RuleFault[] = [];
    if (schedule.start === null && schedule.stop === null) {
      faults.push({ path, message: 'found neither start nor stop, expected at least one of them', about });
    } else if (schedule.start === schedule.stop) {
      faults.push({
        path: [...path, 'stop'],
        message: `start and stop are both "${schedule.stop}", expected two different times`,
        about,
      });
    }
    for (const [at, entry] of schedule.keepOn.entries()) {
      if ('date' in entry || entry.fromAt < entry.toAt) continue;
      faults.push({
        path: [...path, 'keepOn', at, 'to'],
        message: 'ends before it begins, expected an instant after from',
        about,
      });
    }
    const same = seen.get(schedule.name);
    if (same !== undefined) {
      faults.push({
        path: [...path, 'name'],
        message: `the name "${schedule.name}" is that of schedules[${same}] too, expected each name once`,
        about,
      });
    }
    seen.set(schedule.name, index);
    return faults;
  });
}

function quotaFaults(policy: Policy): RuleFault[] {
  return policy.quotas.flatMap((quota, index) => {
    const limits = [quota.cores, quota.instances, quota.gpus, quota.moneyPerMonth];
    if (limits.some((limit) => limit !== null)) return [];
    const message = 'found no limit, expected at least one of cores, instances, gpus, moneyPerMonth';
    return [{ path: ['quotas', index], message, about: ['quotas'] }];
  });
}

function approvalFaults(policy: Policy): RuleFault[] {
  return policy.approvals.flatMap((rule, index) => {
    if (rule.expiresAfterMs > rule.remindAfterMs) return [];
    return [
      {
        path: ['approvals', index, 'expiresAfter'],
        message:
          `expiresAfter is ${formatDuration(rule.expiresAfterMs)}, ` +
          `expected more than remindAfter (${formatDuration(rule.remindAfterMs)})`,
        about: ['approvals'],
      },
    ];
  });
}

const shortestShutdownMs = 15 * 60_000;
const longestShutdownMs = 3 * 86_400_000;

const path = (key: string): string[] => ['requests', 'idleShutdown', key];
const outside = (ms: number | null): boolean =>
  ms !== null && (ms < shortestShutdownMs || ms > longestShutdownMs);

/** Azure takes 15 minutes to 3 days, and a range has to hold something. */
function requestsFaults({ requests }: Policy): RuleFault[] {
  const { atLeastMs, atMostMs } = requests.idleShutdown;
  const about = ['requests'];
  return [
    ...(outside(atLeastMs)
      ? [
          {
            path: path('atLeast'),
            message: 'is no idle shutdown that Azure takes, expected 15m to 3d',
            about,
          },
        ]
      : []),
    ...(outside(atMostMs)
      ? [{ path: path('atMost'), message: 'is no idle shutdown that Azure takes, expected 15m to 3d', about }]
      : []),
    ...(atLeastMs !== null && atMostMs !== null && atMostMs < atLeastMs
      ? [
          {
            path: path('atMost'),
            message: `is below atLeast (${formatDuration(atLeastMs)}), so that nothing would be allowed`,
            about,
          },
        ]
      : []),
  ];
}

/** An override may change a part of maxUptime only if something before it says after how long. */
function maxUptimeFaults(policy: Policy): RuleFault[] {
  const first = policy.overrides.findIndex(({ maxUptime }) => maxUptime?.afterMs !== undefined);
  return policy.overrides.flatMap(({ maxUptime }, index) => {
    if (maxUptime === undefined || maxUptime === null || policy.maxUptime !== null) return [];
    if (first >= 0 && first <= index) return [];
    return [
      {
        path: ['overrides', index, 'maxUptime'],
        message: 'found no after, expected it here, in an override before, or under maxUptime',
        about: ['overrides', 'maxUptime'],
      },
    ];
  });
}

/** Only what is off is deleted: a policy that leaves machines of gone owners running cannot mean to delete them. */
function ownerFaults({ owners }: Policy): RuleFault[] {
  if (owners.deleteAfterMs === null || owners.gone === 'stop') return [];
  const message =
    `deleteAfter is ${formatDuration(owners.deleteAfterMs)} while gone is report, ` +
    'expected gone: stop, since only what is stopped is ever deleted';
  return [{ path: ['owners', 'deleteAfter'], message, about: ['owners'] }];
}

/** The rules across settings that a policy breaks: with any of them it is refused. */
export const ruleFaults = (policy: Policy): readonly RuleFault[] => [
  ...timingFaults(policy),
  ...impossibleMatches(policy),
  ...scheduleFaults(policy),
  ...quotaFaults(policy),
  ...approvalFaults(policy),
  ...requestsFaults(policy),
  ...maxUptimeFaults(policy),
  ...ownerFaults(policy),
];
