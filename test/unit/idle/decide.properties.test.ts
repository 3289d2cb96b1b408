import * as fc from 'fast-check';
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
    expect(() =>
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
            return judge(world).action !== 'keep' || judge(raised).action === 'keep';
          },
        ),
        runs,
      ),
    ).not.toThrow();
  });

  it('losing points, in whatever way, never makes unknown idle', () => {
    expect(() =>
      fc.assert(
        fc.property(
          instance,
          turns,
          fc.constantFrom(undefined, null, Number.NaN, -1),
          (world, chosen, as) => {
            const fewer = withSeries(
              world,
              changing(chosen, () => as),
            );
            const [before, after] = [assessActivity(world.activity), assessActivity(fewer.activity)];
            if (after.activity !== 'idle') return true;
            return (
              before.activity !== 'unknown' &&
              (before.activity === 'active' || after.idleForMs <= before.idleForMs)
            );
          },
        ),
        runs,
      ),
    ).not.toThrow();
  });

  it('losing quiet points never makes an active one idle', () => {
    expect(() =>
      fc.assert(
        fc.property(instance, turns, (world, chosen) => {
          const fewer = withSeries(
            world,
            changing(chosen, (value) => (value === null || !(value > 0.05) ? undefined : value)),
          );
          const before = assessActivity(world.activity);
          return before.activity !== 'active' || assessActivity(fewer.activity).activity === 'active';
        }),
        runs,
      ),
    ).not.toThrow();
  });

  it('a job that has not ended, or jobs unread, never stops', () => {
    expect(() =>
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
      ),
    ).not.toThrow();
  });

  it('unknown never stops or warns, except by maximum uptime', () => {
    expect(() =>
      fc.assert(
        fc.property(instance, (world) => {
          const decision = judge(world);
          const { activity } = assessActivity(world.activity);
          return activity === 'idle' || decision.action === 'keep' || decision.reason.endsWith('.max-uptime');
        }),
        runs,
      ),
    ).not.toThrow();
  });

  it('a stop has an open warning of its own rule that has run out, and a whole quiet window if by idleness', () => {
    let stops = 0;
    expect(() =>
      fc.assert(
        fc.property(instance, (world) => {
          const decision = judge(world);
          if (decision.action !== 'stop') return true;
          stops++;
          const rule = decision.reason.replace('stop', 'warn');
          const announced = world.rest.openWarnings.some(
            (one) => one.reason === rule && one.stopDueAt <= now,
          );
          const { startedAt } = world.activity;
          const { afterMs, ingestionDelayMs } = world.policy.idle;
          const quiet =
            assessActivity(world.activity).idleForMs >= afterMs &&
            (startedAt === null || now - ingestionDelayMs - startedAt >= afterMs);
          return (
            announced && world.policy.mode === 'enforce' && (quiet || decision.reason === 'stop.max-uptime')
          );
        }),
        runs,
      ),
    ).not.toThrow();
    // Otherwise the worlds are too tame to say anything.
    expect(stops).toBeGreaterThan(0);
  });

  it('the order of series, points, jobs and reports changes nothing', () => {
    expect(() =>
      fc.assert(
        fc.property(instance, (world) => {
          const turned = withSeries(world, (all) =>
            all.map(({ metric, points }) => ({ metric, points: points.toReversed() })).toReversed(),
          );
          const activity = { ...turned.activity, reports: world.activity.reports.toReversed() };
          expect(judge({ ...turned, activity })).toEqual(judge(world));
        }),
        runs,
      ),
    ).not.toThrow();
  });

  it('the decision has a sentence without a hole in it, and survives JSON', () => {
    expect(() =>
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
      ),
    ).not.toThrow();
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
