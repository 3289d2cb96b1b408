import { computeKey } from '../ids.ts';
import { matching } from '../policy/match.ts';
import type { Quota } from '../policy/types.ts';
import { type Amount, exactly, known, nothing, plus, unbounded } from './amount.ts';
import { groupsOf } from './groups.ts';
import { heldBy, heldUnseen, type Tally, tallyOf } from './tally.ts';
import type { Holding, LimitState, MachineAsked, QuotaGroup, QuotaInput, Reserved, Spent } from './types.ts';

const measureHolding = (holding: Holding) => ({
  instances: exactly(1),
  cores: known(holding.cores),
  gpus: known(holding.gpus),
});
const measureReserved = ({ cores, gpus }: Reserved) => ({
  instances: exactly(1),
  cores: exactly(cores),
  gpus: exactly(gpus),
});
const measureSpent = ({ usd, unpricedHours }: Spent) => ({
  usd: { atLeast: usd, atMost: unpricedHours > 0 ? null : usd },
});

const counted = ['instances', 'cores', 'gpus'] as const;

type Tallies = { readonly held: Tally; readonly promised: Tally; readonly spent: Tally };

/** The groups to be judged: those of the machine asked for, else all that hold anything. */
function groupsToJudge(
  quota: Quota,
  asked: MachineAsked | null,
  { held, spent }: Tallies,
): readonly { readonly group: QuotaGroup; readonly sure: boolean }[] {
  if (asked === null) {
    const all = new Map([...held.groups, ...spent.groups]);
    return [...all.values()].map(({ group }) => ({ group, sure: true }));
  }
  const holds = matching(quota.match, asked.subject);
  if (holds === 'no') return [];
  const groups = groupsOf(quota.per, asked);
  if (groups === null) return [{ group: { per: quota.per, key: '', name: 'not known' }, sure: false }];
  return groups.map((group) => ({ group, sure: holds === 'yes' }));
}

function stateOf(total: Amount, limit: number, reached: 'above' | 'at', sure: boolean): LimitState['state'] {
  const breaks = (value: number): boolean => (reached === 'at' ? value >= limit : value > limit);
  if (breaks(total.atLeast)) return sure ? 'exceeded' : 'unknown';
  return total.atMost === null || breaks(total.atMost) ? 'unknown' : 'within';
}

function limitsOfGroup(
  input: QuotaInput,
  quotaIndex: number,
  quota: Quota,
  tallies: Tallies,
  { group, sure }: { readonly group: QuotaGroup; readonly sure: boolean },
): LimitState[] {
  const { asked } = input;
  const held = heldBy(tallies.held, group);
  const promised = heldBy(tallies.promised, group);
  const unseen = group.key === '' ? unbounded : heldUnseen(quota, group, input.unread);
  const effect = quota.enforcement === 'soft' ? 'approval' : 'refuse';
  const states: LimitState[] = [];
  for (const unit of counted) {
    const limit = quota[unit];
    if (limit === null) continue;
    const used = plus(held[unit], unseen);
    const wanted = asked === null ? 0 : unit === 'instances' ? 1 : asked[unit];
    // A machine without GPUs breaks no limit of GPUs, however full that is.
    if (asked !== null && wanted === 0) continue;
    const total = plus(plus(used, promised[unit]), exactly(wanted));
    states.push({
      code: `refuse.quota.${quota.per}`,
      source: 'policy',
      quotaIndex,
      group,
      unit,
      limit,
      used: used.atLeast,
      usedAtMost: used.atMost,
      reserved: promised[unit].atMost ?? promised[unit].atLeast,
      asked: wanted,
      state: stateOf(total, limit, 'above', sure),
      effect,
    });
  }
  if (quota.moneyPerMonth !== null) {
    const spent = heldBy(tallies.spent, group).usd;
    const used = group.key === '' ? unbounded : spent;
    states.push({
      code: 'refuse.budget',
      source: 'policy',
      quotaIndex,
      group,
      unit: 'usd-this-month',
      limit: quota.moneyPerMonth,
      used: used.atLeast,
      usedAtMost: used.atMost,
      reserved: 0,
      asked: 0,
      state: stateOf(used, quota.moneyPerMonth, 'at', sure),
      effect: quota.onExceeded === 'report' ? 'report' : effect,
    });
  }
  return states;
}

/** Where each limit of the policy stands. A reservation whose machine is among the holdings counts as that machine only. */
export function policyLimits(input: QuotaInput): LimitState[] {
  const there = new Set(input.holdings.map(({ ref }) => computeKey(ref)));
  const pending = input.reserved.filter(
    (one) => !there.has(one.compute) && (input.asked === null || one.requestId !== input.asked.requestId),
  );
  return input.quotas.flatMap((quota, index) => {
    const tallies: Tallies = {
      held: tallyOf(quota, input.holdings, measureHolding),
      promised:
        // What is only promised breaks no limit by itself.
        input.asked === null
          ? { groups: new Map(), anywhere: noAmounts }
          : tallyOf(quota, pending, measureReserved),
      spent: tallyOf(quota, quota.moneyPerMonth === null ? [] : input.spent, measureSpent),
    };
    return groupsToJudge(quota, input.asked, tallies).flatMap((group) =>
      limitsOfGroup(input, index, quota, tallies, group),
    );
  });
}

const noAmounts = { instances: nothing, cores: nothing, gpus: nothing, usd: nothing };
