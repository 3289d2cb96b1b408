import { describe, expect, it } from 'vitest';
import {
  azureBench,
  collect,
  hourMs,
  instance,
  minuteMs,
  startAt,
  sub1,
  worldOf,
  ws1Id,
} from '../../support/azure-world.ts';

const list = `${ws1Id}/computes?api-version=2024-10-01`;

describe("ARM's token buckets", () => {
  it('let 250 reads through at once and 25 more each second', async () => {
    const { call, clock } = azureBench(worldOf([]));
    const burst = async (count: number): Promise<number> => {
      let passed = 0;
      for (let index = 0; index < count; index++) if ((await call('GET', list)).status === 200) passed += 1;
      return passed;
    };
    expect(await burst(300)).toBe(250);
    const refused = await call('GET', list);
    expect(refused).toMatchObject({
      status: 429,
      body: { error: { code: 'SubscriptionRequestsThrottled' } },
    });
    expect(Number(refused.headers['retry-after'])).toBe(1);
    clock.advanceTo(startAt + 1000);
    expect(await burst(60)).toBe(25);
  });

  it('keep writes apart from reads, and say what is left', async () => {
    const { call } = azureBench(worldOf([instance('ci-ada')]));
    expect((await call('GET', list)).headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('249');
    const stop = await call('POST', `${ws1Id}/computes/ci-ada/stop?api-version=2024-10-01`);
    expect(stop.headers['x-ms-ratelimit-remaining-subscription-writes']).toBe('199');
  });

  it('can be switched off', async () => {
    const { call } = azureBench(worldOf([]), { throttling: false });
    for (let index = 0; index < 300; index++) expect((await call('GET', list)).status).toBe(200);
  });
});

/** What a list of computes, a list of jobs and a metrics batch answer. */
const statuses = async (bench: ReturnType<typeof azureBench>): Promise<readonly number[]> => {
  const arm = await bench.call('GET', list);
  const jobs = await bench.call('GET', `${ws1Id}/jobs?api-version=2024-10-01`);
  const metrics = await bench.call(
    'POST',
    `https://westeurope.metrics.monitor.azure.com/subscriptions/${sub1}/metrics:getBatch?api-version=2024-02-01&metricnamespace=microsoft.machinelearningservices/workspaces&metricnames=CpuUtilizationPercentage`,
    { resourceids: [ws1Id] },
  );
  return [arm.status, jobs.status, metrics.status];
};

describe('what fate sends', () => {
  it.each([
    ['metrics', [200, 200, 503]],
    ['jobs', [200, 503, 200]],
    ['arm', [503, 503, 200]],
  ] as const)('an outage of %s fails these calls for its time, half-open', async (of, expected) => {
    const bench = azureBench(worldOf([]));
    bench.azure.outage({ of, fromAt: startAt + minuteMs, toAt: startAt + hourMs });
    expect(await statuses(bench)).toEqual([200, 200, 200]);
    bench.clock.advanceTo(startAt + minuteMs);
    expect(await statuses(bench)).toEqual(expected);
    bench.clock.advanceTo(startAt + hourMs);
    expect(await statuses(bench)).toEqual([200, 200, 200]);
  });

  it('throttling answers 429 with the wait it was given', async () => {
    const bench = azureBench(worldOf([]));
    bench.azure.throttle({ of: 'arm', retryAfterSeconds: 120, fromAt: startAt, toAt: startAt + minuteMs });
    const answer = await bench.call('GET', list);
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '120']);
  });

  it('a hook may answer in place of Azure', async () => {
    const bench = azureBench(worldOf([]));
    bench.azure.onRequest(({ url }) => (url.includes('/computes') ? { kind: 'lost' } : null));
    await expect(bench.call('GET', list)).rejects.toThrow('connection lost');
    bench.azure.onRequest(null);
    expect((await bench.call('GET', list)).status).toBe(200);
  });
});

describe('requests that Azure would not take', () => {
  it('are 404 for what is not there, and only unknown routes are held against the caller', async () => {
    const { call, azure, computes } = azureBench(worldOf([]));
    await expect(computes.get('rg1', 'ws1', 'nobody')).rejects.toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
    expect(azure.unknownRequests).toEqual([]);
    expect((await call('POST', `${ws1Id}/computes/x/reimage?api-version=2024-10-01`)).status).toBe(404);
    expect(azure.unknownRequests).toMatchObject([{ method: 'POST' }]);
  });

  it('need an api-version and a body that is JSON', async () => {
    const { call, azure } = azureBench(worldOf([instance('ci-ada')]));
    expect((await call('GET', `${ws1Id}/computes`)).body).toMatchObject({
      error: { code: 'MissingApiVersionParameter' },
    });
    const broken = await azure.handle({
      method: 'PUT',
      url: `https://management.azure.com${ws1Id}/computes/ci-x?api-version=2024-10-01`,
      headers: { authorization: `Bearer ${azure.staticToken()}` },
      body: '{',
    });
    expect(broken).toMatchObject({ status: 400 });
  });

  it('take any casing of the path', async () => {
    const { call } = azureBench(worldOf([instance('ci-ada')]));
    expect(
      (
        await call(
          'GET',
          list.replace('/computes', '/COMPUTES').replace(/\/resourceGroups\/rg1/, '/resourcegroups/RG1'),
        )
      ).status,
    ).toBe(200);
  });

  it('list workspaces of one subscription alone, hubs too', async () => {
    const { arm } = azureBench(
      worldOf([], {
        workspaces: [
          { name: 'ws1', subscription: 'sub1', resourceGroup: 'rg1', location: 'westeurope' },
          { name: 'hub1', subscription: 'sub1', resourceGroup: 'rg2', location: 'northeurope', kind: 'Hub' },
          { name: 'ws9', subscription: 'sub2', resourceGroup: 'rg1', location: 'westeurope' },
        ],
      }),
    );
    const names = (await collect(arm.workspaces.listBySubscription())).map(({ name }) => name);
    expect(names).toEqual(['ws1', 'hub1']);
  });
});

describe('the in-process transport', () => {
  it('answers the SDK before anything else in the process gets a turn', async () => {
    const { computes, arm } = azureBench(worldOf([instance('ci-ada')]));
    let otherTurns = 0;
    const immediate = setImmediate(() => (otherTurns += 1));
    await collect(computes.list('rg1', 'ws1'));
    await collect(arm.jobs.list('rg1', 'ws1'));
    await computes.beginStop('rg1', 'ws1', 'ci-ada');
    expect(otherTurns).toBe(0);
    clearImmediate(immediate);
  });
});
