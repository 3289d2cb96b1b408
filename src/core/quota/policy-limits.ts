import { computeKey } from '../ids.ts';
import { matching } from '../policy/match.ts';
import type { Quota } from '../policy/types.ts';
import { type Amount, exactly, known, nothing, plus, unbounded } from './amount.ts';
import { groupsOf } from './groups.ts';
import { heldBy, heldUnseen, type Tally, tallyOf } from './tally.ts';
import type {
  Holding,
  LimitState,
  MachineAsked,
  Member,
  QuotaGroup,
  QuotaInput,
  Reserved,
  Spent,
} from './types.ts';

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

type Tallies = {
  readonly held: Tally;
  /** With the machine that the one asked for replaces; null: it replaces none. */
  readonly before: Tally | null;
  readonly promised: Tally;
  readonly spent: Tally;
};

/** A reservation whose machine takes the place of one that is there. */
type Growing = { readonly reserved: Reserved; readonly holding: Holding };

const isIn = (quota: Quota, group: QuotaGroup, member: Member): boolean =>
  matching(quota.match, member.subject) !== 'no' &&
  groupsOf(quota.per, member)?.some(({ key }) => key === group.key) !== false;
const isSurelyIn = (quota: Quota, group: QuotaGroup, member: Member): boolean =>
  matching(quota.match, member.subject) === 'yes' &&
  groupsOf(quota.per, member)?.some(({ key }) => key === group.key) === true;

/** What machines that take others' places will take of a group beyond what is counted for those. */
function growth(
  quota: Quota,
  group: QuotaGroup,
  growing: readonly Growing[],
  unit: (typeof counted)[number],
): Amount {
  const more = growing.map(({ reserved, holding }) => {
    if (!isIn(quota, group, reserved)) return 0;
    const isCounted = isSurelyIn(quota, group, holding);
    if (unit === 'instances') return isCounted ? 0 : 1;
    return Math.max(0, reserved[unit] - (isCounted ? (holding[unit] ?? 0) : 0));
  });
  return exactly(more.reduce((sum, one) => sum + one, 0));
}

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
  growing: readonly Growing[],
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
    const reserved = plus(promised[unit], growth(quota, group, growing, unit));
    const wanted = asked === null ? 0 : unit === 'instances' ? 1 : asked[unit];
    // A machine without GPUs breaks no limit of GPUs, however full that is.
    if (asked !== null && wanted === 0) continue;
    const total = plus(plus(used, reserved), exactly(wanted));
    // What takes no more than what it replaces breaks no limit, however full that is.
    const before = tallies.before === null ? null : heldBy(tallies.before, group)[unit].atLeast;
    const after = plus(held[unit], exactly(wanted)).atMost;
    const grows = before === null || after === null || after > before;
    states.push({
      code: `refuse.quota.${quota.per}`,
      source: 'policy',
      quotaIndex,
      group,
      unit,
      limit,
      used: used.atLeast,
      usedAtMost: used.atMost,
      reserved: reserved.atMost ?? reserved.atLeast,
      asked: wanted,
      state: grows ? stateOf(total, limit, 'above', sure) : 'within',
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
  const { asked } = input;
  const there = new Map(input.holdings.map((holding) => [computeKey(holding.ref), holding]));
  const others = input.reserved.filter((one) => asked === null || one.requestId !== asked.requestId);
  const pending = others.filter((one) => !there.has(one.compute));
  const growing =
    asked === null
      ? []
      : others.flatMap((reserved): Growing[] => {
          const holding = there.get(reserved.compute);
          return (reserved.replaces ?? null) === null || holding === undefined ? [] : [{ reserved, holding }];
        });
  const leaves = asked?.replaces?.compute ?? null;
  const staying =
    leaves === null ? input.holdings : input.holdings.filter(({ ref }) => computeKey(ref) !== leaves);
  return input.quotas.flatMap((quota, index) => {
    const tallies: Tallies = {
      held: tallyOf(quota, staying, measureHolding),
      before: leaves === null ? null : tallyOf(quota, input.holdings, measureHolding),
      promised:
        // What is only promised breaks no limit by itself.
        asked === null
          ? { groups: new Map(), anywhere: noAmounts }
          : tallyOf(quota, pending, measureReserved),
      spent: tallyOf(quota, quota.moneyPerMonth === null ? [] : input.spent, measureSpent),
    };
    return groupsToJudge(quota, asked, tallies).flatMap((group) =>
      limitsOfGroup(input, index, quota, tallies, group, growing),
    );
  });
}

const noAmounts = { instances: nothing, cores: nothing, gpus: nothing, usd: nothing };
