import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../src/core/policy/parse.ts';
import type { ScenarioResult } from '../src/local/simulation/result.ts';
import { runScenario } from '../src/local/simulation/run-scenario.ts';
import { readCorpusFile } from './support/corpus.ts';

/**
 * The promises about idle instances, each under its own name and over the same small world: the simulation checks all
 * of them after every step, and each test adds what would tempt the app to break its one.
 */
const idle = '{ from: -5h, to: 24h, cpu: 0.4, network: 0 }';
const busy = '{ from: -5h, to: 24h, cpu: 60, network: 1 }';

const machine = (name: string, metrics: string, more = ''): string =>
  `  - { name: ${name}, workspace: ws1, kind: ComputeInstance, vmSize: Standard_DS3_v2, state: Running, since: -5h, user: ada, metrics: [ ${metrics} ]${more} }`;

function world(
  machines: readonly string[],
  more: { readonly policy?: string; readonly timeline?: readonly string[]; readonly seed?: number } = {},
): Promise<ScenarioResult> {
  const text = [
    'version: 1',
    'name: a promise',
    'start: 2026-03-02T08:00:00Z',
    'duration: 2h',
    `policy: ${more.policy ?? '{ mode: enforce, limits: { maxStopsPercent: 100 } }'}`,
    'users: [ { name: ada }, { name: root, roles: [Admin] } ]',
    'workspaces:',
    '  - { name: ws1, subscription: sub1, resourceGroup: rg1, location: westeurope }',
    'computes:',
    ...machines,
    ...(more.timeline === undefined ? [] : ['timeline:', ...more.timeline.map((deed) => `  - ${deed}`)]),
    'expect:',
    '  - { armCalls: { operation: list, atLeast: 1 } }',
  ].join('\n');
  return runScenario(readCorpusFile({ path: 'promise.yaml', text }), { seed: more.seed ?? 1 });
}

const stopped = (result: ScenarioResult): readonly string[] =>
  result.timeline.filter(({ action }) => action === 'stop').map((entry) => entry.compute ?? '');
const reasonsOf = (result: ScenarioResult, compute: string): readonly (string | null | undefined)[] =>
  result.timeline.filter((entry) => entry.compute === compute).map((entry) => entry.reason);

describe('Lamplighter', () => {
  it('never stops with a job, or with activity inside the window of the rule that stops', async () => {
    const result = await world([
      machine('ci-job', idle, ', jobs: [ { name: train, from: -1h, to: 24h, status: Running } ]'),
      machine('ci-busy', busy),
      machine('ci-back', '{ from: -5h, to: 20m, cpu: 0.4 }, { from: 20m, to: 24h, cpu: 60 }'),
      machine('ci-idle', idle),
    ]);

    expect(stopped(result)).toEqual(['ci-idle']);
    expect(result.violations).toEqual([]);
  });

  it('never takes unknown for idle', async () => {
    const result = await world([
      machine('ci-dark', '{ from: -5h, to: -4h, cpu: 0.4 }'),
      machine('ci-nan', '{ from: -5h, to: 24h, cpu: nan }'),
    ]);

    expect(stopped(result)).toEqual([]);
    expect(reasonsOf(result, 'ci-dark')).toContain('keep.unknown.metrics');
    expect(reasonsOf(result, 'ci-nan')).toContain('keep.unknown.metrics');
    expect(result.violations).toEqual([]);
  });

  it('looks twice', async () => {
    const back = '{ from: -5h, to: 26m, cpu: 0.4 }, { from: 26m, to: 24h, cpu: 60 }';
    const result = await world([machine('ci-ada', back)]);

    expect(reasonsOf(result, 'ci-ada')).toContain('warn.idle');
    expect(stopped(result)).toEqual([]);
    expect(result.violations).toEqual([]);
  });

  it('stops nothing where a sweep would newly warn more than the blast limit', async () => {
    const fleet = Array.from({ length: 7 }, (_, index) => machine(`ci-n${index}`, idle));
    const result = await world(fleet, { policy: '{ mode: enforce, limits: { maxStops: 6 } }' });

    expect(stopped(result)).toEqual([]);
    expect(reasonsOf(result, 'ci-n0')).toContain('keep.blast-limit');
    expect(result.violations).toEqual([]);
  });

  it.each([2, 3, 4, 5])(
    'comes to the same whatever is doubled, late or out of order (seed %i)',
    async (seed) => {
      const fleet = [machine('ci-a', idle), machine('ci-b', idle), machine('ci-c', busy)];
      const result = await world(fleet, { seed });

      expect(stopped(result).toSorted()).toEqual(['ci-a', 'ci-b']);
      expect(result.calls['stop']).toBe(2);
      expect(result.violations).toEqual([]);
    },
  );

  it.each(['0m', '1m', '29m', '30m', '30m30s', '31m', '33m'])(
    'converges after a crash %s into its work',
    async (at) => {
      const fleet = [machine('ci-a', idle), machine('ci-b', busy)];
      const result = await world(fleet, { timeline: [`{ at: ${at}, do: crash }`] });

      expect(stopped(result)).toEqual(['ci-a']);
      expect(result.calls['stop']).toBe(1);
      expect(result.violations).toEqual([]);
    },
  );

  it('writes nothing while it only observes', async () => {
    const result = await world([machine('ci-ada', idle)], { policy: '{ mode: observe }' });

    expect(reasonsOf(result, 'ci-ada')).toContain('keep.mode');
    expect(Object.keys(result.calls).filter((operation) => operation === 'stop')).toEqual([]);
    expect(result.violations).toEqual([]);
  });

  it('shows while it observes what it does once it may', async () => {
    const fleet = [machine('ci-a', idle), machine('ci-b', busy), machine('ci-c', idle)];
    const observed = await world(fleet, { policy: '{ mode: observe }' });
    const enforced = await world(fleet);
    const shown = observed.timeline.filter(({ reason }) => reason === 'keep.mode');

    expect(new Set(shown.map(({ compute }) => compute))).toEqual(new Set(stopped(enforced)));
  });

  it('lets the platform stop nothing inside a snooze, not even inside one that no sweep sees', async () => {
    const idleRule = 'sweep: { every: 30m }, idle: { after: 40m, warn: 10m, maxSnooze: 20m }';
    const result = await world([machine('ci-dark', '{ from: -5h, to: -4h, cpu: 0.4 }')], {
      policy: `{ mode: enforce, ${idleRule}, platform: { idleShutdown: { backstopAfter: 70m } } }`,
      timeline: ['{ at: 61m, do: snooze, compute: ci-dark, for: 20m, by: ada }'],
    });

    expect(result.calls['idleSetting']).toBe(2);
    expect(result.violations).toEqual([]);
  });

  it('records every decision with its reason before it acts', async () => {
    const result = await world([machine('ci-ada', idle)]);
    const at = result.timeline.findIndex(({ action }) => action === 'stop');

    expect(result.timeline[at]).toMatchObject({ compute: 'ci-ada', reason: 'stop.idle' });
    expect(result.timeline[at]?.sentence).toMatch(/no job and no CPU/i);
    expect(result.violations).toEqual([]);
  });

  it('refuses a policy that cannot work, in words', () => {
    const parsed = parsePolicy('version: 1\nidle: { after: 9m, ingestionDelay: 5m }\nsweep: { every: 5m }\n');

    expect(parsed).toMatchObject({ ok: false, faults: [{ line: 2, key: 'idle.after' }] });
  });
});
