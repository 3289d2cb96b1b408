import { assessActivity } from '../../src/core/activity/assess-activity.ts';
import type {
  ActivityInput,
  ActivityVerdict,
  MetricName,
  MetricSeries,
  ObservedJob,
  SessionReport,
} from '../../src/core/activity/types.ts';
import { parseComputeRef, parseObjectId } from '../../src/core/ids.ts';
import type { Decision, DecisionInput, OpenWarning } from '../../src/core/idle/types.ts';
import { decide } from '../../src/core/idle/decide.ts';
import type { ComputePolicy, IdlePolicy } from '../../src/core/policy/types.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Monday 2 March 2026, 12:05 UTC: with the default delay of 5 minutes the window ends at noon. */
export const now = Date.UTC(2026, 2, 2, 12, 5);
export const end = now - 5 * minute;

export const ref = parseComputeRef({
  subscription: '00000000-0000-4000-8000-000000000001',
  resourceGroup: 'rg1',
  workspace: 'ws1',
  compute: 'ci-ada',
});
export const ada = { objectId: parseObjectId('00000000-0000-4000-8000-00000000000a'), name: 'Ada' };

export const idlePolicy: IdlePolicy = {
  enabled: true,
  afterMs: hour,
  warnMs: 30 * minute,
  graceAfterStartMs: 15 * minute,
  cpuBelow: 5,
  cpuCoresBelow: 0.5,
  gpuBelow: 5,
  networkBelow: 20,
  minCoverage: 0.8,
  noiseUpTo: 2,
  ingestionDelayMs: 5 * minute,
  evidence: 'metrics',
  maxSnoozeMs: day,
  unknownAlertAfterMs: day,
};

type PolicyChanges = Partial<Omit<ComputePolicy, 'idle'>> & { readonly idle?: Partial<IdlePolicy> };

export const policy = ({ idle, ...rest }: PolicyChanges = {}): ComputePolicy => ({
  policyHash: 'hash',
  mode: 'enforce',
  idle: { ...idlePolicy, ...idle },
  maxUptime: null,
  jobStalledAfterMs: 72 * hour,
  session: { staleAfterMs: 3 * hour, reportMaxAgeMs: 10 * minute },
  protectedBy: null,
  exemption: null,
  ...rest,
});

/** One value a minute, half-open; `values` replaces single minutes by their distance from `end` in minutes (−1 is the last). */
export function series(
  metric: MetricName,
  value: number | null,
  values: Readonly<Record<number, number | null | undefined>> = {},
  length = 60,
): MetricSeries {
  const points: { at: number; value: number | null }[] = [];
  for (let offset = -length; offset < 0; offset++) {
    const own = offset in values ? values[offset] : value;
    if (own !== undefined) points.push({ at: end + offset * minute, value: own });
  }
  return { metric, points };
}

export const quietMetrics: readonly MetricSeries[] = [
  series('cpuPercent', 0.4),
  series('cpuMillicores', 16),
  series('networkIn', 0.1),
  series('networkOut', 0.1),
];

export const job = (changes: Partial<ObservedJob> = {}): ObservedJob => ({
  id: 'job-1',
  name: 'train',
  status: 'Running',
  computeId: null,
  createdAt: now - 2 * hour,
  changedAt: null,
  unchangedSinceAt: now - 2 * hour,
  ...changes,
});

export const report = (at: number, changes: Partial<SessionReport> = {}): SessionReport => ({
  at,
  kernels: 'idle',
  terminals: 'idle',
  ssh: 'idle',
  vscode: 'idle',
  processes: 'idle',
  gpu: 'idle',
  containers: 'idle',
  lastInputAt: null,
  diskFreeMegabytes: null,
  ...changes,
});

/** One report a minute from an hour before the window's end up to now. */
export const reports = (changes: Partial<SessionReport> = {}): SessionReport[] =>
  Array.from({ length: 65 }, (_, index) => report(end - hour + index * minute, changes));

/** A machine with four cores that has been idle for an hour and more, and Running for ten. */
export const activityInput = (changes: Partial<ActivityInput> = {}): ActivityInput => ({
  now,
  windowMs: (changes.policy ?? policy()).idle.afterMs,
  policy: policy(),
  startedAt: now - 10 * hour,
  state: 'Running',
  size: { vCPUs: 4, gpus: 0 },
  jobs: { ok: true, value: [] },
  lastJobEndedAt: null,
  metrics: { ok: true, value: quietMetrics },
  reports: [],
  ...changes,
});

export const verdictOf = (changes: Partial<ActivityInput> = {}): ActivityVerdict =>
  assessActivity(activityInput(changes));

export const idleWarning = (changes: Partial<OpenWarning> = {}): OpenWarning => ({
  warningId: 'w1',
  reason: 'warn.idle',
  warnedAt: now - 30 * minute,
  stopDueAt: now,
  ...changes,
});

export const decisionInput = (changes: Partial<DecisionInput> = {}): DecisionInput => ({
  now,
  compute: {
    ref,
    state: 'Running',
    provisioningState: 'Succeeded',
    owner: ada,
    vmSize: 'Standard_DS3_v2',
  },
  pricePerHourUsd: 0.29,
  policy: policy(),
  startedAt: now - 10 * hour,
  activity: verdictOf({ policy: changes.policy ?? policy() }),
  snooze: null,
  halt: null,
  openWarnings: [],
  lapsedWarning: null,
  ...changes,
});

export const decisionOf = (changes: Partial<DecisionInput> = {}): Decision => decide(decisionInput(changes));
