import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessActivity } from '../../../src/core/activity/assess-activity.ts';
import type { MetricSeries, SessionReport } from '../../../src/core/activity/types.ts';
import { decide } from '../../../src/core/idle/decide.ts';
import { explain } from '../../../src/core/explain/explain.ts';
import { titleOf } from '../../../src/core/explain/title-of.ts';
import { type Instance, instance, judge } from '../../support/arbitrary-instance.ts';
import { decisionInput, job, now, ref, verdictOf } from '../../support/instance-under-judgement.ts';

const runs = { numRuns: 300 };

const withSeries = (
  world: Instance,
  change: (series: readonly MetricSeries[]) => readonly MetricSeries[],
): Instance =>
  world.activity.metrics.ok
    ? {
        ...world,
        activity: { ...world.activity, metrics: { ok: true, value: change(world.activity.metrics.value) } },
      }
    : world;

/** The series with every point whose turn comes changed by `change`; undefined leaves the point out. */
const changing = (
  turns: readonly boolean[],
  change: (value: number | null) => number | null | undefined,
): ((series: readonly MetricSeries[]) => readonly MetricSeries[]) => {
  let turn = 0;
  return (all) =>
    all.map(({ metric, points }) => ({
      metric,
      points: points.flatMap(({ at, value }) => {
        const changed = turns[turn++ % turns.length] === true ? change(value) : value;
        return changed === undefined ? [] : [{ at, value: changed }];
      }),
    }));
};
const turns = fc.array(fc.boolean(), { minLength: 1, maxLength: 97 });

describe('of every instance', () => {
  it('raising any signal never turns keep into stop or warn', () => {
    fc.assert(
      fc.property(
        instance,
        turns,
        fc.double({ min: 0, max: 60, noNaN: true }),
        fc.constantFrom('metrics', 'jobs', 'kernels', 'ssh', 'processes', 'lastInputAt'),
        (world, chosen, by, signal) => {
          const { activity } = world;
          const busier = (report: SessionReport): SessionReport =>
            signal === 'lastInputAt'
              ? { ...report, lastInputAt: report.at }
              : { ...report, [signal]: 'busy' };
          let raised = world;
          if (signal === 'metrics') {
            raised = withSeries(
              world,
              changing(chosen, (value) => (value !== null && value >= 0 ? value + by : value)),
            );
          } else if (signal === 'jobs') {
            const jobs = activity.jobs.ok ? activity.jobs.value : [];
            raised = { ...world, activity: { ...activity, jobs: { ok: true, value: [...jobs, job()] } } };
          } else {
            const reports = activity.reports.map((report, index) =>
              chosen[index % chosen.length] === true ? busier(report) : report,
            );
            raised = { ...world, activity: { ...activity, reports } };
          }
          // A policy that spares unknown ones and stops active ones asks for just that.
          const rule = world.policy.maxUptime;
          fc.pre(rule === null || rule.evenIfUnknown || !rule.evenIfActive);
          if (judge(world).action === 'keep') expect(judge(raised).action).toBe('keep');
        },
      ),
      runs,
    );
  });

  it('losing points, in whatever way, never makes unknown idle', () => {
    fc.assert(
      fc.property(instance, turns, fc.constantFrom(undefined, null, Number.NaN, -1), (world, chosen, as) => {
        const fewer = withSeries(
          world,
          changing(chosen, () => as),
        );
        const [before, after] = [assessActivity(world.activity), assessActivity(fewer.activity)];
        if (before.activity === 'unknown') expect(after.activity).not.toBe('idle');
        if (after.activity === 'idle' && before.activity === 'idle') {
          expect(after.idleForMs).toBeLessThanOrEqual(before.idleForMs);
        }
      }),
      runs,
    );
  });

  it('losing quiet points never makes an active one idle', () => {
    fc.assert(
      fc.property(instance, turns, (world, chosen) => {
        const fewer = withSeries(
          world,
          changing(chosen, (value) => (value === null || !(value > 0.05) ? undefined : value)),
        );
        if (assessActivity(world.activity).activity === 'active') {
          expect(assessActivity(fewer.activity).activity).toBe('active');
        }
      }),
      runs,
    );
  });

  it('a job that has not ended, or jobs unread, never stops', () => {
    fc.assert(
      fc.property(
        instance,
        fc.constantFrom('Queued', 'Running', 'Paused', 'New'),
        fc.boolean(),
        (world, status, fresh) => {
          const jobs = [job({ status, unchangedSinceAt: fresh ? now : 0 })];
          expect(
            judge({ ...world, activity: { ...world.activity, jobs: { ok: true, value: jobs } } }).action,
          ).toBe('keep');
          const unread = { ok: false, why: '503' } as const;
          expect(judge({ ...world, activity: { ...world.activity, jobs: unread } }).action).toBe('keep');
        },
      ),
      runs,
    );
  });

  it('unknown never stops or warns, except by maximum uptime', () => {
    fc.assert(
      fc.property(instance, (world) => {
        const decision = judge(world);
        const { activity } = assessActivity(world.activity);
        if (activity !== 'idle' && decision.action !== 'keep')
          expect(decision.reason).toMatch(/\.max-uptime$/);
      }),
      runs,
    );
  });

  it('a stop has an open warning of its own rule that has run out, and a whole quiet window if by idleness', () => {
    let stops = 0;
    fc.assert(
      fc.property(instance, (world) => {
        const decision = judge(world);
        if (decision.action !== 'stop') return;
        stops++;
        const rule = decision.reason.replace('stop', 'warn');
        expect(world.rest.openWarnings.some((one) => one.reason === rule && one.stopDueAt <= now)).toBe(true);
        expect(world.policy.mode).toBe('enforce');
        if (decision.reason !== 'stop.idle') return;
        const { startedAt, policy } = world.activity;
        expect(assessActivity(world.activity).idleForMs).toBeGreaterThanOrEqual(policy.idle.afterMs);
        if (startedAt !== null) {
          expect(now - policy.idle.ingestionDelayMs - startedAt).toBeGreaterThanOrEqual(policy.idle.afterMs);
        }
      }),
      runs,
    );
    // Otherwise the worlds are too tame to say anything.
    expect(stops).toBeGreaterThan(0);
  });

  it('the order of series, points, jobs and reports changes nothing', () => {
    fc.assert(
      fc.property(instance, (world) => {
        const turned = withSeries(world, (all) =>
          all.map(({ metric, points }) => ({ metric, points: points.toReversed() })).toReversed(),
        );
        const activity = { ...turned.activity, reports: world.activity.reports.toReversed() };
        expect(judge({ ...turned, activity })).toEqual(judge(world));
      }),
      runs,
    );
  });

  it('the decision has a sentence without a hole in it, and survives JSON', () => {
    fc.assert(
      fc.property(instance, (world) => {
        const decision = judge(world);
        for (const text of [explain(decision), titleOf(decision)]) {
          expect(text.length).toBeGreaterThan(10);
          expect(text).not.toMatch(/undefined|NaN|null|Infinity|\[object/);
        }
        const stored = JSON.parse(JSON.stringify(decision)) as typeof decision;
        expect(stored).toEqual(decision);
        expect(explain(stored)).toBe(explain(decision));
      }),
      runs,
    );
  });
});

it('decide answers for any state string, and acts on two only', () => {
  fc.assert(
    fc.property(fc.string(), (state) => {
      const base = decisionInput({ activity: verdictOf() });
      const decision = decide({ ...base, compute: { ...base.compute, ref, state } });
      const runs = ['running', 'jobrunning'].includes(state.toLowerCase());
      expect(decision.action === 'keep').toBe(!runs);
      expect(explain(decision)).not.toBe('');
    }),
  );
});
