import { afterEach, describe, expect, it } from 'vitest';
import type { FindingRecord } from '../../src/core/findings/types.ts';
import { releaseBatch } from '../../src/fleet/release-batch.ts';
import { listFindings } from '../../src/fleet/findings/list-findings.ts';
import { type ComputeSpec, objectIdOf, type WorldSpec } from '../../src/local/azure/index.ts';
import {
  at,
  enforce,
  fleetWorld,
  type FleetWorld,
  hour,
  idle,
  minute,
  startAt,
} from '../support/fleet-world.ts';

let world: FleetWorld;
afterEach(() => world.close());

const busy = (name: string, more: Partial<ComputeSpec> = {}): ComputeSpec =>
  idle(name, {
    metrics: [{ fromAt: startAt - 3 * hour, toAt: startAt + 100 * hour, cpu: 60, network: 0 }],
    ...more,
  });

const cluster = (
  minNodes: number,
  nodes: NonNullable<ComputeSpec['cluster']>['nodes'],
  scaleDownAfterMs = 20 * minute,
): ComputeSpec => ({
  name: 'pool',
  workspace: 'ws1',
  kind: 'AmlCompute',
  vmSize: 'Standard_DS3_v2',
  cluster: { minNodes, maxNodes: 4, scaleDownAfterMs, ...(nodes === undefined ? {} : { nodes }) },
});

/** Without the audit of the platform's setting, which every instance without one would show. */
const open = async (): Promise<readonly FindingRecord[]> =>
  (await listFindings(world.flow)).filter(
    ({ code, fixedAt }) => code !== 'platform.idle-shutdown' && fixedAt === null,
  );
const codes = async (): Promise<readonly string[]> => (await open()).map(({ code }) => code).toSorted();
const writes = (operation: string) => world.azure.writes.filter((write) => write.operation === operation);

describe('rules about instances', () => {
  it('raise what breaks them, tell it once, and stop nothing', async () => {
    world = await fleetWorld(
      [
        busy('ci-a', {
          ssh: true,
          publicIp: true,
          disk: [{ fromAt: startAt - hour, toAt: at(99), freeMegabytes: 900 }],
        }),
      ],
      {
        policy: enforce(
          'network: { ssh: deny, publicIp: deny, subnet: required }\nsizes: { deny: [Standard_DS*], isolated: require }\n',
        ),
      },
    );
    await world.runTo(at(1));
    expect(await codes()).toEqual([
      'disk.low',
      'network.public-ip',
      'network.ssh',
      'network.subnet',
      'size.denied',
      'size.isolation',
    ]);
    const told = world.told('finding');
    expect(told).toHaveLength(1);
    expect(told[0]?.sentence).toContain('SSH is open on it, and the rules deny SSH here.');
    expect(told[0]?.sentence).toContain('0.9 GB left');
    expect(world.azure.writes.filter((write) => write.byApp)).toEqual([]);
  });

  it('find nothing where they are kept, and change nothing where nothing is known', async () => {
    world = await fleetWorld([busy('ci-a', { ssh: false, publicIp: false, subnet: '/subnets/a' })], {
      policy: enforce('network: { ssh: deny, publicIp: deny, subnet: required }\n'),
    });
    await world.runTo(at(1));
    expect(await open()).toEqual([]);
  });

  it('find instances that were forgotten, and owners who are gone', async () => {
    world = await fleetWorld(
      [
        idle('ci-off', { state: 'Stopped', sinceAt: startAt - 31 * 24 * hour }),
        idle('ci-new', { state: 'Stopped', sinceAt: startAt - 29 * 24 * hour }),
        busy('ci-odd', { user: 'eve' }),
      ],
      { users: [{ name: 'ada' }, { name: 'eve', enabled: false }] },
    );
    await world.runTo(at(0, 1));
    const found = (await open()).map(({ code, about }) => [
      code,
      about.kind === 'compute' && about.ref.compute,
    ]);
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        ['instance.forgotten', 'ci-off'],
        ['owner.gone', 'ci-odd'],
      ]),
    );
  });
});

describe('what an owner leaves who is gone', () => {
  it('is told to the admins and the manager, the warning of its stop too, and never to the owner', async () => {
    world = await fleetWorld([idle('ci-odd', { user: 'eve' })], {
      policy: enforce('owners: { gone: stop }\n'),
      users: [{ name: 'ada' }, { name: 'mia' }, { name: 'eve', enabled: false, manager: 'mia' }],
    });
    await world.runTo(at(0, 40));
    const readers = (kind: 'warning' | 'stopped') =>
      world.told(kind).map(({ to }) => to?.objectId ?? 'admins');
    expect(readers('warning')).toEqual(['admins', objectIdOf('mia')]);
    expect(readers('stopped')).toEqual(['admins', objectIdOf('mia')]);
    const gone = world.told('finding').filter(({ sentence }) => sentence.includes('eve is gone'));
    expect(gone.map(({ to }) => to?.objectId ?? 'admins')).toEqual(['admins', objectIdOf('mia')]);
  });

  it('runs on where the directory does not say, or says that they are back', async () => {
    world = await fleetWorld([idle('ci-odd', { user: 'eve' })], {
      policy: enforce('idle: { enabled: false }\nowners: { gone: stop }\n'),
      users: [{ name: 'ada' }, { name: 'eve' }],
    });
    await world.runTo(at(1));
    expect(writes('stop')).toEqual([]);
    expect(world.told('warning')).toEqual([]);
  });
});

describe('clusters', () => {
  const repair = enforce('clusters: { remedy: repair }\n');

  it('that keep idle nodes are repaired after their notice and a second look', async () => {
    world = await fleetWorld([cluster(2, undefined, 2 * hour)], { policy: repair });
    await world.runTo(at(0, 29));
    expect(await codes()).toEqual(['cluster.min-nodes', 'cluster.scale-down']);
    expect(writes('patch')).toEqual([]);
    await world.runTo(at(0, 40));
    expect(writes('patch').map((write) => write.at - startAt)).toEqual([30 * minute, 30 * minute]);
    await world.runTo(at(1));
    expect(await open()).toEqual([]);
    expect(world.told('finding').map(({ sentence }) => sentence.includes('is fixed'))).toEqual([false, true]);
  });

  it.each([
    ['only reported where the policy says so', enforce()],
    ['not touched in mode warn', repair.replace('mode: enforce', 'mode: warn')],
    ['not touched where they are protected', `${repair}protected: [ { compute: pool } ]\n`],
    [
      'not touched where they are exempt',
      `${repair}exempt: [ { match: { compute: pool }, until: 2026-04-01 } ]\n`,
    ],
  ])('are %s', async (_, policy) => {
    world = await fleetWorld([cluster(2, undefined)], { policy });
    await world.runTo(at(2));
    expect(await codes()).toEqual(['cluster.min-nodes']);
    expect(world.azure.writes.filter((write) => write.byApp)).toEqual([]);
  });

  it('are not touched while a node runs, and not before it was quiet for the time of the notice', async () => {
    const nodes = [
      { fromAt: startAt - hour, toAt: at(0, 10), idle: 2, running: 0 },
      { fromAt: at(0, 10), toAt: at(1, 2), idle: 1, running: 1 },
      { fromAt: at(1, 2), toAt: at(50), idle: 2, running: 0 },
    ];
    world = await fleetWorld([cluster(2, nodes)], { policy: repair });
    await world.runTo(at(1, 34));
    expect(writes('patch')).toEqual([]);
    await world.runTo(at(2));
    expect(writes('patch').map((write) => write.at - startAt)).toEqual([95 * minute]);
  });

  it('are not touched after a halt', async () => {
    world = await fleetWorld([cluster(2, undefined)], { policy: repair });
    await world.runTo(at(0, 20));
    await world.ledger.write('flags', 'flags', {
      kind: 'put',
      row: 'halt',
      value: { halted: true, at: at(0, 20), by: 'root', why: null },
    });
    await world.runTo(at(2));
    expect(writes('patch')).toEqual([]);
  });
});

describe('quotas', () => {
  it('that are exceeded from outside are one finding per group, told once, and fixed when room is made', async () => {
    world = await fleetWorld(
      [
        busy('ci-a'),
        idle('ci-b', { state: 'Stopped', sinceAt: startAt - hour }),
        busy('ci-c', { user: 'bob' }),
      ],
      { policy: enforce('quotas: [ { per: user, cores: 4, instances: 1 }, { per: all, cores: 12 } ]\n') },
    );
    await world.runTo(at(1));
    const found = (await open()).filter(({ code }) => code.startsWith('quota'));
    expect(found).toMatchObject([{ code: 'quota.user', tellings: 1, about: { group: { per: 'user' } } }]);
    expect(found[0]?.sentence).toMatch(/2 instances.*limit is 1.*8 cores.*limit is 4/s);
    expect(world.azure.writes.filter((write) => write.byApp)).toEqual([]);
  });

  it('count money by list price and running hours, from the last operation on', async () => {
    world = await fleetWorld([busy('ci-a')], {
      policy: enforce('quotas: [ { per: user, moneyPerMonth: 1.1, onExceeded: report } ]\n'),
    });
    // Four vCPUs cost 0.229 USD an hour or so; three hours have gone before.
    await world.runTo(at(0, 1));
    expect((await codes()).filter((code) => code === 'budget.exceeded')).toEqual([]);
    await world.runTo(at(4));
    expect((await codes()).filter((code) => code === 'budget.exceeded')).toEqual(['budget.exceeded']);
  });
});

describe('the platform’s idle shutdown', () => {
  const spec: WorldSpec['computes'] = [busy('ci-a', { ssh: false, properties: {} })];

  it('is audited', async () => {
    world = await fleetWorld(spec);
    await world.runTo(at(0, 10));
    expect((await listFindings(world.flow)).map(({ code }) => code)).toContain('platform.idle-shutdown');
    expect(writes('idleSetting')).toEqual([]);
  });

  it('is set once as a backstop, in enforce only', async () => {
    const policy = enforce('platform: { idleShutdown: { backstopAfter: 30h } }\n');
    world = await fleetWorld(
      [
        ...spec,
        busy('ci-ssh', { ssh: true, properties: {} }),
        busy('ci-own', { properties: { properties: { idleTimeBeforeShutdown: 'PT60M' } } }),
      ],
      { policy: policy.replace('mode: enforce', 'mode: warn') },
    );
    await world.runTo(at(0, 20));
    expect(writes('idleSetting')).toEqual([]);
    world.policy = policy;
    await world.runTo(at(2));
    expect(writes('idleSetting').map((write) => write.compute)).toEqual(['ci-a']);
  });
});

const pools = (count: number): readonly ComputeSpec[] =>
  Array.from({ length: count }, (_, index) => ({
    ...cluster(2, [{ fromAt: startAt - hour, toAt: at(99), idle: 2, running: 0 }]),
    name: `pool${index}`,
    workspace: index % 2 === 0 ? 'ws1' : 'ws2',
  }));

const beginPools = async (count: number): Promise<void> => {
  world = await fleetWorld(pools(count), {
    policy: enforce('clusters: { remedy: repair }\n'),
    workspaces: ['ws1', 'ws2'],
  });
  await world.runTo(at(1));
};

describe('repairs of so many clusters at once that it must be a fault', () => {
  it('are held, with one alert, until an admin releases them', async () => {
    await beginPools(6);
    expect(writes('patch')).toEqual([]);
    expect(world.told('alert').map(({ title }) => title)).toEqual([
      '6 detaches or repairs held by the blast limit',
    ]);
    await releaseBatch(world.flow, null, 'root');
    await world.runTo(at(1, 10));
    expect(writes('patch')).toHaveLength(6);
  });

  it('are made where they are as many as the limit allows', async () => {
    await beginPools(5);
    expect(writes('patch')).toHaveLength(5);
  });
});
