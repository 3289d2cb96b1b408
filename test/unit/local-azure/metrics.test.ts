import { describe, expect, it } from 'vitest';
import {
  azureBench,
  hourMs,
  instance,
  minuteMs,
  startAt,
  sub1,
  worldOf,
  ws1Id,
  type AzureBench,
} from '../../support/azure-world.ts';
import type { ComputeSpec, MetricRange } from '../../../src/local/azure/index.ts';

const always = (load: Omit<MetricRange, 'fromAt' | 'toAt'>): MetricRange[] => [
  { fromAt: startAt - 24 * hourMs, toAt: startAt + 24 * hourMs, ...load },
];
const busy = (name: string, more: Partial<ComputeSpec> = {}): ComputeSpec =>
  instance(name, { metrics: always({ cpu: 10, network: 1.5 }), ...more });

type Point = { readonly at: number; readonly value: unknown };

async function query(
  bench: AzureBench,
  metric: string,
  options: {
    fromAt: number;
    toAt: number;
    filter?: string;
    top?: number;
    interval?: string;
    aggregation?: string;
  },
): Promise<ReadonlyMap<string, readonly Point[]>> {
  const {
    fromAt,
    toAt,
    filter = "ComputeName eq '*'",
    top,
    interval = 'PT1M',
    aggregation = 'average',
  } = options;
  const [result] = await bench.metrics(
    {
      startTime: new Date(fromAt),
      endTime: new Date(toAt),
      interval,
      aggregation,
      ...(filter === '' ? {} : { filter }),
      ...(top === undefined ? {} : { top }),
    },
    [metric],
  );
  const series = new Map<string, readonly Point[]>();
  for (const { metadatavalues, data } of (result?.metrics[0]?.timeseries ?? []) as unknown as readonly {
    metadatavalues: readonly { value: string }[];
    data: readonly ({ timeStamp: Date } & Record<string, unknown>)[];
  }[]) {
    series.set(
      metadatavalues.map((entry) => entry.value).join('/'),
      data.map((point) => ({ at: point.timeStamp.getTime(), value: point[aggregation] })),
    );
  }
  return series;
}

const lastHour = { fromAt: startAt - hourMs, toAt: startAt };
const valuesOf = (points: readonly Point[] | undefined): unknown[] =>
  (points ?? []).map((point) => point.value);

describe('the metrics batch API', () => {
  it('drops all but 10 instances unless top says more', async () => {
    const bench = azureBench(worldOf(Array.from({ length: 14 }, (_, index) => busy(`ci-n${index}x`))));
    expect((await query(bench, 'CpuUtilizationPercentage', lastHour)).size).toBe(10);
    expect((await query(bench, 'CpuUtilizationPercentage', { ...lastHour, top: 100 })).size).toBe(14);
  });

  it('gives the mean over the cores as percent and their sum as millicores', async () => {
    const cores = [97, 0, 1, 2];
    const bench = azureBench(worldOf([busy('ci-ada', { metrics: always({ cpu: cores }) }), busy('ci-bob')]));
    const percent = await query(bench, 'CpuUtilizationPercentage', {
      ...lastHour,
      toAt: startAt - 5 * minuteMs,
    });
    const millicores = await query(bench, 'CpuUtilizationMillicores', {
      ...lastHour,
      toAt: startAt - 5 * minuteMs,
    });
    expect(new Set(valuesOf(percent.get('ci-ada')))).toEqual(new Set([25]));
    expect(new Set(valuesOf(millicores.get('ci-ada')))).toEqual(new Set([1000]));
    expect(new Set(valuesOf(millicores.get('ci-bob')))).toEqual(new Set([400]));
  });

  it('shows a minute three minutes after it has ended, and an empty bucket until then', async () => {
    const bench = azureBench(worldOf([busy('ci-ada')]));
    const window = { fromAt: startAt - 6 * minuteMs, toAt: startAt };
    const cpu = async (): Promise<unknown[]> =>
      valuesOf((await query(bench, 'CpuUtilizationPercentage', window)).get('ci-ada'));
    expect(await cpu()).toEqual([10, 10, 10, undefined, undefined, undefined]);
    bench.clock.advanceTo(startAt + minuteMs - 1);
    expect(await cpu()).toEqual([10, 10, 10, undefined, undefined, undefined]);
    bench.clock.advanceTo(startAt + minuteMs);
    expect(await cpu()).toEqual([10, 10, 10, 10, undefined, undefined]);
  });

  it('has no point outside the ranges and none while the machine is not running', async () => {
    const metrics = [{ fromAt: startAt - hourMs, toAt: startAt + 10 * minuteMs, cpu: 7 }];
    const bench = azureBench(worldOf([instance('ci-ada', { metrics })]));
    bench.azure.act({ do: 'stop', compute: 'ci-ada', by: 'ada' });
    bench.clock.advanceTo(startAt + 2 * minuteMs);
    bench.azure.act({ do: 'start', compute: 'ci-ada', by: 'ada' });
    bench.clock.advanceTo(startAt + hourMs);
    const window = { fromAt: startAt - 2 * minuteMs, toAt: startAt + 12 * minuteMs };
    const points = (await query(bench, 'CpuUtilizationPercentage', window)).get('ci-ada') ?? [];
    expect(points.filter(({ value }) => value === 7).map(({ at }) => (at - startAt) / minuteMs)).toEqual([
      -2, -1, 5, 6, 7, 8, 9,
    ]);
    expect(points).toHaveLength(14);
  });

  it('names no series for an instance without a single point', async () => {
    const bench = azureBench(worldOf([instance('ci-silent'), busy('ci-ada')]));
    expect([...(await query(bench, 'CpuUtilizationPercentage', lastHour)).keys()]).toEqual(['ci-ada']);
  });

  it('gives a point that cannot be used for nan', async () => {
    const bench = azureBench(worldOf([instance('ci-ada', { metrics: always({ cpu: 'nan' }) })]));
    const window = { fromAt: startAt - 7 * minuteMs, toAt: startAt - 5 * minuteMs };
    expect(valuesOf((await query(bench, 'CpuUtilizationPercentage', window)).get('ci-ada'))).toEqual([
      'NaN',
      'NaN',
    ]);
  });

  it('has one series per GPU device when split by device', async () => {
    const bench = azureBench(
      worldOf([
        instance('ci-gpu', { vmSize: 'Standard_NC12s_v3', metrics: always({ cpu: 1, gpu: [0, 90] }) }),
      ]),
    );
    const window = { fromAt: startAt - 7 * minuteMs, toAt: startAt - 6 * minuteMs };
    const split = await query(bench, 'GpuUtilizationPercentage', {
      ...window,
      filter: "ComputeName eq '*' and DeviceId eq '*'",
    });
    expect([...split].map(([key, points]) => [key, ...valuesOf(points)])).toEqual([
      ['ci-gpu/0', 0],
      ['ci-gpu/1', 90],
    ]);
    const merged = await query(bench, 'GpuUtilizationPercentage', window);
    expect(valuesOf(merged.get('ci-gpu'))).toEqual([45]);
    const highest = await query(bench, 'GpuUtilizationPercentage', { ...window, aggregation: 'maximum' });
    expect(valuesOf(highest.get('ci-gpu'))).toEqual([90]);
  });

  it('has no GPU series where the world does not say what the GPU does', async () => {
    const bench = azureBench(worldOf([busy('ci-gpu', { vmSize: 'Standard_NC6s_v3' })]));
    expect((await query(bench, 'GpuUtilizationPercentage', lastHour)).size).toBe(0);
  });

  it('answers or-ed names with these alone, and no filter with one series of all', async () => {
    const bench = azureBench(
      worldOf([busy('ci-ada'), busy('ci-bob', { metrics: always({ cpu: 30 }) }), busy('ci-eve')]),
    );
    const window = { fromAt: startAt - 7 * minuteMs, toAt: startAt - 6 * minuteMs };
    const some = await query(bench, 'CpuUtilizationPercentage', {
      ...window,
      filter: "ComputeName eq 'CI-ADA' or ComputeName eq 'ci-bob'",
    });
    expect([...some.keys()]).toEqual(['ci-ada', 'ci-bob']);
    const all = await query(bench, 'CpuUtilizationPercentage', {
      ...window,
      filter: '',
      aggregation: 'total',
    });
    expect([...all].map(([key, points]) => [key, ...valuesOf(points)])).toEqual([['', 50]]);
  });

  it('puts minutes together in longer intervals', async () => {
    const metrics = [
      { fromAt: startAt - hourMs, toAt: startAt - 8 * minuteMs, cpu: 10 },
      { fromAt: startAt - 8 * minuteMs, toAt: startAt, cpu: 20 },
    ];
    const bench = azureBench(worldOf([instance('ci-ada', { metrics })]));
    const window = { fromAt: startAt - 10 * minuteMs, toAt: startAt - 5 * minuteMs };
    const mean = await query(bench, 'CpuUtilizationPercentage', { ...window, interval: 'PT5M' });
    expect(valuesOf(mean.get('ci-ada'))).toEqual([16]);
    const full = await query(bench, 'CpuUtilizationPercentage', {
      ...window,
      interval: 'FULL',
      aggregation: 'count',
    });
    expect(valuesOf(full.get('ci-ada'))).toEqual([5]);
  });

  it('stamps its points wrongly while its clock is skewed', async () => {
    const bench = azureBench(
      worldOf([
        instance('ci-ada', {
          metrics: [
            { fromAt: startAt - hourMs, toAt: startAt + 10 * minuteMs, cpu: 1 },
            { fromAt: startAt + 10 * minuteMs, toAt: startAt + hourMs, cpu: 99 },
          ],
        }),
      ]),
    );
    bench.azure.skew({ of: 'metrics', fromAt: startAt, byMs: 5 * minuteMs });
    bench.clock.advanceTo(startAt + hourMs);
    const window = { fromAt: startAt - minuteMs, toAt: startAt + 17 * minuteMs };
    const points = (await query(bench, 'CpuUtilizationPercentage', window)).get('ci-ada') ?? [];
    const firstBusy = points.find(({ value }) => value === 99);
    expect(firstBusy?.at).toBe(startAt + 15 * minuteMs);
    expect(points.slice(1, 6).every(({ value }) => value === undefined)).toBe(true);
  });

  it.each([
    ['more than 50 resources', { ids: Array.from({ length: 51 }, () => ws1Id) }, 400],
    ['another region', { host: 'northeurope' }, 400],
    ['another subscription', { ids: [ws1Id.replace(sub1, '00000000-0000-4000-8000-000000000000')] }, 400],
    ['a workspace that is not there', { ids: [`${ws1Id}x`] }, 404],
    ['an unknown metric', { names: 'CpuGuess' }, 400],
    ['a dimension the metric has not', { filter: "DeviceId eq '*'" }, 400],
    ['a filter that is none', { filter: 'ComputeName=*' }, 400],
    ['another namespace', { namespace: 'Microsoft.Compute/virtualMachines' }, 400],
    ['an end before the start', { endtime: '2020-01-01T00:00:00Z' }, 400],
    // The same request without a mistake: what is refused above is refused for that mistake.
    ['nothing when nothing is wrong', {}, 200],
  ])('refuses %s', async (_, change, status) => {
    const bench = azureBench(worldOf([busy('ci-ada')]));
    const given = change as {
      ids?: string[];
      host?: string;
      names?: string;
      filter?: string;
      namespace?: string;
      endtime?: string;
    };
    const parameters = new URLSearchParams({
      'api-version': '2024-02-01',
      metricnamespace: given.namespace ?? 'Microsoft.MachineLearningServices/workspaces',
      metricnames: given.names ?? 'CpuUtilizationPercentage',
      filter: given.filter ?? "ComputeName eq '*'",
      starttime: new Date(startAt - hourMs).toISOString(),
      endtime: given.endtime ?? new Date(startAt).toISOString(),
    });
    const url = `https://${given.host ?? 'westeurope'}.metrics.monitor.azure.com/subscriptions/${sub1}/metrics:getBatch?${parameters.toString()}`;
    expect((await bench.call('POST', url, { resourceids: given.ids ?? [ws1Id] })).status).toBe(status);
  });

  it('answers a batch of 200 instances, an hour and 6 metrics in milliseconds', async () => {
    const disk = [{ fromAt: startAt - 3 * hourMs, toAt: startAt + hourMs, freeMegabytes: 900 }];
    const many = Array.from({ length: 200 }, (_, index) =>
      busy(`ci-n${index}x`, {
        disk,
        vmSize: 'Standard_NC6s_v3',
        metrics: always({ cpu: index / 7, gpu: index % 3, network: index / 11 }),
      }),
    );
    const { azure } = azureBench(worldOf(many));
    const names =
      'CpuUtilizationPercentage,CpuUtilizationMillicores,GpuUtilizationPercentage,NetworkInputMegabytes,NetworkOutputMegabytes,DiskAvailMegabytes';
    const url = `https://westeurope.metrics.monitor.azure.com/subscriptions/${sub1}/metrics:getBatch?api-version=2024-02-01&interval=PT1M&top=500&metricnamespace=Microsoft.MachineLearningServices/workspaces&metricnames=${names}&filter=ComputeName eq '*'&starttime=${new Date(startAt - 70 * minuteMs).toISOString()}&endtime=${new Date(startAt - 10 * minuteMs).toISOString()}`;
    const headers = { authorization: `Bearer ${azure.staticToken()}` };
    const tookMs: number[] = [];
    let text = '';
    for (let round = 0; round < 8; round++) {
      const before = process.cpuUsage();
      const answer = await azure.handle({
        method: 'POST',
        url,
        headers,
        body: JSON.stringify({ resourceids: [ws1Id] }),
      });
      const { user, system } = process.cpuUsage(before);
      tookMs.push((user + system) / 1000);
      text = answer.kind === 'answer' ? (answer.body ?? '') : '';
    }
    expect(text.match(/"average":/g)).toHaveLength(200 * 60 * 6);
    // Some 20 ms of processor time; the bar leaves room for a slower machine.
    expect(Math.min(...tookMs)).toBeLessThan(120);
  });
});
