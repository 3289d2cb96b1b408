import { assessActivity } from '../src/core/activity/assess-activity.ts';
import { decide } from '../src/core/idle/decide.ts';
import type { DecisionInput } from '../src/core/idle/types.ts';
import { explain } from '../src/core/explain/explain.ts';
import {
  activityInput,
  decisionInput,
  idleWarning,
  job,
  now,
  policy,
  reports,
  series,
  verdictOf,
} from '../test/support/instance-under-judgement.ts';

/** Prints how many instances one core judges a second. Bar: 100,000 decisions in less than a second. */
const busy = {
  metrics: { ok: true, value: [series('cpuPercent', 60), series('cpuMillicores', 2400)] },
} as const;
const inputs: readonly DecisionInput[] = [
  decisionInput(),
  decisionInput({ openWarnings: [idleWarning()] }),
  decisionInput({ policy: policy({ mode: 'observe' }) }),
  decisionInput({ activity: verdictOf(busy) }),
  decisionInput({ activity: verdictOf({ metrics: { ok: true, value: [] } }) }),
  decisionInput({ snooze: { until: now + 1, by: null } }),
];
const evidence = [
  activityInput(),
  activityInput(busy),
  activityInput({ reports: reports() }),
  activityInput({ jobs: { ok: true, value: [job()] } }),
];

function measure(name: string, unit: string, times: number, work: (index: number) => unknown): void {
  let last: unknown;
  for (let index = 0; index < times / 10; index++) last = work(index);
  const from = performance.now();
  for (let index = 0; index < times; index++) last = work(index);
  const ms = performance.now() - from;
  if (last === undefined) throw new Error(`${name} answered nothing.`);
  const perSecond = Math.round((times / ms) * 1000).toLocaleString('en-US');
  const microseconds = ((ms / times) * 1000).toFixed(2);
  console.log(
    `${name}: ${times.toLocaleString('en-US')} in ${ms.toFixed(0)} ms, ${perSecond} ${unit} a second, ${microseconds} µs each`,
  );
}

const pick = <T>(from: readonly T[], index: number): T => from[index % from.length]!;
measure('decide', 'decisions', 100_000, (index) => decide(pick(inputs, index)));
measure('assess 60 minutes × 4 series', 'verdicts', 20_000, (index) => assessActivity(pick(evidence, index)));
measure('assess and decide', 'decisions', 20_000, (index) =>
  decide({ ...pick(inputs, index), activity: assessActivity(pick(evidence, index)) }),
);
const decisions = inputs.map((input) => decide(input));
measure('explain', 'sentences', 20_000, (index) => explain(pick(decisions, index)));
