import { describe, expect, it } from 'vitest';
import { azureBench, minuteMs, startAt } from '../../support/azure-world.ts';
import { demoFleet, vmSizeCatalogue } from '../../../src/local/azure/index.ts';

const spec = demoFleet(startAt + 12_345);
const bench = () => azureBench(spec);

/** The highest CPU and GPU percent of every instance over the last hour that can be read; null: not one point. */
async function loads(): Promise<ReadonlyMap<string, readonly [cpu: number | null, gpu: number | null]>> {
  const { azure, call } = bench();
  const found = new Map<string, [number | null, number | null]>();
  for (const record of azure.computes()) found.set(record.name, [null, null]);
  for (const workspaceId of new Set(
    azure.computes().map((record) => record.id.split('/computes/')[0] ?? ''),
  )) {
    const region = workspaceId.includes('demand-forecast') ? 'northeurope' : 'westeurope';
    const parameters = new URLSearchParams({
      'api-version': '2024-02-01',
      metricnamespace: 'Microsoft.MachineLearningServices/workspaces',
      metricnames: 'CpuUtilizationPercentage,GpuUtilizationPercentage',
      aggregation: 'maximum',
      interval: 'FULL',
      top: '50',
      filter: "ComputeName eq '*'",
      starttime: new Date(startAt - 64 * minuteMs).toISOString(),
      endtime: new Date(startAt - 4 * minuteMs).toISOString(),
    });
    const url = `https://${region}.metrics.monitor.azure.com/subscriptions/${workspaceId.split('/')[2]}/metrics:getBatch?${parameters.toString()}`;
    const { body } = await call('POST', url, { resourceids: [workspaceId] });
    type Series = { metadatavalues: { value: string }[]; data: { maximum?: number }[] };
    const { values } = body as { values: { value: { timeseries: Series[] }[] }[] };
    for (const [metric, { timeseries }] of (values[0]?.value ?? []).entries()) {
      for (const { metadatavalues, data } of timeseries) {
        const load = found.get(metadatavalues[0]?.value ?? '');
        if (load !== undefined) load[metric as 0 | 1] = data[0]?.maximum ?? null;
      }
    }
  }
  return found;
}

describe('the demo fleet', () => {
  it('is a dozen instances of known people and sizes in three workspaces of two subscriptions', () => {
    const instances = spec.computes.filter(({ kind }) => kind === 'ComputeInstance');
    expect(instances.length).toBeGreaterThanOrEqual(12);
    expect(instances.length).toBeLessThanOrEqual(15);
    expect(spec.workspaces).toHaveLength(3);
    expect(bench().azure.subscriptionIds).toHaveLength(2);
    const sizes = vmSizeCatalogue();
    for (const { vmSize = '', user } of instances) {
      expect(sizes.has(vmSize.toLowerCase())).toBe(true);
      expect(spec.users?.some(({ name }) => name === user)).toBe(true);
    }
  });

  it('shows each case that matters', async () => {
    const { azure } = bench();
    expect(azure.stateOf('ci-omar-train')).toBe('JobRunning');
    expect(azure.stateOf('ci-jonas-old')).toBe('Stopped');
    expect(azure.stateOf('ci-marek-resize')).toBe('Resizing');
    const load = await loads();
    expect(load.get('ci-priya-dev')).toEqual([0.8, null]);
    expect(load.get('ci-jonas-a')).toEqual([0.8, 0]);
    expect(load.get('ci-mei-finetune')).toEqual([3, 92]);
    expect(load.get('ci-lucas-sim')).toEqual([97 / 32, null]);
    expect(load.get('ci-yuki-etl')).toEqual([61, null]);
    expect(load.get('ci-sofia-notebook')).toEqual([null, null]);
    expect(load.get('ci-elena-wide')?.[0]).toBe(0.8);
  });
});
