import { describe, expect, it } from 'vitest';
import {
  azureBench,
  collect,
  hourMs,
  instance,
  minuteMs,
  startAt,
  worldOf,
} from '../../support/azure-world.ts';

type Inner = {
  state?: string;
  lastOperation?: { operationName: string; operationTime: Date; operationStatus: string };
};
const innerOf = (compute: { properties?: unknown }): Inner =>
  (compute.properties as { properties: Inner }).properties;

describe('an instance in the simulated Azure', () => {
  it('is Stopping for two minutes, then Stopped', async () => {
    const { computes, clock } = azureBench(worldOf([instance('ci-ada')]));
    await computes.beginStop('rg1', 'ws1', 'ci-ada');
    clock.advanceTo(startAt + 2 * minuteMs - 1);
    expect(innerOf(await computes.get('rg1', 'ws1', 'ci-ada'))).toMatchObject({
      state: 'Stopping',
      lastOperation: { operationName: 'Stop', operationStatus: 'InProgress' },
    });
    clock.advanceTo(startAt + 2 * minuteMs);
    const stopped = innerOf(await computes.get('rg1', 'ws1', 'ci-ada'));
    expect(stopped.state).toBe('Stopped');
    expect(stopped.lastOperation?.operationTime.getTime()).toBe(startAt + 2 * minuteMs);
  });

  it('counts as started when it arrives in Running, three minutes after the start', async () => {
    const { computes, clock } = azureBench(worldOf([instance('ci-ada', { state: 'Stopped' })]));
    await computes.beginStart('rg1', 'ws1', 'ci-ada');
    expect(innerOf(await computes.get('rg1', 'ws1', 'ci-ada')).state).toBe('Starting');
    clock.advanceTo(startAt + 3 * minuteMs);
    const up = innerOf(await computes.get('rg1', 'ws1', 'ci-ada'));
    expect(up.state).toBe('Running');
    expect(up.lastOperation).toMatchObject({ operationName: 'Start', operationStatus: 'Succeeded' });
    expect(up.lastOperation?.operationTime.getTime()).toBe(startAt + 3 * minuteMs);
  });

  it('looks finished at once when a 202 comes without headers', async () => {
    const { computes, azure } = azureBench(worldOf([instance('ci-ada')]), {
      habits: { acceptedHeaders: 'never' },
    });
    const poller = await computes.beginStop('rg1', 'ws1', 'ci-ada');
    expect(poller.isDone()).toBe(true);
    expect(azure.stateOf('ci-ada')).toBe('Stopping');
  });

  it('shows its progress where a 202 comes with a status address', async () => {
    const { computes, clock } = azureBench(worldOf([instance('ci-ada')]), {
      habits: { acceptedHeaders: 'always' },
    });
    const poller = await computes.beginStop('rg1', 'ws1', 'ci-ada');
    expect(poller.isDone()).toBe(false);
    clock.advanceTo(startAt + 2 * minuteMs);
    await poller.poll();
    expect(poller.isDone()).toBe(true);
  });

  it.each([
    ['stop', 'Stopped', 400],
    ['start', 'Running', 400],
    ['restart', 'Stopped', 400],
    ['stop', 'Starting', 409],
    ['start', 'Stopping', 409],
    ['stop', 'Hibernating', 409],
  ] as const)('refuses to %s while %s with %d', async (action, state, status) => {
    const { call, azure } = azureBench(worldOf([instance('ci-ada', { state, sinceAt: startAt - minuteMs })]));
    const id = azure.show('ci-ada')?.['id'] as string;
    const answer = await call('POST', `${id}/${action}?api-version=2024-10-01`);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      error: { code: expect.any(String), message: expect.stringContaining('ci-ada') },
    });
    expect(azure.stateOf('ci-ada')).toBe(state);
    expect(azure.writes).toEqual([]);
  });

  it('is JobRunning while a running job is on it, and while no queued one is', async () => {
    const jobs = [
      { name: 'train', status: 'Queued', fromAt: startAt, toAt: startAt + hourMs },
      { name: 'train', status: 'Running', fromAt: startAt + hourMs, toAt: startAt + 2 * hourMs },
    ];
    const { azure, arm, clock } = azureBench(worldOf([instance('ci-ada', { jobs })]));
    const statusAt = async (at: number): Promise<readonly unknown[]> => {
      clock.advanceTo(at);
      const rows = await collect(arm.jobs.list('rg1', 'ws1'));
      return [azure.stateOf('ci-ada'), ...rows.map((row) => row.properties.status)];
    };
    expect(await statusAt(startAt)).toEqual(['Running', 'Queued']);
    expect(await statusAt(startAt + hourMs)).toEqual(['JobRunning', 'Running']);
    expect(await statusAt(startAt + 2 * hourMs)).toEqual(['Running', 'Completed']);
  });

  it('keeps a state that nobody has seen before', async () => {
    const { computes } = azureBench(worldOf([instance('ci-ada', { state: 'Defragmenting' })]));
    expect(innerOf(await computes.get('rg1', 'ws1', 'ci-ada')).state).toBe('Defragmenting');
  });

  it('stays in Stopping when stuck, until it is asked once more', async () => {
    const { computes, azure, clock } = azureBench(
      worldOf([instance('ci-ada', { fails: { stop: ['StuckStopping'] } })]),
    );
    await computes.beginStop('rg1', 'ws1', 'ci-ada');
    clock.advanceTo(startAt + 5 * hourMs);
    expect(azure.stateOf('ci-ada')).toBe('Stopping');
    await computes.beginStop('rg1', 'ws1', 'ci-ada');
    clock.advanceTo(startAt + 5 * hourMs + 2 * minuteMs);
    expect(azure.stateOf('ci-ada')).toBe('Stopped');
  });

  it('refuses a stop with a full disk as often as the script says, then stops', async () => {
    const { computes, azure } = azureBench(
      worldOf([instance('ci-ada', { fails: { stop: ['DiskFull', 'DiskFull'] } })]),
    );
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(computes.beginStop('rg1', 'ws1', 'ci-ada')).rejects.toMatchObject({
        statusCode: 400,
        message: expect.stringContaining('disk is full'),
      });
      expect(azure.stateOf('ci-ada')).toBe('Running');
    }
    await computes.beginStop('rg1', 'ws1', 'ci-ada');
    expect(azure.stateOf('ci-ada')).toBe('Stopping');
    expect(azure.callCount('stop')).toBe(3);
    expect(azure.writes).toHaveLength(1);
  });

  it.each([
    ['TimeoutBefore', 'Running', 0],
    ['TimeoutAfter', 'Stopping', 1],
  ] as const)('loses the answer with %s and is then %s', async (failure, state, writes) => {
    const { computes, azure } = azureBench(worldOf([instance('ci-ada', { fails: { stop: [failure] } })]));
    await expect(computes.beginStop('rg1', 'ws1', 'ci-ada')).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(azure.stateOf('ci-ada')).toBe(state);
    expect(azure.writes).toHaveLength(writes);
  });

  it('falls back to Stopped when there is no capacity for its start', async () => {
    const { computes, azure, clock } = azureBench(
      worldOf([instance('ci-ada', { state: 'Stopped', fails: { start: ['NoCapacity'] } })]),
    );
    await computes.beginStart('rg1', 'ws1', 'ci-ada');
    clock.advanceTo(startAt + 3 * minuteMs);
    expect(azure.stateOf('ci-ada')).toBe('Stopped');
    expect(innerOf(await computes.get('rg1', 'ws1', 'ci-ada')).lastOperation?.operationStatus).toBe(
      'StartFailed',
    );
  });

  it('can be started and stopped by people, whatever the script holds for callers', () => {
    const { azure } = azureBench(worldOf([instance('ci-ada', { fails: { stop: ['DiskFull'] } })]));
    expect(azure.act({ do: 'stop', compute: 'ci-ada', by: 'ada' })).toMatchObject({ ok: true });
    expect(azure.writes).toMatchObject([
      { operation: 'stop', principal: 'ada', byApp: false, compute: 'ci-ada' },
    ]);
    expect(azure.callCount('stop')).toBe(0);
    expect(azure.act({ do: 'start', compute: 'ci-ada', by: 'ada' })).toMatchObject({
      ok: false,
      status: 409,
    });
  });

  it('understands inner properties at either level, and merges the others deeply', async () => {
    const { azure } = azureBench(
      worldOf([
        instance('ci-ada', {
          properties: {
            sshSettings: { sshPublicAccess: 'Enabled' },
            properties: { idleTimeBeforeShutdown: 'PT30M' },
            description: 'mine',
          },
        }),
      ]),
    );
    expect(azure.show('ci-ada')).toMatchObject({
      properties: {
        description: 'mine',
        properties: {
          state: 'Running',
          idleTimeBeforeShutdown: 'PT30M',
          sshSettings: { sshPublicAccess: 'Enabled' },
        },
      },
    });
  });
});

describe('the list of computes', () => {
  it('is paged, and every page is followed', async () => {
    const many = Array.from({ length: 25 }, (_, index) => instance(`ci-n${index}x`));
    const { computes, azure } = azureBench(worldOf(many), { habits: { pageSize: 10 } });
    expect(await collect(computes.list('rg1', 'ws1'))).toHaveLength(25);
    expect(azure.callCount('list')).toBe(3);
  });

  it('can come in thin rows, without any state', async () => {
    const { computes } = azureBench(worldOf([instance('ci-ada')]), { habits: { thinRows: true } });
    const [row] = await collect(computes.list('rg1', 'ws1'));
    expect(row?.properties).toMatchObject({ computeType: 'ComputeInstance' });
    expect(row?.properties).not.toHaveProperty('properties');
    expect(innerOf(await computes.get('rg1', 'ws1', 'ci-ada')).state).toBe('Running');
  });
});
