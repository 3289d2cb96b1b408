import { describe, expect, it } from 'vitest';
import { ended, failing } from '../support/provision-outcome.ts';
import { hour, idOf, minute, startAt } from '../support/provision-world.ts';
import {
  adas,
  bigger,
  creations,
  deletions,
  expectAsBefore,
  recreateWorld,
  resize,
  shown,
} from '../support/recreate-world.ts';

const idOfRequest = (reply: { readonly json: Readonly<Record<string, unknown>> }): string =>
  String(reply.json['requestId']);

describe('an instance that is resized', () => {
  it('is deleted and made again under its name, with all that it was, in its new size', async () => {
    const world = await recreateWorld({ checkDeterminism: true });
    const asked = await resize(world);
    expect([asked.status, asked.text]).toEqual([202, expect.stringContaining('OS disk')]);
    const id = idOfRequest(asked);
    expect(asked.headers.get('location')).toBe(`/api/requests/${id}`);
    await world.runFor(20 * minute);
    expect(await ended(world, id)).toBe('completed');
    expectAsBefore(world, bigger);
    expect(shown(world).properties.properties['personalComputeInstanceSettings']).toMatchObject({
      assignedUser: { objectId: idOf('ada') },
    });
    expect([deletions(world), creations(world)]).toEqual([1, 1]);
    const seen = await world.ask('GET', `/api/requests/${id}`, { as: 'ada' });
    expect(seen.json).toMatchObject({
      status: 'completed',
      recreation: { kind: 'resize', oldVmSize: 'Standard_DS3_v2', imageVersion: '25.08.03', differences: [] },
    });
    expect(world.messages.at(-1)).toMatchObject({
      to: { objectId: idOf('ada') },
      title: 'Instance was made anew',
      sentence: expect.stringContaining('packages') as string,
    });
  });

  it('is in the ledger whole before it is deleted', async () => {
    const world = await recreateWorld({
      death: { port: 'provisioning', member: 'delete', moment: 'before' },
    });
    const asked = await resize(world);
    await world.runFor(10_000);
    expect(deletions(world)).toBe(0);
    const { recreation } = await world.requestOf(asked);
    expect(recreation?.deleteAskedAt).not.toBeNull();
    expect(recreation?.snapshot).toMatchObject({
      vmSize: 'Standard_DS3_v2',
      assignedTo: { objectId: idOf('ada') },
      publicIp: false,
      idleShutdownMinutes: 120,
      tags: { project: 'vision' },
    });
  });

  it('comes back in its old size when the new one cannot be made', async () => {
    const world = await recreateWorld();
    failing(world, ['NoCapacity']);
    const id = idOfRequest(await resize(world));
    await world.runFor(hour);
    expect(await ended(world, id)).toBe('failed');
    expectAsBefore(world, 'Standard_DS3_v2');
    expect(await world.requestOf(id)).toMatchObject({
      reason: 'fail.capacity',
      sentence: expect.stringContaining('made again as Standard_DS3_v2') as string,
    });
  });

  it('becomes a visible matter for a person, with its settings, when it cannot be made in its old size either', async () => {
    const world = await recreateWorld();
    failing(
      world,
      Array.from({ length: 20 }, () => 'QuotaExceeded'),
    );
    const id = idOfRequest(await resize(world));
    await world.runFor(5 * hour);
    expect(await ended(world, id)).toBe('needs-person');
    const listed = await world.ask('GET', '/api/requests?status=needs-person', { as: 'root' });
    expect(listed.json['requests']).toMatchObject([
      { requestId: id, recreation: { settings: { vmSize: 'Standard_DS3_v2', tags: { project: 'vision' } } } },
    ]);
    expect(world.messages.map(({ kind }) => kind)).toContain('alert');
    expect(world.messages.filter(({ to }) => to?.objectId === idOf('ada'))).not.toEqual([]);
  });

  it.each([
    [
      'a job',
      { jobs: [{ name: 'train', status: 'Queued', fromAt: startAt + 5 * minute, toAt: startAt + 9 * hour }] },
    ],
    [
      'work',
      {
        metrics: [
          { fromAt: startAt - 24 * hour, toAt: startAt + 5 * minute, cpu: 0.4, network: 0 },
          { fromAt: startAt + 5 * minute, toAt: startAt + 9 * hour, cpu: 80, network: 0 },
        ],
      },
    ],
  ])('is left alone when %s has begun on it before its turn', async (_, ada) => {
    const world = await recreateWorld({ ada });
    await world.ask('POST', '/api/halt', { as: 'root', body: {} });
    const id = idOfRequest(await resize(world));
    await world.runFor(20 * minute);
    await world.ask('POST', '/api/resume', { as: 'root' });
    await world.runFor(10 * minute);
    expect(await ended(world, id)).toBe('failed');
    expect(await world.requestOf(id)).toMatchObject({ reason: 'fail.in-use' });
    expect(deletions(world)).toBe(0);
  });

  it('waits while work is halted, and can be cancelled until it has been deleted', async () => {
    const world = await recreateWorld();
    await world.ask('POST', '/api/halt', { as: 'root', body: {} });
    const first = idOfRequest(await resize(world));
    await world.runFor(3 * hour);
    expect((await world.ask('POST', `/api/requests/${first}/cancel`, { as: 'ada' })).status).toBe(200);
    await world.runFor(5 * minute);
    expect(await ended(world, first)).toBe('cancelled');
    await world.ask('POST', '/api/resume', { as: 'root' });
    const second = idOfRequest(await resize(world));
    await world.runFor(minute);
    const late = await world.ask('POST', `/api/requests/${second}/cancel`, { as: 'ada' });
    expect([late.status, late.json['code']]).toEqual([409, 'request.conflict']);
    await world.runFor(20 * minute);
    expect(await ended(world, second)).toBe('completed');
  });

  it('is never mistaken for another that bears its name', async () => {
    const world = await recreateWorld();
    await world.ask('POST', '/api/halt', { as: 'root', body: {} });
    const id = idOfRequest(await resize(world));
    await world.runFor(minute);
    world.azure.act({ do: 'delete', compute: 'ci-ada' } as never);
    await world.runFor(3 * minute);
    expect(world.azure.exists('ci-ada')).toBe(false);
    world.azure.act({ do: 'create', compute: adas({ createdAt: world.clock.now() }) } as never);
    await world.ask('POST', '/api/resume', { as: 'root' });
    await world.runFor(10 * minute);
    expect(await ended(world, id)).toBe('failed');
    expect(await world.requestOf(id)).toMatchObject({ reason: 'fail.changed' });
    expect(world.azure.writes.filter(({ byApp }) => byApp)).toEqual([]);
  });

  it('steps that run twice change nothing', async () => {
    const world = await recreateWorld({ choices: { deliverTwice: () => true } });
    const id = idOfRequest(await resize(world));
    await world.runFor(hour);
    expect(await ended(world, id)).toBe('completed');
    expectAsBefore(world, bigger);
    expect(creations(world)).toBe(1);
    expect(world.azure.writes.filter(({ overwrote }) => overwrote)).toEqual([]);
  });
});
