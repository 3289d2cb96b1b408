import { afterEach, describe, expect, it } from 'vitest';
import type { SessionReport } from '../../src/core/activity/types.ts';
import { storeReport } from '../../src/ledger/reports.ts';
import { readLastFinishedSummary } from '../../src/ledger/sweeps.ts';
import { groupIdOf, objectIdOf } from '../../src/local/azure/index.ts';
import {
  at,
  busyBetween,
  enforce,
  type FleetWorld,
  fleetWorld,
  hour,
  idle,
  minute,
  refOf,
  startAt,
} from '../support/fleet-world.ts';

let world: FleetWorld;
afterEach(() => world.close());

describe('where the list of computes says nothing of their state', () => {
  const habits = { azure: { habits: { thinRows: true } } } as const;

  it('decides the same, and asks singly only for what is not in use', async () => {
    const fleet = [
      idle('ci-ada'),
      busyBetween('ci-bob', startAt - 3 * hour, at(50)),
      busyBetween('ci-eve', startAt - 3 * hour, at(50)),
    ];
    world = await fleetWorld(fleet, habits);
    await world.runTo(at(0, 1));
    // At first sight all of them are unknown.
    const first = world.azure.calls.get('get') ?? 0;
    expect(first).toBeLessThanOrEqual(5);
    await world.runTo(at(0, 29));
    expect(await world.decisionOf('ci-bob')).toMatchObject({
      reason: 'keep.active.cpu',
      vmSize: expect.any(String),
    });
    // Five sweeps, one instance that is due.
    expect((world.azure.calls.get('get') ?? 0) - first).toBeLessThanOrEqual(6);
    await world.runTo(at(0, 40));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 30)]);
    const before = world.azure.calls.get('get') ?? 0;
    await world.runTo(at(1, 40));
    // Stopped by now: a look every quarter of an hour is enough.
    expect((world.azure.calls.get('get') ?? 0) - before).toBeLessThanOrEqual(5);
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.not-running');
  });

  it('notices that a stopped instance runs again', async () => {
    world = await fleetWorld([idle('ci-ada')], habits);
    await world.runTo(at(1));
    world.azure.act({ do: 'start', compute: 'ci-ada', by: 'ada' });
    await world.runTo(at(2, 50));
    expect(world.stopsOf('ci-ada')).toHaveLength(2);
  });
});

const report = (minuteAt: number, more: Partial<SessionReport>): SessionReport => ({
  at: minuteAt,
  kernels: 'idle',
  terminals: 'idle',
  ssh: 'idle',
  vscode: 'idle',
  processes: 'idle',
  gpu: 'idle',
  containers: 'idle',
  lastInputAt: null,
  diskFreeMegabytes: 50_000,
  ...more,
});

describe('session reports', () => {
  it('keep an instance whose metrics show nothing', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    for (let minuteAt = startAt - hour; minuteAt < at(2); minuteAt += minute) {
      await storeReport(world.ledger, refOf('ci-ada'), report(minuteAt, { kernels: 'busy' }));
    }
    await world.runTo(at(1));
    expect(await world.historyOf('ci-ada')).toEqual(['keep.active.session']);
  });

  it('that cover the window are enough where there are no metrics', async () => {
    world = await fleetWorld([idle('ci-ada', { metrics: [] })]);
    for (let minuteAt = startAt - 2 * hour; minuteAt < at(2); minuteAt += minute) {
      await storeReport(world.ledger, refOf('ci-ada'), report(minuteAt, {}));
    }
    await world.runTo(at(0, 31));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 30)]);
  });
});

describe('a job', () => {
  it('keeps an instance while it has not ended, and its end starts the idle clock', async () => {
    const job = { name: 'train', fromAt: startAt - hour, toAt: at(1), status: 'Running' };
    world = await fleetWorld([idle('ci-ada', { jobs: [job] })]);
    await world.runTo(at(0, 59));
    expect(await world.historyOf('ci-ada')).toEqual(['keep.active.job']);
    await world.runTo(at(1, 59));
    expect(world.told('warning')).toEqual([]);
    await world.runTo(at(2, 11));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('warn.idle');
  });

  it('about which nothing has changed for three days no longer counts as use, and stops nothing', async () => {
    const job = { name: 'hung', fromAt: startAt - hour, toAt: at(200), status: 'Running' };
    world = await fleetWorld([idle('ci-ada', { jobs: [job] })], {
      policy: enforce('sweep: { every: 6h }\nidle: { after: 8h }'),
    });
    await world.runTo(at(71));
    expect(await world.historyOf('ci-ada')).toEqual(['keep.active.job']);
    await world.runTo(at(80));
    const decision = await world.decisionOf('ci-ada');
    expect(decision?.reason).toMatch(/^keep\.unknown\./);
    expect(decision?.evidence?.stalledJobs).toEqual(['hung']);
    expect(world.azure.writes).toEqual([]);
  });
});

describe('a job that is older than the watch', () => {
  const hung = { name: 'hung', fromAt: startAt - 100 * hour, toAt: at(50), status: 'Running' };
  const since = { sinceAt: startAt - 120 * hour, jobs: [hung] };
  const steady = { fromAt: startAt - 120 * hour, toAt: at(50), cpu: 0.4 };

  it('counts as stalled at first sight when its load has not moved for three days', async () => {
    world = await fleetWorld([idle('ci-ada', { ...since, metrics: [steady] })]);
    await world.runTo(at(0, 6));
    expect((await world.decisionOf('ci-ada'))?.reason).toMatch(/^keep\.unknown\./);
    expect(world.azure.calls.get('metrics')).toBeLessThanOrEqual(6);
  });

  it('is use when its load moved since', async () => {
    const moved = { fromAt: startAt - 40 * hour, toAt: startAt - 30 * hour, cpu: 90 };
    world = await fleetWorld([idle('ci-ada', { ...since, metrics: [steady, moved] })]);
    await world.runTo(at(0, 6));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.active.job');
  });
});

describe('the policy of one compute', () => {
  it('follows its owner’s name, which Azure does not give', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: enforce('protected: [{ user: ada }]') });
    await world.runTo(at(0, 10));
    expect(await world.historyOf('ci-ada')).toEqual(['keep.protected']);
  });

  it('follows the teams of its owner', async () => {
    const policy = enforce(
      `teams: { vision: { group: ${groupIdOf('vision')} } }\nexempt: [{ match: { team: vision }, until: 2026-03-02T08:20:00Z }]`,
    );
    world = await fleetWorld([idle('ci-ada'), idle('ci-bob', { user: 'bob' })], {
      policy,
      users: [{ name: 'ada', teams: ['vision'] }, { name: 'bob' }],
    });
    await world.runTo(at(0, 16));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.exempt');
    expect((await world.decisionOf('ci-bob'))?.reason).toBe('warn.idle');
    await world.runTo(at(0, 21));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('warn.idle');
    expect((await world.decisionOf('ci-ada'))?.owner?.objectId).toBe(objectIdOf('ada'));
  });
});

describe('a sweep that Azure throttles', () => {
  it('for some seconds waits for it', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    world.azure.throttle({ of: 'arm', retryAfterSeconds: 20, fromAt: startAt, toAt: startAt + 15_000 });
    await world.runTo(at(0, 1));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('warn.idle');
    expect(await readLastFinishedSummary(world.ledger)).toMatchObject({ faults: [], running: 1 });
  });
});

describe('calls', () => {
  it('grow with workspaces, not with instances', async () => {
    const workspaces = ['ws1', 'ws2', 'ws3'];
    const fleet = workspaces.flatMap((workspace, index) =>
      ['a', 'b', 'c', 'd'].map((letter) => ({
        ...busyBetween(`ci-${letter}${'xyz'[index] ?? ''}`, startAt - 3 * hour, at(9)),
        workspace,
      })),
    );
    world = await fleetWorld(fleet, { workspaces });
    await world.runTo(at(0, 1));
    const { calls } = world.azure;
    expect([calls.get('list'), calls.get('jobs'), calls.get('get')]).toEqual([3, 3, undefined]);
    // One call for each of two metric groups: processor and network together, GPU.
    expect(calls.get('metrics')).toBeLessThanOrEqual(2);
  });
});
