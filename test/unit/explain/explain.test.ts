import { describe, expect, it } from 'vitest';
import { LamplighterError } from '../../../src/core/errors.ts';
import { explain } from '../../../src/core/explain/explain.ts';
import { titleOf } from '../../../src/core/explain/title-of.ts';
import { held } from '../../../src/core/idle/decide.ts';
import type { Decision, DecisionInput, ReasonCode } from '../../../src/core/idle/types.ts';
import type { ActivityInput } from '../../../src/core/activity/types.ts';
import {
  ada,
  day,
  decisionOf,
  end,
  hour,
  idleWarning,
  job,
  minute,
  now,
  policy,
  ref,
  report,
  reports,
  series,
  verdictOf,
} from '../../support/instance-under-judgement.ts';

const compute = (state: string | null) => ({
  compute: { ref, state, provisioningState: null, owner: ada, vmSize: null },
});
const seen = (changes: Partial<ActivityInput>, rest: Partial<DecisionInput> = {}): Decision =>
  decisionOf({ activity: verdictOf(changes), ...rest });
const metrics = (...value: ReturnType<typeof series>[]): Partial<ActivityInput> => ({
  metrics: { ok: true, value },
});
const blind = metrics();
const gpuSize = { size: { vCPUs: 6, gpus: 1 } };
const maxUptime = { afterMs: 5 * day, warnMs: day, evenIfUnknown: true, evenIfActive: true };
const uptimeWarning = idleWarning({ reason: 'warn.max-uptime', warnedAt: now - day });

const claim = {
  name: 'office',
  stopAt: now + 25 * minute,
  warnMs: 30 * minute,
  quietForMs: 15 * minute,
  evenIfActive: false,
  isDue: false,
  isWarningTime: true,
  isBeingWarned: false,
  activity: verdictOf({ windowMs: 15 * minute }),
};
const dueClaim = { ...claim, stopAt: now - 5 * minute, isDue: true, isWarningTime: false };
const scheduleWarning = idleWarning({
  reason: 'warn.schedule',
  warnedAt: now - 35 * minute,
  stopDueAt: now - 5 * minute,
  schedule: { name: 'office', stopAt: now - 5 * minute },
});
const noIdleRule = policy({ idle: { enabled: false } });
const busy = verdictOf({ windowMs: 15 * minute, ...metrics(series('cpuPercent', 35)) });
const budget = { of: 'Team vision', spentUsd: 512.3, limitUsd: 500 };
const wish = {
  job: 'train',
  by: 'ada',
  quietForMs: 10 * minute,
  clearAt: Date.UTC(2026, 2, 2, 11, 40),
  activity: verdictOf({ windowMs: 10 * minute }),
};
const scheduled = (changes: Partial<DecisionInput>): Decision =>
  decisionOf({ policy: noIdleRule, ...changes });
const starting = (facts: Decision['facts']): Decision => ({
  ...decisionOf(compute('Stopped')),
  action: 'start',
  reason: 'start.schedule',
  facts: { schedule: 'office', scheduledAt: Date.UTC(2026, 2, 2, 8), ...facts },
});

const keptAndLost =
  'memory, running processes and open terminals go; files on the workspace share and packages installed on the OS disk stay; its quota stays used, and disk, public IP and load balancer still cost.';

const table: readonly (readonly [ReasonCode, string, Decision, string])[] = [
  [
    'warn.idle',
    'by metrics',
    decisionOf(),
    `No job and no CPU or network activity for 60 min (limit 60 min; CPU at most 0.4 % in 60 of 60 samples; notebooks that wait on something elsewhere are not seen), so it stops at 12:35 UTC unless it is used or snoozed before: ${keptAndLost}`,
  ],
  [
    'warn.idle',
    'on a GPU size',
    seen({ ...gpuSize, ...metrics(series('cpuPercent', 1), series('gpuPercent', 0, {}, 57)) }),
    `No job and no CPU, GPU or network activity for 60 min (limit 60 min; CPU at most 1 %, GPU at most 0 % in 57 of 60 samples; notebooks that wait on something elsewhere are not seen), so it stops at 12:35 UTC unless it is used or snoozed before: ${keptAndLost}`,
  ],
  [
    'warn.idle',
    'by reports alone',
    seen({ ...blind, reports: reports() }),
    `No job, and no kernel, terminal, connection or process in use for 60 min (limit 60 min), so it stops at 12:35 UTC unless it is used or snoozed before: ${keptAndLost}`,
  ],
  [
    'warn.idle',
    'by metrics and reports',
    seen({ reports: reports() }),
    `No job, no kernel, terminal, connection or process in use, and no CPU or network activity for 60 min (limit 60 min; CPU at most 0.4 % in 60 of 60 samples), so it stops at 12:35 UTC unless it is used or snoozed before: ${keptAndLost}`,
  ],
  [
    'stop.idle',
    'after its warning',
    decisionOf({ openWarnings: [idleWarning({ idleSinceAt: end - 95 * minute })] }),
    `Stops now, as announced at 11:35 UTC, with no job and no CPU or network activity for 95 min (limit 60 min; CPU at most 0.4 % in 60 of 60 samples; notebooks that wait on something elsewhere are not seen): ${keptAndLost}`,
  ],
  [
    'warn.max-uptime',
    'unknown',
    seen(blind, { startedAt: now - 4 * day, policy: policy({ maxUptime }) }),
    `Running for 4 d (limit 5 d), and whether it is used is unknown, so it stops at 2026-03-03 12:05 UTC unless it is used or snoozed before: ${keptAndLost}`,
  ],
  [
    'warn.max-uptime',
    'active',
    seen(metrics(series('cpuPercent', 60)), { startedAt: now - 4 * day, policy: policy({ maxUptime }) }),
    `Running for 4 d (limit 5 d), and the policy stops it even in use, so it stops at 2026-03-03 12:05 UTC unless it is snoozed or restarted before: ${keptAndLost}`,
  ],
  [
    'stop.max-uptime',
    'idle for a moment',
    seen(
      { lastJobEndedAt: now },
      { startedAt: now - 122 * hour, policy: policy({ maxUptime }), openWarnings: [uptimeWarning] },
    ),
    `Stops now, as announced at 2026-03-01 12:05 UTC, running for 5 d 2 h (limit 5 d) and idle: ${keptAndLost}`,
  ],
  [
    'warn.owner-gone',
    'whose idle time is over',
    decisionOf({ ownerGone: true }),
    `Its owner Ada is gone (the account is disabled or deleted); it is idle, with no job and no CPU or network activity for 60 min (limit 60 min; CPU at most 0.4 % in 60 of 60 samples; notebooks that wait on something elsewhere are not seen), so it stops at 12:35 UTC unless it is used or snoozed before: ${keptAndLost}`,
  ],
  [
    'stop.owner-gone',
    'announced',
    decisionOf({ ownerGone: true, openWarnings: [idleWarning({ reason: 'warn.owner-gone' })] }),
    `Stops now, as announced at 11:35 UTC: its owner Ada is gone (the account is disabled or deleted); it is idle, with no job and no CPU or network activity for 60 min (limit 60 min; CPU at most 0.4 % in 60 of 60 samples; notebooks that wait on something elsewhere are not seen): ${keptAndLost}`,
  ],
  [
    'warn.budget',
    'with the idle rule off',
    scheduled({ budget }),
    `Its budget is used up (Team vision has used 512.30 USD of 500.00 USD this month, at list prices); it is idle, with no job and no CPU or network activity for 60 min (limit 60 min; CPU at most 0.4 % in 60 of 60 samples; notebooks that wait on something elsewhere are not seen), so it stops at 12:35 UTC unless it is used or snoozed before: ${keptAndLost}`,
  ],
  [
    'stop.budget',
    'announced',
    scheduled({ budget, openWarnings: [idleWarning({ reason: 'warn.budget' })] }),
    `Stops now, as announced at 11:35 UTC: its budget is used up (Team vision has used 512.30 USD of 500.00 USD this month, at list prices); it is idle, with no job and no CPU or network activity for 60 min (limit 60 min; CPU at most 0.4 % in 60 of 60 samples; notebooks that wait on something elsewhere are not seen): ${keptAndLost}`,
  ],
  [
    'keep.mode',
    'observing what a budget asks for',
    decisionOf({ policy: policy({ mode: 'observe', idle: { enabled: false } }), budget }),
    'Kept: in mode observe nobody is warned and nothing is stopped; in mode enforce its owner would be warned now, as it is idle for 60 min (limit 60 min), and its budget is used up (Team vision has used 512.30 USD of 500.00 USD this month, at list prices).',
  ],
  [
    'warn.job-ended',
    'of one job',
    scheduled({ stopAfterJob: wish }),
    `ada asked to stop it after job train, which has ended, with no job and no CPU or network activity for 10 min (limit 10 min; CPU at most 0.4 % in 10 of 10 samples; notebooks that wait on something elsewhere are not seen), so it stops at 12:15 UTC unless it is used or snoozed before: ${keptAndLost}`.replace(
      /^a/,
      'A',
    ),
  ],
  [
    'stop.job-ended',
    'of all jobs, in mode observe too',
    scheduled({
      policy: policy({ mode: 'observe' }),
      stopAfterJob: { ...wish, job: null },
      openWarnings: [idleWarning({ reason: 'warn.job-ended' })],
    }),
    `Stops now, as announced at 11:35 UTC: ada asked to stop it after its jobs, and all of them have ended, with no job and no CPU or network activity for 10 min (limit 10 min; CPU at most 0.4 % in 10 of 10 samples; notebooks that wait on something elsewhere are not seen): ${keptAndLost}`,
  ],
  [
    'keep.active.job',
    'named',
    seen({ jobs: { ok: true, value: [job({ status: 'Queued' })] } }),
    'Kept: job train has not ended on it (Queued).',
  ],
  [
    'keep.active.job',
    'by its state',
    seen({ state: 'JobRunning' }),
    'Kept: Azure says that a job runs on it.',
  ],
  [
    'keep.active.gpu',
    '',
    seen({ ...gpuSize, ...metrics(series('cpuPercent', 0), series('gpuPercent', 0, { [-9]: 80 })) }),
    'Kept: GPU use reaches 80 % (idle is below 5 %), last activity at 11:52 UTC.',
  ],
  [
    'keep.active.cpu',
    'in percent',
    seen(metrics(series('cpuPercent', 35.26))),
    'Kept: CPU use reaches 35.3 % (idle is below 5 %), last activity at 12:00 UTC.',
  ],
  [
    'keep.active.cpu',
    'in cores',
    seen({
      size: { vCPUs: 32, gpus: 0 },
      ...metrics(series('cpuPercent', 3.1), series('cpuMillicores', 990)),
    }),
    'Kept: CPU use reaches 0.99 cores (idle is below 0.5 cores), last activity at 12:00 UTC.',
  ],
  [
    'keep.active.network',
    '',
    seen(metrics(series('cpuPercent', 0), series('networkIn', 41.5))),
    'Kept: network traffic reaches 41.5 MB a minute (idle is below 20 MB a minute), last activity at 12:00 UTC.',
  ],
  [
    'keep.active.session',
    '',
    seen({ reports: [report(end - 20 * minute, { kernels: 'busy', ssh: 'busy' })] }),
    'Kept: the session agent sees it in use (kernels, ssh), last activity at 11:41 UTC.',
  ],
  [
    'keep.unknown.metrics',
    'partly missing',
    seen(metrics(series('cpuPercent', 0, {}, 41))),
    'Kept: activity is unknown, since 19 of 60 CPU samples are missing and 80 % are needed; unknown is never taken for idle.',
  ],
  [
    'keep.unknown.metrics',
    'wholly missing',
    seen(blind),
    'Kept: activity is unknown, since there is no CPU sample at all in 60 min; unknown is never taken for idle.',
  ],
  [
    'keep.unknown.metrics',
    'not read',
    decisionOf({ activity: null }),
    'Kept: activity is unknown, since nothing was read about it; unknown is never taken for idle.',
  ],
  [
    'keep.unknown.metrics',
    'without the session reports that the policy asks for',
    seen({ policy: policy({ idle: { evidence: 'session' } }) }),
    'Kept: activity is unknown, since the policy asks for session reports and there are none; unknown is never taken for idle.',
  ],
  [
    'keep.unknown.jobs',
    'unread',
    seen({ jobs: { ok: false, why: '503\nService Unavailable' } }),
    'Kept: activity is unknown, since its jobs cannot be read (503 Service Unavailable); unknown is never taken for idle.',
  ],
  [
    'keep.unknown.jobs',
    'stalled',
    seen({ jobs: { ok: true, value: [job({ unchangedSinceAt: now - 100 * hour })] } }),
    'Kept: activity is unknown, since job train has not ended (Running) and has not changed for 4 d 4 h; unknown is never taken for idle.',
  ],
  [
    'keep.grace',
    '',
    decisionOf({ startedAt: now - 5 * minute }),
    'Kept: it started at 12:00 UTC, 5 min ago, and is left alone for 15 min after a start.',
  ],
  [
    'keep.grace',
    'by a clock ahead',
    decisionOf({ startedAt: now + minute }),
    'Kept: it started at 12:06 UTC, and is left alone for 15 min after a start.',
  ],
  [
    'keep.grace',
    'without a start',
    decisionOf({ startedAt: null, policy: policy({ idle: { graceAfterStartMs: 3 * hour } }) }),
    'Kept: nobody knows when it started, and it has not been watched for 3 h yet.',
  ],
  [
    'keep.idle-short',
    '',
    seen({ lastJobEndedAt: end - 25 * minute }),
    'Kept: idle for 25 min, and the limit is 60 min.',
  ],
  [
    'keep.idle-off',
    '',
    decisionOf({ policy: policy({ idle: { enabled: false } }) }),
    'Kept: idle for 60 min, and the policy switches the idle rule off for it.',
  ],
  [
    'keep.halted',
    '',
    decisionOf({ halt: { by: 'root', why: 'maintenance' }, openWarnings: [idleWarning()] }),
    'Kept: Lamplighter is halted by root (maintenance); otherwise it would be stopped now, as it is idle for 60 min (limit 60 min).',
  ],
  [
    'keep.warning-undelivered',
    '',
    held(decisionOf(), 'keep.warning-undelivered', { why: 'Teams answers 410' }),
    'Kept: its warning cannot be delivered (Teams answers 410), and nothing is stopped without one; delivery is tried again.',
  ],
  [
    'keep.snoozed',
    '',
    decisionOf({ snooze: { until: now + 2 * hour, by: 'Ada' } }),
    'Kept: snoozed by Ada until 14:05 UTC; the idle clock goes on meanwhile.',
  ],
  [
    'keep.exempt',
    '',
    decisionOf({ policy: policy({ exemption: { until: Date.UTC(2026, 2, 10), why: 'customer demo' } }) }),
    'Kept: exempt until 2026-03-10 00:00 UTC (customer demo).',
  ],
  [
    'keep.protected',
    '',
    decisionOf({ policy: policy({ protectedBy: 'compute: ci-prod*' }) }),
    'Kept: the policy protects it (compute: ci-prod*).',
  ],
  [
    'keep.not-settled',
    '',
    decisionOf(compute('Restarting')),
    'Kept: its state is Restarting, and only a running instance is judged.',
  ],
  [
    'keep.not-settled',
    'in a thin row',
    decisionOf(compute(null)),
    'Kept: Azure does not say what state it is in, and only a running instance is judged.',
  ],
  [
    'keep.not-running',
    '',
    decisionOf(compute('Stopped')),
    'Kept: it is Stopped and costs no compute, while its quota stays used and disk, public IP and load balancer still cost.',
  ],
  ['keep.not-running', 'almost', decisionOf(compute('Stopping')), 'Kept: it is already Stopping.'],
  [
    'keep.mode',
    'off',
    decisionOf({ policy: policy({ mode: 'off' }) }),
    'Kept: the mode is off here, so nothing is read and nothing is judged.',
  ],
  [
    'keep.mode',
    'observe',
    decisionOf({ policy: policy({ mode: 'observe' }) }),
    'Kept: in mode observe nobody is warned and nothing is stopped; in mode enforce its owner would be warned now, as it is idle for 60 min (limit 60 min).',
  ],
  [
    'keep.mode',
    'observe, by maximum uptime',
    seen(blind, { startedAt: now - 6 * day, policy: policy({ mode: 'observe', maxUptime }) }),
    'Kept: in mode observe nobody is warned and nothing is stopped; in mode enforce its owner would be warned now, as it is running for 6 d (limit 5 d), and whether it is used is unknown.',
  ],
  [
    'warn.schedule',
    '',
    scheduled({ scheduledStops: [claim] }),
    `Schedule office stops it at 12:35 UTC, if it has not been used for 15 min by then and is not snoozed: ${keptAndLost}`,
  ],
  [
    'warn.schedule',
    'also in use',
    scheduled({ scheduledStops: [{ ...claim, evenIfActive: true }] }),
    `Schedule office stops it at 12:35 UTC, also in use, unless a job has not ended or it is snoozed: ${keptAndLost}`,
  ],
  [
    'stop.schedule',
    '',
    scheduled({ scheduledStops: [dueClaim], openWarnings: [scheduleWarning] }),
    `Stops now, as announced at 11:30 UTC, by schedule office (12:00 UTC), with no job and no CPU or network activity for 15 min (limit 15 min; CPU at most 0.4 % in 15 of 15 samples; notebooks that wait on something elsewhere are not seen): ${keptAndLost}`,
  ],
  [
    'stop.schedule',
    'in use',
    scheduled({
      scheduledStops: [{ ...dueClaim, evenIfActive: true, activity: busy }],
      openWarnings: [scheduleWarning],
    }),
    `Stops now, as announced at 11:30 UTC, by schedule office (12:00 UTC), also in use, as the schedule says: ${keptAndLost}`,
  ],
  [
    'keep.active.cpu',
    'while a scheduled stop waits',
    scheduled({ scheduledStops: [{ ...dueClaim, activity: busy }], openWarnings: [scheduleWarning] }),
    'Kept: CPU use reaches 35 % (idle is below 5 %), last activity at 12:00 UTC; the stop of schedule office waits until it has been quiet for 15 min.',
  ],
  ['start.schedule', '', starting({}), 'Starts now, by schedule office (08:00 UTC), which had stopped it.'],
  [
    'start.schedule',
    'of all',
    starting({ startsAll: true }),
    'Starts now, by schedule office (08:00 UTC), which starts all that it covers.',
  ],
  [
    'keep.mode',
    'observe, by a schedule',
    scheduled({
      scheduledStops: [claim],
      policy: policy({ mode: 'observe', idle: { enabled: false } }),
    }),
    'Kept: in mode observe nobody is warned and nothing is stopped; in mode enforce its owner would be warned now, as it is due to stop by schedule office.',
  ],
  [
    'keep.mode',
    'warn',
    decisionOf({ policy: policy({ mode: 'warn' }), openWarnings: [idleWarning()] }),
    'Kept: in mode warn nothing is stopped and its owner has been warned at 11:35 UTC; in mode enforce it would be stopped now, as it is idle for 60 min (limit 60 min).',
  ],
  [
    'keep.blast-limit',
    '',
    held(decisionOf(), 'keep.blast-limit', { count: 31, limit: 12 }),
    "Kept: 31 instances would be warned or stopped at once, more than the limit of 12, so all of them wait for an admin's release; otherwise its owner would be warned now, as it is idle for 60 min (limit 60 min).",
  ],
];

describe('the sentence of', () => {
  it.each(table.map(([reason, which, decision, sentence]) => [reason, which, sentence, decision] as const))(
    '%s %s is: %s',
    (reason, _, sentence, decision) => {
      expect(decision.reason).toBe(reason);
      expect(explain(decision)).toBe(sentence);
    },
  );

  it('every reason code there is, is in this table', () => {
    // A record, so that the compiler asks for every new code.
    const all: Record<ReasonCode, true> = {
      'start.schedule': true,
      'stop.owner-gone': true,
      'stop.idle': true,
      'stop.budget': true,
      'stop.job-ended': true,
      'stop.schedule': true,
      'stop.max-uptime': true,
      'warn.owner-gone': true,
      'warn.idle': true,
      'warn.budget': true,
      'warn.job-ended': true,
      'warn.schedule': true,
      'warn.max-uptime': true,
      'keep.active.job': true,
      'keep.active.gpu': true,
      'keep.active.cpu': true,
      'keep.active.network': true,
      'keep.active.session': true,
      'keep.unknown.metrics': true,
      'keep.unknown.jobs': true,
      'keep.grace': true,
      'keep.idle-short': true,
      'keep.idle-off': true,
      'keep.halted': true,
      'keep.warning-undelivered': true,
      'keep.snoozed': true,
      'keep.exempt': true,
      'keep.protected': true,
      'keep.not-settled': true,
      'keep.not-running': true,
      'keep.mode': true,
      'keep.blast-limit': true,
    };
    expect(new Set(table.map(([reason]) => reason))).toEqual(new Set(Object.keys(all)));
  });

  it('a decision of which only the reason was stored is still a sentence', () => {
    for (const [reason, , decision] of table) {
      const bare = { ...decision, reason, facts: {}, evidence: null };
      expect(explain(bare)).toMatch(/^[A-Z].*[^ ]\.$/);
      expect(explain(bare)).not.toMatch(/undefined|NaN|null/);
    }
  });

  it('a warning is in the zone that is asked for', () => {
    expect(explain(decisionOf(), { zone: 'Europe/Berlin' })).toContain(
      'so it stops at 13:35 Europe/Berlin unless',
    );
    const lateThere = explain(decisionOf(), { zone: 'Asia/Tokyo' });
    expect(lateThere).toContain('at 21:35 Asia/Tokyo');
    expect(() => explain(decisionOf(), { zone: 'Mars/Olympus' })).toThrow(LamplighterError);
  });

  it('a warning is brief for a table', () => {
    expect(explain(decisionOf(), { brief: true })).toMatch(
      /, so it stops at 12:35 UTC unless it is used or snoozed before\.$/,
    );
  });
});

it('the title says what happens to whom', () => {
  expect(titleOf(decisionOf())).toBe('ci-ada stops at 12:35 UTC');
  expect(titleOf(decisionOf(), { zone: 'Europe/Berlin' })).toBe('ci-ada stops at 13:35 Europe/Berlin');
  expect(titleOf(decisionOf({ openWarnings: [idleWarning()] }))).toBe('ci-ada is being stopped');
  expect(titleOf(decisionOf({ activity: null }))).toBe('ci-ada is kept');
  expect(titleOf(starting({}))).toBe('ci-ada is being started');
});
