import { rulesTried, type TriedRule, whatResets } from '../core/explain/rules-tried.ts';
import { innerOf, memberOf, membersOf, textMember } from '../core/findings/arm-properties.ts';
import type { ComputeRef } from '../core/ids.ts';
import type { Decision } from '../core/idle/types.ts';
import { parsePolicy, policyHashOf } from '../core/policy/parse.ts';
import { nextStart, nextStop } from '../core/schedule/occurrences.ts';
import { readHalt } from '../ledger/flags.ts';
import { readCurrentPolicy } from '../ledger/policies.ts';
import type { Flow } from './flow.ts';
import { judge, type Judgement } from './judge.ts';
import { type ComputeLook, lookAtCompute } from './look-at-compute.ts';
import { type LoadedPolicy, readPolicyInForce } from './policy-store.ts';
import { readUsedUpBudgets } from './quota/used-up-budgets.ts';
import type { InstanceReadings } from './readings.ts';
import { readTeams } from './teams.ts';
import { weighInstance } from './weigh-instance.ts';

export type NextBySchedule = {
  readonly name: string;
  readonly nextStopAt: number | null;
  readonly nextStartAt: number | null;
};

/** Everything that a look at one instance gives, as a sweep would judge it. */
export type ExplainedCompute = {
  readonly at: number;
  readonly policy: LoadedPolicy;
  readonly readings: InstanceReadings;
  readonly judgement: Judgement;
  /** What a sweep would put on record; null: what is on record stands, since a warning runs. */
  readonly record: Decision | null;
  readonly rules: readonly TriedRule[];
  readonly resets: readonly string[];
  readonly schedules: readonly NextBySchedule[];
  readonly hasPublicIp: boolean | null;
  readonly unread: string | null;
};

export type Explanation =
  | { readonly kind: 'explained'; readonly compute: ExplainedCompute }
  | Exclude<ComputeLook, { kind: 'read' }>;

/** What an admin tries with a file, else what is in force; where nothing is yet, the file will be. */
async function policyOf(flow: Flow, tried: boolean): Promise<LoadedPolicy> {
  const { ledger, policySource } = flow.ports;
  if (!tried && (await readCurrentPolicy(ledger)) !== null) return readPolicyInForce(ledger);
  const text = await policySource.read();
  const parsed = parsePolicy(text);
  return parsed.ok ? { hash: policyHashOf(text), policy: parsed.policy } : readPolicyInForce(ledger);
}

function publicIpOf({ compute }: InstanceReadings): boolean | null {
  const inner = innerOf(compute);
  if (inner === null) return null;
  if (memberOf(inner, 'enableNodePublicIp') === false) return false;
  const addresses = membersOf(memberOf(inner, 'connectivityEndpoints'));
  return textMember(addresses, 'publicIpAddress') !== null || memberOf(inner, 'enableNodePublicIp') === true
    ? true
    : null;
}

/** Looks at one instance now and judges it as a sweep does, with what each rule has to say. Writes nothing. */
export async function explainCompute(
  flow: Flow,
  ref: ComputeRef,
  options: { readonly policyIsTried: boolean },
): Promise<Explanation> {
  const now = flow.ports.clock.now();
  const policy = await policyOf(flow, options.policyIsTried);
  const look = await lookAtCompute(flow, ref, [policy.policy], now, false);
  if (look.kind !== 'read') return look;
  const { readings, tally } = look;
  const [teams, halt] = await Promise.all([readTeams(flow, [policy.policy]), readHalt(flow.ports.ledger)]);
  const budgets = await readUsedUpBudgets(flow, policy);
  const judgement = judge(readings, { now, policy, teams, halt, budgets, tally });
  const schedules = policy.policy.schedules
    .filter(({ name }) => judgement.schedules.includes(name))
    .map((schedule) => ({
      name: schedule.name,
      nextStopAt: nextStop(schedule, now),
      nextStartAt: nextStart(schedule, now),
    }));
  const { decision, verdict, policy: applied } = judgement;
  const weighed = weighInstance(readings, judgement, now);
  return {
    kind: 'explained',
    compute: {
      at: now,
      policy,
      readings,
      judgement,
      record: weighed.candidate?.decision ?? weighed.record,
      rules: rulesTried({
        now,
        state: readings.compute.state,
        policy: applied,
        startedAt: readings.startedAt,
        verdict,
        snooze: readings.snooze,
        halt: halt?.halted === true ? { by: halt.by } : null,
        schedules,
        decision,
      }),
      resets: whatResets(applied, readings.size?.gpus ?? null),
      schedules,
      hasPublicIp: publicIpOf(readings),
      unread: look.unread?.message ?? null,
    },
  };
}
