import * as fc from 'fast-check';
import { assessActivity } from '../../src/core/activity/assess-activity.ts';
import type {
  ActivityInput,
  MetricName,
  MetricSeries,
  ReportLoad,
  SessionReport,
} from '../../src/core/activity/types.ts';
import { decide } from '../../src/core/idle/decide.ts';
import type { Decision, DecisionInput } from '../../src/core/idle/types.ts';
import type { ComputePolicy } from '../../src/core/policy/types.ts';
import {
  activityInput,
  ada,
  day,
  end,
  hour,
  idleWarning,
  job,
  minute,
  now,
  policy,
  ref,
} from './instance-under-judgement.ts';

/** One instance with all that is known of it, and the rules for it. */
export type Instance = {
  readonly activity: ActivityInput;
  readonly rest: Omit<DecisionInput, 'activity' | 'policy' | 'startedAt' | 'now'>;
  readonly policy: ComputePolicy;
};

export const judge = ({ activity, rest, policy }: Instance): Decision =>
  decide({ ...rest, now, policy, startedAt: activity.startedAt, activity: assessActivity(activity) });

const oneIn = (n: number): fc.Arbitrary<boolean> => fc.nat(n - 1).map((value) => value === 0);

// Whole series are quiet or wild, so that worlds that stop are as common as worlds that do not.
const quiet = fc.double({ min: 0, max: 2, noNaN: true });
const wild = fc.oneof(
  { weight: 20, arbitrary: quiet },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 40, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(null, Number.NaN, -1, Infinity) },
);
const readings = fc.oneof(
  { weight: 12, arbitrary: fc.array(quiet, { minLength: 70, maxLength: 75 }) },
  { weight: 1, arbitrary: fc.array(wild, { minLength: 70, maxLength: 75 }) },
);

const metricNames: readonly MetricName[] = [
  'cpuPercent',
  'cpuMillicores',
  'gpuPercent',
  'networkIn',
  'networkOut',
];

const series = (metric: MetricName): fc.Arbitrary<MetricSeries> =>
  fc
    .tuple(
      readings,
      fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0.1, 0.3, 1),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 75, maxLength: 75 }),
    )
    .map(([values, lost, luck]) => ({
      metric,
      points: values
        .map((value, index) => ({ at: end - 70 * minute + index * minute, value }))
        .filter((_, index) => (luck[index] ?? 1) >= lost),
    }));

const load: fc.Arbitrary<ReportLoad> = oneIn(400).map((busy) => (busy ? 'busy' : 'idle'));
const reportAt = (at: number): fc.Arbitrary<SessionReport> =>
  fc.record({
    at: fc.constant(at),
    kernels: load,
    terminals: load,
    ssh: load,
    vscode: load,
    processes: fc.oneof({ weight: 20, arbitrary: load }, { weight: 1, arbitrary: fc.constant(null) }),
    gpu: load,
    containers: load,
    lastInputAt: fc.constantFrom(null, null, now - 5 * hour, now - hour),
    diskFreeMegabytes: fc.constant(null),
  });
const someReports = fc.oneof(
  { weight: 3, arbitrary: fc.constant<SessionReport[]>([]) },
  {
    weight: 1,
    arbitrary: fc.tuple(...Array.from({ length: 65 }, (_, index) => reportAt(now - (65 - index) * minute))),
  },
);

const somePolicy: fc.Arbitrary<ComputePolicy> = fc
  .record({
    mode: fc.constantFrom(
      'enforce',
      'enforce',
      'enforce',
      'enforce',
      'enforce',
      'enforce',
      'warn',
      'observe',
      'off',
    ),
    enabled: oneIn(8).map((off) => !off),
    evidence: fc.constantFrom('metrics', 'metrics', 'metrics', 'metrics', 'session', 'both'),
    maxUptime: fc.option(
      fc.record({
        afterMs: fc.constant(5 * day),
        warnMs: fc.constant(day),
        evenIfUnknown: fc.boolean(),
        evenIfActive: fc.boolean(),
      }),
    ),
    protectedBy: oneIn(20).map((is) => (is ? 'compute: ci-*' : null)),
    exemption: oneIn(20).map((is) => (is ? { until: now + day, why: null } : null)),
  })
  .map(({ mode, enabled, evidence, ...rest }) => policy({ mode, idle: { enabled, evidence }, ...rest }));

const dueAt = fc.constantFrom(now - hour, now, now + minute);

export const instance: fc.Arbitrary<Instance> = fc
  .record({
    policy: somePolicy,
    startedAt: fc.constantFrom(
      now - 10 * hour,
      now - 6 * day,
      now - 6 * day,
      null,
      now - 50 * minute,
      now + minute,
    ),
    state: fc.oneof(
      { weight: 16, arbitrary: fc.constant('Running') },
      { weight: 1, arbitrary: fc.constantFrom('JobRunning', 'Stopped', 'Restarting', null) },
    ),
    size: fc.constantFrom(
      { vCPUs: 4, gpus: 0 },
      { vCPUs: 4, gpus: 0 },
      { vCPUs: 64, gpus: 0 },
      { vCPUs: 6, gpus: 1 },
      null,
    ),
    metrics: fc.oneof(
      { weight: 12, arbitrary: fc.tuple(...metricNames.map(series)) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    jobs: fc.constantFrom<ActivityInput['jobs'][]>(
      ...Array.from({ length: 20 }, () => ({ ok: true as const, value: [] })),
      { ok: true, value: [job({ status: 'Completed' })] },
      { ok: true, value: [job({ status: 'Queued' })] },
      { ok: true, value: [job({ unchangedSinceAt: now - 80 * hour })] },
      { ok: false, why: '503' },
    ),
    lastJobEndedAt: fc.constantFrom(null, null, null, null, null, now - 2 * hour, now - 30 * minute),
    reports: someReports,
    idleDueAt: fc.option(dueAt),
    uptimeDueAt: fc.option(dueAt),
    quietDueAt: fc.option(dueAt),
    ownerGone: oneIn(4),
    overBudget: oneIn(4),
    halted: oneIn(20),
    snoozed: oneIn(20),
  })
  .map((world) => {
    const openWarnings = [
      ...(world.quietDueAt === null
        ? []
        : [
            idleWarning({ warningId: 'w3', reason: 'warn.budget', stopDueAt: world.quietDueAt }),
            idleWarning({ warningId: 'w4', reason: 'warn.owner-gone', stopDueAt: world.quietDueAt }),
          ]),
      ...(world.idleDueAt === null ? [] : [idleWarning({ stopDueAt: world.idleDueAt })]),
      ...(world.uptimeDueAt === null
        ? []
        : [idleWarning({ warningId: 'w2', reason: 'warn.max-uptime', stopDueAt: world.uptimeDueAt })]),
    ];
    const activity = activityInput({
      policy: world.policy,
      startedAt: world.startedAt,
      state: world.state,
      size: world.size,
      metrics: world.metrics === null ? { ok: false, why: '503' } : { ok: true, value: world.metrics },
      jobs: world.jobs,
      lastJobEndedAt: world.lastJobEndedAt,
      reports: world.reports,
    });
    return {
      activity,
      policy: world.policy,
      rest: {
        compute: {
          ref,
          state: world.state,
          provisioningState: 'Succeeded',
          owner: ada,
          vmSize: 'Standard_DS3_v2',
        },
        pricePerHourUsd: null,
        snooze: world.snoozed ? { until: now + hour, by: null } : null,
        halt: world.halted ? { by: null, why: null } : null,
        openWarnings,
        lapsedWarning: null,
        ownerGone: world.ownerGone,
        budget: world.overBudget ? { of: 'ada', spentUsd: 12, limitUsd: 10 } : null,
      },
    };
  });
