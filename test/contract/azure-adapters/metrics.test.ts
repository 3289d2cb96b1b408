import type { PipelineRequest } from '@azure/core-rest-pipeline';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/adapters/azure/metrics.ts';
import {
  computeKey,
  parseComputeName,
  parseResourceGroupName,
  parseWorkspaceName,
  workspaceArmId,
  workspaceKey,
  type WorkspaceRef,
} from '../../../src/core/ids.ts';
import type { Metrics } from '../../../src/ports/azure.ts';
import {
  type FakeAnswer,
  type FakeAzure,
  fakeAzure,
  staticCredential,
  subscription,
  transportTo,
} from '../../support/fake-azure.ts';

const workspace = (name: string): WorkspaceRef => ({
  subscriptionId: subscription,
  resourceGroup: parseResourceGroupName('rg'),
  workspace: parseWorkspaceName(name),
});
const ws = workspace('ws-one');
const fromAt = Date.parse('2026-11-20T11:00:00Z');
const toAt = Date.parse('2026-11-20T12:00:00Z');

type Asked = {
  readonly url: URL;
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly top: number;
};

const bodyOf = ({ body }: PipelineRequest) => JSON.parse(body as string) as { resourceids: string[] };

function open(answer: (asked: Asked) => FakeAnswer | Error): { metrics: Metrics; azure: FakeAzure } {
  const azure = fakeAzure((request) => {
    const url = new URL(request.url);
    const { resourceids } = bodyOf(request);
    const names = (url.searchParams.get('metricnames') ?? '').split(',');
    return answer({ url, ids: resourceids, names, top: Number(url.searchParams.get('top')) });
  });
  return { metrics: createMetrics(transportTo(azure), staticCredential), azure };
}

const series = (
  compute: string,
  data: unknown = [{ timeStamp: '2026-11-20T11:00:00Z', average: 1 }],
  dimension = 'computename',
) => ({
  metadatavalues: [{ name: { value: dimension, localizedValue: 'Compute Name' }, value: compute }],
  data,
});
const metric = (name: string, timeseries: unknown = [], more: object = {}) => ({
  name: { value: name, localizedValue: 'In words' },
  timeseries,
  ...more,
});
const entry = (id: string, value: unknown) => ({ resourceid: id, value });

async function asked(metrics: Metrics, workspaces: readonly WorkspaceRef[] = [ws], computesAtMost = 5) {
  return metrics.query('westeurope', subscription, { workspaces, fromAt, toAt, computesAtMost });
}
async function answered(answer: (asked: Asked) => FakeAnswer) {
  return (await asked(open(answer).metrics)).get(workspaceKey(ws));
}

describe('metrics', () => {
  it('are asked for by the minute, split by compute, and devices by themselves', async () => {
    const { metrics, azure } = open(({ ids, names }) => ({
      body: {
        values: ids.map((id) =>
          entry(
            id,
            names.map((name) => metric(name)),
          ),
        ),
      },
    }));
    await asked(metrics);
    const [machine, devices] = azure.requests.map(({ url }) => Object.fromEntries(new URL(url).searchParams));
    expect(machine).toEqual({
      starttime: '2026-11-20T11:00:00.000Z',
      endtime: '2026-11-20T12:00:00.000Z',
      interval: 'PT1M',
      metricnamespace: 'Microsoft.MachineLearningServices/workspaces',
      metricnames: 'CpuUtilizationPercentage,CpuUtilizationMillicores,DiskAvailMegabytes',
      aggregation: 'average',
      top: '100',
      filter: "ComputeName eq '*'",
      'api-version': '2024-02-01',
    });
    expect(devices).toMatchObject({
      metricnames: 'GpuUtilizationPercentage,NetworkInputMegabytes,NetworkOutputMegabytes',
      filter: "ComputeName eq '*' and DeviceId eq '*'",
      top: '101',
    });
    expect(azure.requests.map(bodyOf)).toEqual([
      { resourceids: [workspaceArmId(ws)] },
      { resourceids: [workspaceArmId(ws)] },
    ]);
  });

  it('keep points without a usable value as null, and drop those without a time', async () => {
    const data = [
      { timeStamp: '2026-11-20T11:00:00Z', average: 4 },
      { timeStamp: '2026-11-20T11:01:00Z' },
      { timeStamp: '2026-11-20T11:02:00Z', average: 'NaN' },
      { timeStamp: '2026-11-20T11:03:00Z', average: null },
      { timeStamp: 'soon', average: 5 },
      { average: 5 },
      null,
      { timeStamp: '2026-11-20T11:04:00Z', average: 0 },
    ];
    const result = await answered(({ ids, names }) => ({
      body: {
        values: ids.map((id) =>
          entry(
            id.toUpperCase(),
            names.map((name) => metric(name.toUpperCase(), [series('CI-Ada', data, 'COMPUTENAME')])),
          ),
        ),
      },
    }));
    if (result?.ok !== true) throw new Error('Expected a value.');
    const list = result.value.get(computeKey({ ...ws, compute: parseComputeName('ci-ada') }));
    expect(list?.map((one) => one.metric)).toEqual([
      'cpuPercent',
      'cpuMillicores',
      'diskFreeMegabytes',
      'gpuPercent',
      'networkIn',
      'networkOut',
    ]);
    for (const { points } of list ?? []) {
      expect(points.map(({ at, value }) => [(at - fromAt) / 60_000, value])).toEqual([
        [0, 4],
        [1, null],
        [2, null],
        [3, null],
        [4, 0],
      ]);
    }
  });

  it('are of no compute when the series names none that can be', async () => {
    const result = await answered(({ ids, names }) => ({
      body: {
        values: ids.map((id) =>
          entry(
            id,
            names.map((name) =>
              metric(name, [series('../x'), series(''), { data: [] }, series('ci', [], 'RunId')]),
            ),
          ),
        ),
      },
    }));
    expect(result?.ok === true && result.value.size).toBe(0);
  });

  it.each<[string, (asked: Asked) => unknown]>([
    [
      'a metric with an error',
      ({ ids, names }) =>
        ids.map((id) =>
          entry(
            id,
            names.map((name) => metric(name, [], { errorCode: 'Throttled', errorMessage: 'x' })),
          ),
        ),
    ],
    [
      'a metric missing',
      ({ ids, names }) =>
        ids.map((id) =>
          entry(
            id,
            names.slice(1).map((name) => metric(name)),
          ),
        ),
    ],
    [
      'another metric instead',
      ({ ids, names }) =>
        ids.map((id) =>
          entry(
            id,
            names.map(() => metric('CpuUtilization')),
          ),
        ),
    ],
    [
      'another workspace',
      ({ names }) => [
        entry(
          workspaceArmId(workspace('ws-other')),
          names.map((name) => metric(name)),
        ),
      ],
    ],
    ['no workspace', () => []],
    ['no list', () => null],
    ['an entry without metrics', ({ ids }) => ids.map((id) => ({ resourceid: id }))],
  ])('fail, and are never taken for nothing, when the answer has %s', async (_, values) => {
    expect(await answered((asked) => ({ body: { values: values(asked) } }))).toMatchObject({
      ok: false,
      kind: 'failed',
      code: 'answer.malformed',
    });
  });

  it('never let a cut pass for the whole: more is asked for, within bounds, then it is a failure', async () => {
    const { metrics, azure } = open(({ ids, names, top }) => {
      const list = Array.from({ length: top }, (_, index) => series(`ci-${index}`, []));
      return {
        body: {
          values: ids.map((id) =>
            entry(
              id,
              names.map((name, index) => metric(name, index === 0 ? list : [])),
            ),
          ),
        },
      };
    });
    const result = (await asked(metrics)).get(workspaceKey(ws));
    expect(result).toMatchObject({ ok: false, kind: 'failed', code: 'answer.cut-short' });
    expect(azure.requests.length).toBeLessThan(14);
    const tops = azure.requests.map(({ url }) => Number(new URL(url).searchParams.get('top')));
    expect(Math.max(...tops)).toBe(100_000);
  });

  it('are asked for again only where they were cut', async () => {
    const two = workspace('ws-two');
    const { metrics, azure } = open(({ ids, names, top }) => {
      const count = (id: string): number => (id.endsWith('ws-one') ? Math.min(top, 300) : 1);
      const list = (id: string): unknown[] =>
        Array.from({ length: count(id) }, (_, index) => series(`ci-${index}`, []));
      return {
        body: {
          values: ids.map((id) =>
            entry(
              id,
              names.map((name, index) => metric(name, index === 0 ? list(id) : [])),
            ),
          ),
        },
      };
    });
    const found = await asked(metrics, [ws, two]);
    const sizes = [ws, two].map((one) => {
      const result = found.get(workspaceKey(one));
      return result?.ok === true && result.value.size;
    });
    expect(sizes).toEqual([300, 1]);
    const counts = azure.requests.map((request) => bodyOf(request).resourceids.length);
    expect(counts.toSorted((one, other) => one - other)).toEqual([1, 1, 2, 2]);
  });

  it('of 49 workspaces survive one that is gone', async () => {
    const workspaces = Array.from({ length: 50 }, (_, index) => workspace(`ws-${index}`));
    const { metrics, azure } = open(({ ids, names }) =>
      ids.some((id) => id.endsWith('/ws-37'))
        ? { status: 404, body: { error: { code: 'ResourceNotFound', message: 'ws-37 was not found.' } } }
        : {
            body: {
              values: ids.map((id) =>
                entry(
                  id,
                  names.map((name) => metric(name)),
                ),
              ),
            },
          },
    );
    const found = await asked(metrics, workspaces);
    expect(
      workspaces.filter((one) => found.get(workspaceKey(one))?.ok !== true).map(({ workspace }) => workspace),
    ).toEqual(['ws-37']);
    expect(azure.requests.length).toBeLessThanOrEqual(2 * 13);
  });

  it.each([
    [404, 2 * 17],
    [400, 2 * 17],
    [403, 2],
    [429, 2],
    [500, 2],
  ])('cost at most so many calls when Azure answers %i to everything', async (status, calls) => {
    const workspaces = Array.from({ length: 50 }, (_, index) => workspace(`ws-${index}`));
    const { metrics, azure } = open(() => ({ status, body: { error: { code: 'X', message: 'y' } } }));
    const found = await asked(metrics, workspaces);
    expect(workspaces.every((one) => found.get(workspaceKey(one))?.ok === false)).toBe(true);
    expect(azure.requests.length).toBeLessThanOrEqual(calls);
  });

  it('fail and do not throw, whatever JSON comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), async (body, value, timeseries) => {
        for (const odd of [body, { values: value }, { values: [entry(workspaceArmId(ws), value)] }]) {
          const result = await answered(() => ({ text: JSON.stringify(odd) }));
          expect(result).toMatchObject({ ok: false, kind: 'failed' });
        }
        const result = await answered(({ ids, names }) => ({
          body: {
            values: ids.map((id) =>
              entry(
                id,
                names.map((name) => metric(name, timeseries)),
              ),
            ),
          },
        }));
        expect(result).toMatchObject({ ok: true });
      }),
      { numRuns: 60 },
    );
  });
});
