import { describe, expect, it } from 'vitest';
import { computeKey, parseComputeName, parseObjectId, workspaceKey } from '../../../src/core/ids.ts';
import { groupIdOf, objectIdOf, type WorldSpec } from '../../../src/local/azure/index.ts';
import type { AzureResult } from '../../../src/ports/azure.ts';
import {
  type SimulatedAdapters,
  simulatedAdapters,
  simulatedSubscription as subscription,
  simulatedWorkspace,
} from '../../support/simulated-adapters.ts';

const startAt = Date.parse('2026-11-20T12:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const ws = simulatedWorkspace('ws-one');
const ref = (name: string) => ({ ...ws, compute: parseComputeName(name) });

const world = (more: Partial<WorldSpec> = {}): WorldSpec => ({
  startAt,
  users: [
    { name: 'ada', displayName: 'Ada', teams: ['vision'], manager: 'eve' },
    { name: 'ben', teams: ['vision', 'text'], enabled: false },
    { name: 'eve' },
  ],
  workspaces: [
    {
      name: 'ws-one',
      subscription: 'main',
      resourceGroup: 'rg',
      location: 'westeurope',
      tags: { team: 'vision' },
    },
    { name: 'ws-two', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' },
    { name: 'ws-far', subscription: 'main', resourceGroup: 'rg', location: 'northeurope', kind: 'Hub' },
  ],
  computes: [
    {
      name: 'ci-ada',
      workspace: 'ws-one',
      kind: 'ComputeInstance',
      vmSize: 'Standard_NC24s_v3',
      user: 'ada',
      createdBy: 'eve',
      tags: { purpose: 'study' },
      ssh: true,
      metrics: [
        { fromAt: startAt - 6 * hour, toAt: startAt + hour, cpu: 2, gpu: [0, 0, 90, 0], network: 0.2 },
      ],
      jobs: [
        { name: 'train', fromAt: startAt - hour, status: 'Queued' },
        { name: 'old', fromAt: startAt - 5 * hour, toAt: startAt - 4 * hour, status: 'Running' },
      ],
    },
    {
      name: 'ci-ben',
      workspace: 'ws-one',
      kind: 'ComputeInstance',
      vmSize: 'Standard_DS3_v2',
      user: 'ben',
      state: 'Stopped',
    },
    {
      name: 'ci-odd',
      workspace: 'ws-one',
      kind: 'ComputeInstance',
      vmSize: 'Standard_DS3_v2',
      state: 'Hibernating',
    },
    {
      name: 'cluster',
      workspace: 'ws-one',
      kind: 'AmlCompute',
      vmSize: 'Standard_DS3_v2',
      cluster: { minNodes: 0, maxNodes: 2, scaleDownAfterMs: minute },
    },
  ],
  ...more,
});

function value<T>(result: AzureResult<T> | undefined): T {
  if (result?.ok !== true) throw new Error(`Expected a value, got ${JSON.stringify(result)}.`);
  return result.value;
}

const lastHour = (more: object = {}) => ({
  workspaces: [ws],
  fromAt: startAt - hour,
  toAt: startAt,
  computesAtMost: 10,
  ...more,
});
const seriesOf = async (adapters: SimulatedAdapters, name: string) => {
  const all = await adapters.metrics.query('westeurope', subscription, lastHour());
  return value(all.get(workspaceKey(ws))).get(computeKey(ref(name)));
};

const id = (name: string) => parseObjectId(objectIdOf(name));

const failing = (
  stop: 'DiskFull' | 'Conflict' | 'Throttled' | 'ServerError' | 'TimeoutBefore' | 'TimeoutAfter',
) => {
  const [ada, ...others] = world().computes;
  if (ada === undefined) throw new Error('There is no first compute.');
  const spec = world({ computes: [{ ...ada, fails: { stop: [stop] } }, ...others] });
  return simulatedAdapters(spec).computes.stop(ref('ci-ada'));
};

describe('the adapters in front of the simulated Azure', () => {
  it('list workspaces of every kind, with region and tags', async () => {
    const { workspaces } = simulatedAdapters(world(), { habits: { pageSize: 1 } });
    const list = value(await workspaces.list(subscription));
    expect(list.map(({ workspace, location }) => [workspace, location])).toEqual([
      ['ws-one', 'westeurope'],
      ['ws-two', 'westeurope'],
      ['ws-far', 'northeurope'],
    ]);
    expect(list[0]).toEqual({ ...ws, location: 'westeurope', tags: { team: 'vision' } });
  });

  it.each([1, 2, 100])('list computes in pages of %i', async (pageSize) => {
    const { computes } = simulatedAdapters(world(), { habits: { pageSize } });
    const list = value(await computes.list(ws));
    expect(list.map(({ ref, kind, state }) => [ref.compute, kind, state])).toEqual([
      ['ci-ada', 'ComputeInstance', 'Running'],
      ['ci-ben', 'ComputeInstance', 'Stopped'],
      ['ci-odd', 'ComputeInstance', 'Hibernating'],
      ['cluster', 'AmlCompute', null],
    ]);
    expect(list[0]).toMatchObject({
      owner: { objectId: objectIdOf('ada') },
      tags: { purpose: 'study' },
      sshEnabled: true,
      location: 'westeurope',
      lastOperation: { name: expect.any(String) as string },
    });
  });

  it('read thin rows as not saying the state', async () => {
    const { computes } = simulatedAdapters(world(), { habits: { thinRows: true } });
    expect(value(await computes.list(ws)).map(({ state }) => state)).toEqual([null, null, null, null]);
    expect(value(await computes.get(ref('ci-ada'))).state).toBe('Running');
  });

  it.each(['always', 'never'] as const)(
    'stop an instance with one call when 202 comes with a status address: %s',
    async (acceptedHeaders) => {
      const { computes, azure, clock } = simulatedAdapters(world(), { habits: { acceptedHeaders } });
      expect(await computes.stop(ref('ci-ada'))).toEqual({ ok: true, value: 'accepted' });
      expect(value(await computes.get(ref('ci-ada'))).state).toBe('Stopping');
      clock.advanceTo(startAt + hour);
      expect(value(await computes.get(ref('ci-ada')))).toMatchObject({
        state: 'Stopped',
        lastOperation: { name: 'Stop' },
      });
      expect(azure.calls.get('stop')).toBe(1);
      expect(azure.calls.get('poll') ?? 0).toBe(0);
      expect(azure.writes.map(({ operation, compute, byApp }) => [operation, compute, byApp])).toEqual([
        ['stop', 'ci-ada', true],
      ]);
      expect(await computes.start(ref('ci-ada'))).toEqual({ ok: true, value: 'accepted' });
    },
  );

  it('say what became of a stop that Azure did not take', async () => {
    expect(await failing('DiskFull')).toMatchObject({
      kind: 'failed',
      status: 400,
      message: expect.stringMatching(/disk|space/i) as string,
    });
    expect(await failing('Conflict')).toMatchObject({ kind: 'conflict' });
    expect(await failing('Throttled')).toMatchObject({
      kind: 'throttled',
      retryAt: expect.any(Number) as number,
    });
    expect(await failing('ServerError')).toMatchObject({ kind: 'failed', status: 500 });
    expect(await failing('TimeoutBefore')).toMatchObject({ kind: 'unanswered' });
    expect(await failing('TimeoutAfter')).toMatchObject({ kind: 'unanswered' });
  });

  it('say that a compute is missing', async () => {
    const { computes } = simulatedAdapters(world());
    expect(await computes.get(ref('ci-nobody'))).toMatchObject({ ok: false, kind: 'missing' });
    expect(await computes.stop(ref('ci-nobody'))).toMatchObject({ ok: false, kind: 'missing' });
  });

  it('list jobs that have not ended, with the compute they are on', async () => {
    const { jobs } = simulatedAdapters(world());
    const [job, ...others] = value(await jobs.listUnfinished(ws));
    expect(others).toEqual([]);
    expect(job).toMatchObject({
      name: 'train',
      status: 'Queued',
      createdAt: startAt - hour,
      changedAt: startAt - hour,
    });
    expect(job?.computeId?.toLowerCase()).toBe(computeKey(ref('ci-ada')));
  });

  it('read minute averages per compute, and every GPU by itself', async () => {
    const series = (await seriesOf(simulatedAdapters(world()), 'ci-ada')) ?? [];
    const busiest = (metric: string): unknown =>
      series
        .filter((one) => one.metric === metric)
        .map(({ points }) =>
          Math.max(...points.map(({ value }) => value ?? Number.NaN).filter((one) => !Number.isNaN(one))),
        );
    expect(busiest('gpuPercent')).toEqual([0, 0, 90, 0]);
    expect(busiest('cpuPercent')).toEqual([2]);
    expect(busiest('cpuMillicores')).toEqual([480]);
    expect(busiest('networkIn')).toEqual([0.2]);
    expect(busiest('networkOut')).toEqual([0]);
    for (const { points } of series)
      expect(points.map(({ at }) => at)).toEqual(
        Array.from({ length: 60 }, (_, index) => startAt - hour + index * minute),
      );
  });

  it('leave a compute without points out, and keep minutes without a usable value as null', async () => {
    const spec = world();
    const [ada, ...others] = spec.computes;
    if (ada === undefined) throw new Error('There is no first compute.');
    const metrics = [
      { fromAt: startAt - hour, toAt: startAt - 50 * minute, cpu: 3 },
      { fromAt: startAt - 50 * minute, toAt: startAt - 40 * minute, cpu: 'nan' as const },
    ];
    const adapters = simulatedAdapters(world({ computes: [{ ...ada, metrics }, ...others] }));
    const cpu = (await seriesOf(adapters, 'ci-ada'))?.find(({ metric }) => metric === 'cpuPercent');
    expect(cpu?.points.filter(({ value }) => value !== null)).toHaveLength(10);
    expect(await seriesOf(adapters, 'ci-ben')).toBeUndefined();
  });

  it('ask once per 50 workspaces and metric group, and find all of 60 instances', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `ws-${index}`);
    const adapters = simulatedAdapters(
      world({
        workspaces: names.map((name) => ({
          name,
          subscription: 'main',
          resourceGroup: 'rg',
          location: 'westeurope',
        })),
        computes: Array.from({ length: 60 }, (_, index) => ({
          name: `ci-${index}`,
          workspace: 'ws-7',
          kind: 'ComputeInstance' as const,
          vmSize: 'Standard_DS3_v2',
          metrics: [{ fromAt: startAt - hour, toAt: startAt, cpu: index }],
        })),
      }),
    );
    const workspaces = names.map(simulatedWorkspace);
    const found = await adapters.metrics.query(
      'westeurope',
      subscription,
      lastHour({ workspaces, computesAtMost: 60 }),
    );
    expect(found.size).toBe(120);
    expect(value(found.get(workspaceKey(simulatedWorkspace('ws-7')))).size).toBe(60);
    expect(value(found.get(workspaceKey(simulatedWorkspace('ws-8')))).size).toBe(0);
    expect(adapters.azure.calls.get('metrics')).toBe(6);
  });

  it('ask again with more room when more computes answer than were expected', async () => {
    const adapters = simulatedAdapters(
      world({
        computes: Array.from({ length: 150 }, (_, index) => ({
          name: `ci-${index}`,
          workspace: 'ws-one',
          kind: 'ComputeInstance' as const,
          vmSize: 'Standard_DS3_v2',
          metrics: [{ fromAt: startAt - hour, toAt: startAt, cpu: index }],
        })),
      }),
    );
    const found = await adapters.metrics.query('westeurope', subscription, lastHour({ computesAtMost: 1 }));
    expect(value(found.get(workspaceKey(ws))).size).toBe(150);
  });

  it('lose only the workspace that Azure refuses, not its batch', async () => {
    const { metrics } = simulatedAdapters(world());
    const [gone, two] = [simulatedWorkspace('ws-gone'), simulatedWorkspace('ws-two')];
    const far = simulatedWorkspace('ws-far');
    const found = await metrics.query(
      'westeurope',
      subscription,
      lastHour({ workspaces: [gone, ws, far, two] }),
    );
    expect(found.get(workspaceKey(gone))).toMatchObject({ ok: false, kind: 'missing' });
    expect(found.get(workspaceKey(far))).toMatchObject({ ok: false, kind: 'failed', status: 400 });
    expect(value(found.get(workspaceKey(ws))).size).toBe(1);
    expect(value(found.get(workspaceKey(two))).size).toBe(0);
  });

  it('say when metrics are out or throttled, for every workspace and with one call per group', async () => {
    const throttled = simulatedAdapters(world());
    throttled.azure.throttle({ of: 'metrics', retryAfterSeconds: 90, fromAt: startAt, toAt: startAt + hour });
    const workspaces = [ws, simulatedWorkspace('ws-two')];
    const found = await throttled.metrics.query('westeurope', subscription, lastHour({ workspaces }));
    for (const one of workspaces) {
      expect(found.get(workspaceKey(one))).toMatchObject({
        ok: false,
        kind: 'throttled',
        retryAt: startAt + 90_000,
      });
    }
    expect(throttled.azure.calls.get('metrics')).toBe(2);
    const out = simulatedAdapters(world());
    out.azure.outage({ of: 'metrics', fromAt: startAt, toAt: startAt + hour });
    expect(
      (await out.metrics.query('westeurope', subscription, lastHour({ workspaces }))).get(workspaceKey(ws))
        ?.ok,
    ).toBe(false);
  });

  it('refuse a batch of two subscriptions, which Azure would answer for one of', async () => {
    const stranger = { ...ws, subscriptionId: '00000000-0000-0000-0000-000000000001' as typeof subscription };
    const { metrics } = simulatedAdapters(world());
    await expect(
      metrics.query('westeurope', subscription, lastHour({ workspaces: [stranger] })),
    ).rejects.toThrow(RangeError);
  });

  it('read sizes with prices once a day', async () => {
    const { sizes, azure, clock } = simulatedAdapters(world());
    const list = value(await sizes.list(subscription, 'westeurope'));
    expect(list.get('standard_nc24s_v3')).toEqual({
      name: 'Standard_NC24s_v3',
      family: 'standardNCSv3Family',
      vCPUs: 24,
      gpus: 4,
      pricePerHourUsd: 12.24,
      supportedComputeTypes: ['AmlCompute', 'ComputeInstance'],
    });
    await sizes.list(subscription, 'westeurope');
    clock.advanceTo(startAt + 24 * hour - 1);
    await sizes.list(subscription, 'westeurope');
    expect(azure.calls.get('sizes')).toBe(1);
    clock.advanceTo(startAt + 24 * hour);
    await sizes.list(subscription, 'westeurope');
    expect(azure.calls.get('sizes')).toBe(2);
  });

  it('know people, their managers and the members of groups', async () => {
    const { directory } = simulatedAdapters(world());
    expect(value(await directory.person(id('ada')))).toEqual({
      objectId: id('ada'),
      name: 'Ada',
      enabled: true,
      managerId: id('eve'),
    });
    expect(value(await directory.person(id('ben')))).toMatchObject({ enabled: false, managerId: null });
    expect(await directory.person(id('nobody'))).toMatchObject({ ok: false, kind: 'missing' });
    expect(value(await directory.members(groupIdOf('vision')))).toEqual([id('ada'), id('ben')]);
    expect(await directory.members(groupIdOf('nothing'))).toMatchObject({ ok: false, kind: 'missing' });
    expect(await directory.members('../users')).toMatchObject({
      ok: false,
      kind: 'failed',
      code: 'name.invalid',
    });
  });
});
