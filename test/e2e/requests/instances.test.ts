import { beforeEach, describe, expect, it } from 'vitest';
import {
  hour,
  idOf,
  minute,
  type ProvisionWorld,
  provisionWorld,
  startAt,
} from '../../support/provision-world.ts';
import { simulatedSubscription } from '../../support/simulated-adapters.ts';

const path = (name: string): string => `/api/computes/${simulatedSubscription}/rg/ws1/${name}`;
let world: ProvisionWorld;

beforeEach(async () => {
  world = await provisionWorld({
    computes: [
      { name: 'ci-ada', workspace: 'ws1', kind: 'ComputeInstance', vmSize: 'Standard_DS3_v2', user: 'ada' },
      { name: 'pool', workspace: 'ws1', kind: 'AmlCompute', vmSize: 'Standard_DS3_v2' },
    ],
  });
});

describe('an instance', () => {
  it('is stopped, started and restarted by its owner and by admins, and nobody else', async () => {
    const act = (as: 'ada' | 'bob' | 'root', action: string) =>
      world.ask('POST', `${path('ci-ada')}/${action}`, { as });
    expect((await act('bob', 'stop')).status).toBe(404);
    expect(world.azure.stateOf('ci-ada')).toBe('Running');
    const stopped = await act('ada', 'stop');
    expect([stopped.status, stopped.json['state'], stopped.json['already']]).toEqual([
      202,
      'Stopping',
      false,
    ]);
    expect((await act('ada', 'stop')).json['already']).toBe(true);
    expect((await act('root', 'start')).json).toMatchObject({ status: 409, code: 'instance.conflict' });
    await world.runFor(5 * minute);
    expect((await act('root', 'start')).status).toBe(202);
    await world.runFor(5 * minute);
    expect((await act('ada', 'restart')).json).toMatchObject({ state: 'Restarting' });
  });

  it('obeys its owner while work is halted', async () => {
    await world.ask('POST', '/api/halt', { as: 'root', body: {} });
    expect((await world.ask('POST', `${path('ci-ada')}/stop`, { as: 'ada' })).status).toBe(202);
  });

  it('is deleted only when its name is given once more, and after it was said what is lost', async () => {
    const first = await world.ask('DELETE', path('ci-ada'), { as: 'ada' });
    expect([first.status, first.json['code']]).toEqual([400, 'instance.unconfirmed']);
    expect(first.json['detail']).toContain('OS disk');
    expect((await world.ask('DELETE', `${path('ci-ada')}?confirm=ci-bob`, { as: 'ada' })).status).toBe(400);
    expect((await world.ask('DELETE', `${path('ci-ada')}?confirm=ci-ada`, { as: 'bob' })).status).toBe(404);
    expect((await world.ask('DELETE', `${path('ci-ada')}?confirm=ci-ada`, { as: 'ada' })).status).toBe(202);
    await world.runFor(5 * minute);
    expect(world.azure.exists('ci-ada')).toBe(false);
  });

  it('shows its details to its owner', async () => {
    const details = await world.ask('GET', `${path('ci-ada')}/details`, { as: 'ada' });
    expect(details.json).toMatchObject({
      state: 'Running',
      location: 'westeurope',
      owner: { objectId: idOf('ada') },
    });
    expect((await world.ask('GET', `${path('ci-ada')}/details`, { as: 'bob' })).status).toBe(404);
  });

  it('is what these are for: a cluster is refused', async () => {
    const reply = await world.ask('DELETE', `${path('pool')}?confirm=pool`, { as: 'root' });
    expect([reply.status, reply.json['code']]).toEqual([400, 'compute.not-instance']);
  });
});

describe('the wish that an instance stops after its job', () => {
  const wishPath = `${path('ci-ada')}/stop-after-job`;
  beforeEach(async () => {
    world = await provisionWorld({
      computes: [
        {
          name: 'ci-ada',
          workspace: 'ws1',
          kind: 'ComputeInstance',
          vmSize: 'Standard_DS3_v2',
          user: 'ada',
          jobs: [{ name: 'train', fromAt: startAt - hour, toAt: startAt + hour, status: 'Running' }],
        },
      ],
    });
  });

  it('is its owner’s and an admin’s to say, see and take back, and nobody else’s', async () => {
    expect((await world.ask('POST', wishPath, { as: 'bob', body: {} })).status).toBe(404);
    expect((await world.ask('GET', wishPath, { as: 'bob' })).status).toBe(404);
    const said = await world.ask('POST', wishPath, { as: 'ada', body: { job: 'train', quietFor: '5m' } });
    expect([said.status, said.json['stopAfterJob']]).toEqual([
      200,
      {
        job: 'train',
        by: 'ada',
        askedAt: '2026-03-02T08:00:00.000Z',
        until: '2026-03-09T08:00:00.000Z',
        quietForMinutes: 5,
        jobEndedAt: null,
        outcome: null,
        endedAt: null,
      },
    ]);
    const read = await world.ask('GET', wishPath, { as: 'root' });
    expect(read.json['stopAfterJob']).toEqual(said.json['stopAfterJob']);
    expect((await world.ask('DELETE', wishPath, { as: 'bob' })).status).toBe(404);
    expect((await world.ask('DELETE', wishPath, { as: 'root' })).json['ended']).toBe(true);
    expect((await world.ask('DELETE', wishPath, { as: 'ada' })).json['ended']).toBe(false);
    expect((await world.ask('GET', wishPath, { as: 'ada' })).json['stopAfterJob']).toMatchObject({
      outcome: 'withdrawn',
    });
    expect(world.messages.filter(({ kind }) => kind === 'wish').map(({ sentence }) => sentence)).toEqual([
      'Kept: root has taken back the wish to stop it after its job.',
    ]);
  });

  it.each([
    [{ job: '../x' }, 400, 'job'],
    [{ quietFor: '1m' }, 400, 'quietFor'],
    [{ quietFor: '1h' }, 400, 'quietFor'],
    [{ for: '90d' }, 400, 'for'],
    [{ when: 'now' }, 400, 'when'],
  ])('with %j is refused, and the field named', async (body, status, field) => {
    const said = await world.ask('POST', wishPath, { as: 'ada', body });
    expect([said.status, JSON.stringify(said.json).includes(field)]).toEqual([status, true]);
  });

  it('is refused where it could not be fulfilled', async () => {
    const said = await world.ask('POST', wishPath, { as: 'ada', body: { job: 'nothing' } });
    expect([said.status, said.json['code']]).toEqual([404, 'after-job.no-such-job']);
    await world.runFor(2 * hour);
    const late = await world.ask('POST', wishPath, { as: 'ada', body: {} });
    expect([late.status, late.json['code']]).toEqual([409, 'after-job.no-job']);
  });
});

describe('the user of a new machine', () => {
  it('who lacks rights in Azure is told which', async () => {
    world = await provisionWorld({ users: [{ name: 'ada', azureRoles: ['Reader'] }] });
    const asked = await world.request('ada');
    await world.runFor(10 * minute);
    const request = await world.requestOf(asked);
    expect(request.missingActions).toHaveLength(4);
    expect(request.sentence).toContain('applicationaccess');
  });

  it('who has them is told nothing of it', async () => {
    const asked = await world.request('ada');
    await world.runFor(10 * minute);
    expect((await world.requestOf(asked)).missingActions).toEqual([]);
    expect(world.azure.unknownRequests).toEqual([]);
  });
});
