import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessActivity } from '../../../src/core/activity/assess-activity.ts';
import type { ActivityInput, SessionReport } from '../../../src/core/activity/types.ts';
import { parsePolicy } from '../../../src/core/policy/parse.ts';
import { defaultPolicy } from '../../../src/core/policy/parse.ts';
import { agentSettings } from '../../../src/core/session/agent-settings.ts';
import { codeBytes, codeFrom, codeHashOf } from '../../../src/core/session/enrolment-code.ts';
import { mergeReports } from '../../../src/core/session/merge-reports.ts';
import { type ReportBody, reportBody, sessionReportOf } from '../../../src/core/session/report-body.ts';
import { reportsOnlySince } from '../../../src/core/session/reports-only.ts';

const minuteMs = 60_000;
const now = Date.UTC(2026, 2, 2, 12);
const quiet: ReportBody = {
  version: 1,
  kernels: 'idle',
  terminals: 'idle',
  ssh: 'idle',
  vscode: 'idle',
  processes: 'idle',
  gpu: 'idle',
  containers: 'idle',
  lastInputSecondsAgo: null,
  diskFreeMegabytes: null,
};

const input = (reports: readonly SessionReport[], more: Partial<ActivityInput> = {}): ActivityInput => ({
  now,
  windowMs: 60 * minuteMs,
  policy: { idle: defaultPolicy.idle, jobStalledAfterMs: 1e9, session: defaultPolicy.session },
  startedAt: now - 300 * minuteMs,
  state: 'Running',
  size: { vCPUs: 4, gpus: 0 },
  jobs: { ok: true, value: [] },
  lastJobEndedAt: null,
  metrics: { ok: true, value: [] },
  reports,
  ...more,
});
const minutely = (body: ReportBody): readonly SessionReport[] =>
  Array.from({ length: 90 }, (_, index) => sessionReportOf(body, now - index * minuteMs));
const verdictOf = (body: Partial<ReportBody>, more: Partial<ActivityInput> = {}): string =>
  assessActivity(input(minutely({ ...quiet, ...body }), more)).activity;

describe('what an agent says', () => {
  it('of nothing in use is idleness, also without metrics', () => {
    expect(verdictOf({})).toBe('idle');
  });

  it.each(['kernels', 'terminals', 'processes', 'gpu', 'containers'] as const)(
    'of busy %s is use',
    (part) => {
      expect(verdictOf({ [part]: 'busy' })).toBe('active');
    },
  );

  it.each(['kernels', 'terminals', 'ssh', 'vscode', 'processes', 'containers'] as const)(
    'of %s that it could not read proves no idleness',
    (part) => {
      expect(verdictOf({ [part]: null })).toBe('unknown');
    },
  );

  it.each([
    ['input an hour ago', 3600, 'active'],
    ['input almost three hours ago', 3 * 3600 - 60, 'active'],
    ['no input for three hours', 3 * 3600, 'idle'],
  ])('of an open connection with %s is judged by its age', (_what, lastInputSecondsAgo, verdict) => {
    expect(verdictOf({ ssh: 'busy', lastInputSecondsAgo })).toBe(verdict);
  });

  it('against a job or a metric that shows use is worth nothing', () => {
    const busyMinutes = Array.from({ length: 60 }, (_, index) => ({ at: now - index * minuteMs, value: 80 }));
    const job = { id: 'j', name: 'j', status: 'Running', computeId: null, createdAt: null, changedAt: null };

    expect(
      verdictOf({}, { metrics: { ok: true, value: [{ metric: 'cpuPercent', points: busyMinutes }] } }),
    ).toBe('active');
    expect(verdictOf({}, { jobs: { ok: true, value: [{ ...job, unchangedSinceAt: null }] } })).toBe('active');
  });
});

describe('a report', () => {
  it.each([
    ['an unknown field', { host: 'ci-ada' }],
    ['a name where a load is due', { kernels: 'train.ipynb' }],
    ['a time in the future', { lastInputSecondsAgo: -1 }],
    ['a number that is none', { diskFreeMegabytes: Number.NaN }],
    ['a version to come', { version: 2 }],
  ])('with %s is refused', (_what, change) => {
    expect(reportBody.safeParse({ ...quiet, ...change }).success).toBe(false);
  });

  it('of the same minute undoes nothing that an earlier one saw', () => {
    const load = fc.constantFrom('busy' as const, 'idle' as const);
    const body = fc.record({
      version: fc.constant(1 as const),
      kernels: load,
      terminals: load,
      ssh: load,
      vscode: load,
      processes: fc.option(load),
      gpu: fc.option(load),
      containers: fc.option(load),
      lastInputSecondsAgo: fc.option(fc.integer({ min: 0, max: 90_000 })),
      diskFreeMegabytes: fc.option(fc.integer({ min: 0, max: 1e6 })),
    });
    const parts = ['kernels', 'terminals', 'ssh', 'vscode', 'processes', 'gpu', 'containers'] as const;
    fc.assert(
      fc.property(body, body, (one, other) => {
        const reports = [sessionReportOf(one, now), sessionReportOf(other, now + 30_000)] as const;
        const merged = mergeReports(...reports);
        for (const part of parts) {
          const seen = reports.map((report) => report[part]);
          const unread = seen.includes(null) ? null : 'idle';
          expect(merged[part]).toBe(seen.includes('busy') ? 'busy' : unread);
        }
        const inputs = reports.map((report) => report.lastInputAt ?? -Infinity);
        expect(merged.lastInputAt ?? -Infinity).toBe(Math.max(...inputs));
        expect(mergeReports(reports[0], sessionReportOf(other, now + minuteMs))).toEqual(
          sessionReportOf(other, now + minuteMs),
        );
      }),
    );
  });
});

describe('being kept by reports alone', () => {
  it('outlasts pauses and blind looks, and ends with anything else that decides', () => {
    const begun = reportsOnlySince(null, 'keep.active.session', 5);

    expect(begun).toBe(5);
    for (const reason of ['keep.active.session', 'keep.idle-short', 'keep.unknown.metrics'] as const) {
      expect(reportsOnlySince(begun, reason, 9)).toBe(5);
    }
    for (const reason of [
      'keep.active.cpu',
      'keep.active.job',
      'warn.idle',
      'keep.not-running',
      'keep.snoozed',
    ] as const) {
      expect(reportsOnlySince(begun, reason, 9)).toBeNull();
    }
    expect(reportsOnlySince(null, 'keep.idle-short', 9)).toBeNull();
  });
});

describe('the thresholds an agent is told', () => {
  it('are the lowest of the policy, so that nothing that counts somewhere is called idle', () => {
    const parsed = parsePolicy(
      'version: 1\nidle: { cpuCoresBelow: 0.8 }\noverrides:\n  - { match: { team: vision }, idle: { cpuCoresBelow: 0.2 } }\n  - { match: { gpu: true }, idle: { gpuBelow: 9 } }\nteams: { vision: { group: 11111111-0000-4000-8000-000000000001 } }\n',
    );
    if (!parsed.ok) throw new Error(parsed.faults.map(({ message }) => message).join());

    expect(agentSettings(parsed.policy)).toEqual({
      everySeconds: 60,
      cpuCoresBelow: 0.2,
      gpuBelow: 5,
      staleAfterSeconds: 10_800,
    });
  });
});

describe('an enrolment code', () => {
  it('is known by its hash however it is typed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: codeBytes, maxLength: codeBytes }), (random) => {
        const code = codeFrom(random);
        const hash = codeHashOf(code);
        expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/);
        expect(hash).not.toBeNull();
        expect(
          codeHashOf(` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}`),
        ).toBe(hash);
      }),
    );
  });

  it.each(['', 'ABC', 'UUUUU-UUUUU-UUUUU-UUUUU-UUUUU', `${'A'.repeat(24)}é`, 'A'.repeat(1e6)])(
    'is not %j',
    (text) => {
      expect(codeHashOf(text)).toBeNull();
    },
  );
});
