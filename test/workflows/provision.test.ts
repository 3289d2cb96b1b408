import { describe, expect, it } from 'vitest';
import { ended, expectWholeOrNothing, failing } from '../support/provision-outcome.ts';
import { hour, minute, provisionWorld, startAt } from '../support/provision-world.ts';

describe('a creation that fails', () => {
  it.each([
    ['Conflict', 'completed', 1],
    ['Throttled', 'completed', 1],
    ['ServerError', 'completed', 1],
    ['TimeoutBefore', 'completed', 1],
    ['TimeoutAfter', 'completed', 1],
    ['QuotaExceeded', 'completed', 2],
    ['NoCapacity', 'completed', 2],
  ])('once with %s ends %s', async (failure, status, tries) => {
    const world = await provisionWorld({ checkDeterminism: failure === 'TimeoutAfter' });
    failing(world, [failure]);
    const asked = await world.request('ada', { name: 'ci-ada' });
    const id = String(asked.json['requestId']);
    await world.runFor(hour);
    expect(await expectWholeOrNothing(world, id)).toBe(status);
    expect((await world.requestOf(id)).tries).toBe(tries);
  });

  it.each([
    ['QuotaExceeded', 'fail.azure-quota'],
    ['NoCapacity', 'fail.capacity'],
  ])('with %s each time is given up after three tries within an hour', async (failure, reason) => {
    const world = await provisionWorld();
    failing(
      world,
      Array.from({ length: 9 }, () => failure),
    );
    const asked = await world.request('ada', { name: 'ci-ada' });
    const id = String(asked.json['requestId']);
    await world.runFor(3 * hour);
    expect(await expectWholeOrNothing(world, id)).toBe('failed');
    const request = await world.requestOf(id);
    expect(request).toMatchObject({ reason, tries: 3 });
    expect(request.endedAt).toBeLessThan(startAt + hour);
    expect(world.azure.callCount('create')).toBe(3);
    expect(world.messages.at(-1)?.sentence).toContain('was not made');
  });

  it('in the setup script is told apart, and what was made is deleted', async () => {
    const world = await provisionWorld();
    const asked = await world.request('ada', { name: 'ci-ada' });
    const id = String(asked.json['requestId']);
    await world.runFor(2 * minute);
    world.azure.act({ do: 'force', compute: 'ci-ada', state: 'SetupFailed' });
    await world.runFor(hour);
    expect(await expectWholeOrNothing(world, id)).toBe('failed');
    expect((await world.requestOf(id)).reason).toBe('fail.setup');
  });

  it('by hanging is given up after an hour, and deleted', async () => {
    const world = await provisionWorld();
    const asked = await world.request('ada', { name: 'ci-ada' });
    const id = String(asked.json['requestId']);
    await world.runFor(minute);
    world.azure.act({ do: 'force', compute: 'ci-ada', state: 'SettingUp' });
    await world.runFor(3 * hour);
    expect(await expectWholeOrNothing(world, id)).toBe('failed');
    expect((await world.requestOf(id)).reason).toBe('fail.timeout');
  });

  it('and cannot be deleted becomes a visible matter for a person', async () => {
    const world = await provisionWorld();
    failing(world, ['NoCapacity'], { delete: Array.from({ length: 2000 }, () => 'ServerError') });
    const asked = await world.request('ada', { name: 'ci-ada' });
    const id = String(asked.json['requestId']);
    await world.runFor(4 * hour);
    expect(await ended(world, id)).toBe('needs-person');
    expect(world.madeFor(id)).toEqual(['ci-ada']);
    const shown = await world.ask('GET', '/api/requests?status=needs-person', { as: 'root' });
    expect(shown.json['requests']).toMatchObject([{ requestId: id }]);
    expect(world.messages.map(({ kind }) => kind)).toContain('alert');
  });

  it('never touches a machine of the same name that is somebody else’s', async () => {
    const world = await provisionWorld();
    const asked = await world.request('ada', { name: 'ci-ada' });
    const id = String(asked.json['requestId']);
    world.azure.act({
      do: 'create',
      compute: {
        name: 'ci-ada',
        workspace: 'ws1',
        kind: 'ComputeInstance',
        user: 'bob',
        tags: { precious: 'yes' },
      },
    });
    await world.runFor(hour);
    expect(await ended(world, id)).toBe('failed');
    expect(world.azure.show('ci-ada')).toMatchObject({ tags: { precious: 'yes' } });
    expect(world.azure.writes.filter((write) => write.byApp)).toEqual([]);
  });
});

describe('a request that is cancelled', () => {
  it('while its machine is being made leaves nothing', async () => {
    const world = await provisionWorld();
    const asked = await world.request('ada', { name: 'ci-ada' });
    const id = String(asked.json['requestId']);
    await world.runFor(2 * minute);
    expect(world.azure.exists('ci-ada')).toBe(true);
    expect((await world.ask('POST', `/api/requests/${id}/cancel`, { as: 'bob' })).status).toBe(404);
    expect((await world.ask('POST', `/api/requests/${id}/cancel`, { as: 'ada' })).status).toBe(200);
    await world.runFor(hour);
    expect(await expectWholeOrNothing(world, id)).toBe('cancelled');
    expect((await world.ask('POST', `/api/requests/${id}/cancel`, { as: 'root' })).status).toBe(200);
  });
});

describe('while work is halted', () => {
  it('nothing is made, and afterwards it is', async () => {
    const world = await provisionWorld();
    await world.ask('POST', '/api/halt', { as: 'root', body: {} });
    const asked = await world.request('ada', { name: 'ci-ada' });
    const id = String(asked.json['requestId']);
    await world.runFor(3 * hour);
    expect(world.azure.callCount('create')).toBe(0);
    await world.ask('POST', '/api/resume', { as: 'root' });
    await world.runFor(hour);
    expect(await expectWholeOrNothing(world, id)).toBe('completed');
  });
});

describe('steps that run twice', () => {
  it('change nothing', async () => {
    const world = await provisionWorld({ choices: { deliverTwice: () => true }, checkDeterminism: true });
    failing(world, ['NoCapacity']);
    const asked = await world.request('ada', { name: 'ci-ada' });
    await world.runFor(2 * hour);
    expect(await expectWholeOrNothing(world, String(asked.json['requestId']))).toBe('completed');
    expect(world.azure.writes.filter((write) => write.operation === 'create')).toHaveLength(2);
  });
});
