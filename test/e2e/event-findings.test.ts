import { afterEach, describe, expect, it } from 'vitest';
import { listFindings } from '../../src/fleet/findings/list-findings.ts';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
import { type EventWorld, eventWorld } from '../support/event-world.ts';
import { at, enforce, idle, minute, startAt } from '../support/fleet-world.ts';

let world: EventWorld;
afterEach(async () => {
  await world.close();
});

/** Sweeps are rare here: what is seen in between is seen by events. */
const rarely = (more: string): string => enforce(`sweep: { every: 6h }\nidle: { after: 7h }\n${more}`);
const rules = rarely(
  'network: { ssh: deny }\nsizes: { deny: [Standard_DS4*] }\nquotas: [{ per: user, instances: 1 }]\n',
);
const open = async () =>
  (await listFindings(world.flow))
    .filter(({ code, fixedAt }) => fixedAt === null && code !== 'platform.idle-shutdown')
    .map(({ code, about }) => `${about.kind === 'compute' ? about.ref.compute : about.group.name} ${code}`)
    .toSorted((one, other) => (one < other ? -1 : 1));
const large = idle('ci-ada2', { vmSize: 'Standard_DS4_v2', ssh: true });
const pool: ComputeSpec = {
  name: 'pool',
  workspace: 'ws1',
  kind: 'AmlCompute',
  vmSize: 'Standard_DS3_v2',
  cluster: {
    minNodes: 2,
    maxNodes: 4,
    scaleDownAfterMs: 2 * 60 * minute,
    nodes: [{ fromAt: startAt, toAt: at(99), idle: 2, running: 0 }],
  },
};

describe('an event about one compute', () => {
  it('has every rule held against it within a minute, those of its groups too, and tells it once', async () => {
    world = await eventWorld([idle('ci-ada')], { policy: rules });
    await world.runWithEvents(at(0, 2));
    expect(await open()).toEqual([]);
    world.azure.act({ do: 'create', compute: large, by: 'ada' });
    const arrivesAt = world.delivery.nextAt() ?? 0;
    await world.runWithEvents(arrivesAt + minute);
    expect(await open()).toEqual(['ada quota.user', 'ci-ada2 network.ssh', 'ci-ada2 size.denied']);
    await world.runWithEvents(at(7));
    expect(await open()).toEqual(['ada quota.user', 'ci-ada2 network.ssh', 'ci-ada2 size.denied']);
    expect(world.told('finding').map(({ sentence }) => sentence.split('\n').length)).toEqual([2, 1]);
  });

  it('ends what is no longer so as soon as it is deleted', async () => {
    world = await eventWorld([idle('ci-ada'), large], { policy: rules });
    await world.runWithEvents(at(0, 2));
    expect(await open()).toHaveLength(3);
    world.azure.act({ do: 'delete', compute: 'ci-ada2', by: 'ada' });
    await world.runWithEvents(at(0, 6));
    expect(await open()).toEqual([]);
  });

  it('says also what a cluster breaks, and repairs nothing before a sweep has looked twice', async () => {
    world = await eventWorld([], { policy: rarely('clusters: { remedy: repair }\n') });
    await world.runWithEvents(at(0, 2));
    world.azure.act({ do: 'create', compute: pool, by: 'ada' });
    await world.runWithEvents(at(0, 4));
    expect(await open()).toEqual(['pool cluster.min-nodes', 'pool cluster.scale-down']);
    await world.runWithEvents(at(2));
    expect(world.azure.writes.filter((write) => write.byApp)).toEqual([]);
    await world.runWithEvents(at(6, 5));
    expect(world.azure.writes.filter((write) => write.byApp).map(({ operation }) => operation)).toContain(
      'patch',
    );
    expect(world.told('finding').filter(({ title }) => !title.includes('fixed'))).toHaveLength(1);
  });

  it('is looked at also while metrics cannot be read', async () => {
    world = await eventWorld([], { policy: rules });
    await world.runWithEvents(at(0, 2));
    world.azure.outage({ of: 'metrics', fromAt: at(0, 2), toAt: at(1) });
    world.azure.act({ do: 'create', compute: large, by: 'ada' });
    await world.runWithEvents(at(0, 4));
    expect(await open()).toEqual(['ci-ada2 network.ssh', 'ci-ada2 size.denied']);
  });
});
