import { matching, type Matching } from '../policy/match.ts';
import type { PolicySubject } from '../policy/subject.ts';
import type { Quota } from '../policy/types.ts';
import { type Amount, nothing, perhaps, plus, unbounded } from './amount.ts';
import { groupsOf } from './groups.ts';
import type { Member, QuotaGroup, UnreadWorkspace } from './types.ts';

export type Amounts = {
  readonly instances: Amount;
  readonly cores: Amount;
  readonly gpus: Amount;
  readonly usd: Amount;
};
type Measure<M extends Member> = (member: M) => Partial<Amounts>;

const none: Amounts = { instances: nothing, cores: nothing, gpus: nothing, usd: nothing };
const units = ['instances', 'cores', 'gpus', 'usd'] as const;

function add(total: Amounts, more: Partial<Amounts>, counts: Matching): Amounts {
  if (counts === 'no') return total;
  const sums = units.map((unit): [string, Amount] => {
    const amount = more[unit] ?? nothing;
    return [unit, plus(total[unit], counts === 'yes' ? amount : perhaps(amount))];
  });
  return Object.fromEntries(sums) as unknown as Amounts;
}

/** What each group of one quota holds. */
export type Tally = {
  readonly groups: ReadonlyMap<string, { readonly group: QuotaGroup; readonly amounts: Amounts }>;
  /** Of members of which it is not known in which group they are: any group may hold it. */
  readonly anywhere: Amounts;
};

/** Adds up the members that the quota's match holds for; of one of which that is not known, nothing is sure. */
export function tallyOf<M extends Member>(quota: Quota, members: readonly M[], measure: Measure<M>): Tally {
  const groups = new Map<string, { group: QuotaGroup; amounts: Amounts }>();
  let anywhere = none;
  for (const member of members) {
    const counts = matching(quota.match, member.subject);
    if (counts === 'no') continue;
    const amounts = measure(member);
    const into = groupsOf(quota.per, member);
    if (into === null) anywhere = add(anywhere, amounts, 'unknown');
    for (const group of into ?? []) {
      const before = groups.get(group.key);
      // The name that is shown is the best one seen: not every row knows a person's.
      const named = before === undefined || before.group.name === group.key ? group : before.group;
      groups.set(group.key, { group: named, amounts: add(before?.amounts ?? none, amounts, counts) });
    }
  }
  return { groups, anywhere };
}

export function heldBy(tally: Tally, group: QuotaGroup): Amounts {
  const own = tally.groups.get(group.key)?.amounts ?? none;
  return add(own, tally.anywhere, 'yes');
}

const subjectInside = ({ workspace }: UnreadWorkspace): PolicySubject => ({
  subscription: workspace.subscriptionId,
  workspace: workspace.workspace,
  compute: '',
  kind: 'ComputeInstance',
  user: null,
  teams: null,
  vmSize: null,
  family: null,
  gpu: null,
  tags: null,
});

/** What might be in workspaces that could not be read, as far as it could count for the group. */
export function heldUnseen(quota: Quota, group: QuotaGroup, unread: readonly UnreadWorkspace[]): Amount {
  // A name of a compute inside is not known, so a match on it cannot be excluded.
  const { compute: _, ...match } = quota.match;
  const could = unread.some((one) => {
    const subject = subjectInside(one);
    if (matching(match, subject) === 'no') return false;
    switch (quota.per) {
      case 'workspace':
      case 'subscription':
      case 'region': {
        const groups = groupsOf(quota.per, { ...one, owner: null, subject });
        return groups?.some(({ key }) => key === group.key) ?? true;
      }
      case 'user':
      case 'team':
      case 'family':
      case 'all':
        return true;
    }
  });
  return could ? unbounded : nothing;
}
