import { computeKey, workspaceKey } from '../ids.ts';
import { matching } from '../policy/match.ts';
import { familyKey } from './family-key.ts';
import { groupsOf } from './groups.ts';
import type { Holding, LimitState, QuotaInput, QuotaVerdict } from './types.ts';

export type Room = {
  /** Stopped machines of the person it is for: deleting one gives its quota back, its files stay. */
  readonly ownStopped: readonly Holding[];
  /** Deleting all of them would be enough. */
  readonly enough: boolean;
};

const isStopped = ({ state }: Holding): boolean => state?.toLowerCase() === 'stopped';

/** Whether deleting the machine would give back some of the limit. */
function countsIn(input: QuotaInput, limit: LimitState, holding: Holding): boolean {
  const { asked } = input;
  if (limit.source === 'policy') {
    const quota = input.quotas[limit.quotaIndex ?? -1];
    if (quota === undefined || matching(quota.match, holding.subject) === 'no') return false;
    return groupsOf(quota.per, holding)?.some(({ key }) => key === limit.group.key) ?? false;
  }
  if (asked === null || holding.workspace.subscriptionId !== asked.workspace.subscriptionId) return false;
  if (holding.location.toLowerCase() !== asked.location.toLowerCase()) return false;
  if (limit.code !== 'refuse.azure.family') return true;
  if (familyKey(holding.subject.family ?? '') !== familyKey(asked.family)) return false;
  return limit.group.per !== 'workspace' || workspaceKey(holding.workspace) === limit.group.key;
}

function freed(limit: LimitState, holding: Holding): number {
  switch (limit.unit) {
    case 'cores':
      return holding.cores ?? 0;
    case 'gpus':
      return holding.gpus ?? 0;
    case 'instances':
    case 'computes':
      return 1;
    case 'usd-this-month':
      return 0;
  }
}

/** What the person it is for could delete so that the request passes. */
export function roomToMake(input: QuotaInput, verdict: QuotaVerdict): Room {
  const owner = input.asked?.owner ?? null;
  const broken = [...verdict.refusals, ...verdict.approvals].filter(({ state }) => state === 'exceeded');
  const own =
    owner === null
      ? []
      : input.holdings.filter(
          (one) =>
            one.owner?.objectId === owner.objectId &&
            isStopped(one) &&
            computeKey(one.ref) !== input.asked?.replaces?.compute,
        );
  const useful = own.filter((holding) =>
    broken.some((limit) => freed(limit, holding) > 0 && countsIn(input, limit, holding)),
  );
  const enough =
    useful.length > 0 &&
    broken.every((limit) => {
      const gain = useful
        .filter((holding) => countsIn(input, limit, holding))
        .reduce((sum, holding) => sum + freed(limit, holding), 0);
      return limit.used + limit.reserved + limit.asked - gain <= limit.limit && gain > 0;
    });
  return { ownStopped: useful, enough };
}
