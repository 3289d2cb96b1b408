import { describe, expect, it } from 'vitest';
import { createArmClients } from '../../../src/adapters/azure/arm-clients.ts';
import { createJobs } from '../../../src/adapters/azure/jobs.ts';
import { createSizes } from '../../../src/adapters/azure/sizes.ts';
import { createWorkspaces } from '../../../src/adapters/azure/workspaces.ts';
import { parseResourceGroupName, parseWorkspaceName, type WorkspaceRef } from '../../../src/core/ids.ts';
import {
  type FakeAnswer,
  fakeAzure,
  recordedAnswer,
  staticCredential,
  subscription,
  transportTo,
} from '../../support/fake-azure.ts';

const ws: WorkspaceRef = {
  subscriptionId: subscription,
  resourceGroup: parseResourceGroupName('rg'),
  workspace: parseWorkspaceName('ws'),
};
function over(answer: (url: string) => FakeAnswer) {
  const azure = fakeAzure(({ url }) => answer(url));
  return { azure, clients: createArmClients(transportTo(azure), staticCredential) };
}

const job = (name: string, properties: object) => ({ id: `/jobs/${name}`, name, properties });
const jobsOf = async (...rows: unknown[]) =>
  createJobs({ reader: over(() => ({ body: { value: rows } })).clients }).listUnfinished(ws);

describe('unfinished jobs', () => {
  it('are all but Completed, Failed and Canceled, in any casing; a status never seen has not ended', async () => {
    const words = [
      'Completed',
      'FAILED',
      'canceled',
      'Paused',
      'Queued',
      'NotResponding',
      'Dreaming',
      'CancelRequested',
      'Running',
    ];
    const result = await jobsOf(...words.map((status) => job(status, { status })), job('none', {}));
    expect(result.ok && result.value.map(({ status }) => status)).toEqual([...words.slice(3), 'Unknown']);
  });

  it('carry the compute as the job spells it, and a pipeline that of each step', async () => {
    const result = await jobsOf(
      job('one', { status: 'Running', computeId: '/X/computes/CI' }),
      job('none', { status: 'Running', computeId: null }),
      job('pipeline', {
        status: 'Running',
        jobType: 'Pipeline',
        settings: { default_compute: '/a' },
        jobs: { x: { computeId: '/b' }, y: { computeId: '/a' }, z: null },
      }),
    );
    expect(result.ok && result.value.map(({ name, computeId }) => [name, computeId])).toEqual([
      ['one', '/X/computes/CI'],
      ['none', null],
      ['pipeline', '/a'],
      ['pipeline', '/b'],
    ]);
  });

  it('are looked for among archived ones too', async () => {
    const { azure, clients } = over(() => ({ body: { value: [] } }));
    await createJobs({ reader: clients }).listUnfinished(ws);
    expect(new URL(azure.requests[0]?.url ?? '').searchParams.get('listViewType')).toBe('All');
  });

  it('are a failure when there are more jobs than are read, never a part', async () => {
    let page = 0;
    const { clients } = over(() => ({
      body: {
        value: Array.from({ length: 10 }, (_, index) => job(`${page}-${index}`, { status: 'Running' })),
        nextLink: `https://management.azure.com/subscriptions/${subscription}/x?p=${(page += 1)}`,
      },
    }));
    const limits = { maxRows: 35, maxPages: 100 };
    expect(await createJobs({ reader: clients, limits }).listUnfinished(ws)).toMatchObject({
      ok: false,
      code: 'answer.malformed',
    });
    expect(page).toBe(4);
    const pages = { maxRows: 1000, maxPages: 3 };
    expect(await createJobs({ reader: clients, limits: pages }).listUnfinished(ws)).toMatchObject({
      ok: false,
    });
    expect(page).toBe(7);
  });

  it('fail when a later page is throttled', async () => {
    const nextLink = `https://management.azure.com/subscriptions/${subscription}/x`;
    const { clients } = over((url) =>
      url.includes('/jobs')
        ? { body: { value: [job('a', { status: 'Running' })], nextLink } }
        : { status: 429, headers: { 'retry-after': '5' } },
    );
    expect(await createJobs({ reader: clients }).listUnfinished(ws)).toMatchObject({
      ok: false,
      kind: 'throttled',
    });
  });
});

const row = (more: object = {}) => ({
  id: `/subscriptions/${subscription.toUpperCase()}/resourcegroups/rg/providers/microsoft.machinelearningservices/workspaces/ws`,
  location: 'West Europe',
  ...more,
});
const list = async (...rows: unknown[]) =>
  createWorkspaces(over(() => ({ body: { value: rows } })).clients).list(subscription);

describe('workspaces', () => {
  it('are read whatever the casing of their id, with the short name of their region, each once', async () => {
    expect(await list(row(), row({ tags: { a: 'b', c: null } }))).toEqual({
      ok: true,
      value: [{ ...ws, location: 'westeurope', tags: { a: 'b' } }],
    });
  });

  it.each([
    [
      'of another subscription',
      {
        id: row().id.replace(/\/subscriptions\/[^/]+/, '/subscriptions/00000000-0000-0000-0000-000000000001'),
      },
    ],
    ['without an id', { id: undefined }],
    ['without a region', { location: null }],
    ['with a hostile name', { id: row().id.replace(/ws$/, '..') }],
  ])('are a failure when one is %s', async (_, more) => {
    expect(await list(row(more))).toMatchObject({ ok: false, kind: 'failed' });
  });
});

const listed = async (body: unknown) =>
  createSizes(over(() => ({ body })).clients).list(subscription, 'westeurope');

describe('sizes', () => {
  it('are those of the recorded answer, with the price of Linux without a discount', async () => {
    const recorded = recordedAnswer('vmSizes-list', 200);
    const result = await listed(recorded.body);
    if (!result.ok) throw new Error(result.message);
    expect(result.value.size).toBe((recorded.body as { value: unknown[] }).value.length);
    expect(result.value.get('standard_ds1_v2')).toEqual({
      name: 'Standard_DS1_v2',
      family: 'standardDSv2Family',
      vCPUs: 1,
      gpus: 0,
      pricePerHourUsd: 0.07,
      supportedComputeTypes: ['AmlCompute', 'ComputeInstance'],
    });
  });

  it.each([
    [
      'another currency',
      {
        billingCurrency: 'EUR',
        unitOfMeasure: 'OneHour',
        values: [{ osType: 'Linux', vmTier: 'Standard', retailPrice: 1 }],
      },
    ],
    [
      'another unit',
      {
        billingCurrency: 'USD',
        unitOfMeasure: 'OneMonth',
        values: [{ osType: 'Linux', vmTier: 'Standard', retailPrice: 1 }],
      },
    ],
    [
      'only Windows',
      {
        billingCurrency: 'USD',
        unitOfMeasure: 'OneHour',
        values: [{ osType: 'Windows', vmTier: 'Standard', retailPrice: 1 }],
      },
    ],
    [
      'a price that is text',
      {
        billingCurrency: 'USD',
        unitOfMeasure: 'OneHour',
        values: [{ osType: 'Linux', vmTier: 'Standard', retailPrice: '1' }],
      },
    ],
    ['nothing', null],
  ])('have an unknown price when Azure gives %s', async (_, estimatedVMPrices) => {
    const result = await listed({ value: [{ name: 'Big', vCPUs: 2, gpus: 0, estimatedVMPrices }] });
    expect(result.ok && result.value.get('big')?.pricePerHourUsd).toBeNull();
  });

  it('are unknown when Azure does not say their GPUs', async () => {
    const result = await listed({
      value: [{ name: 'Big', vCPUs: 2 }, { name: 'Small', vCPUs: 2, gpus: 0 }, null, 7],
    });
    expect(result.ok && [...result.value.keys()]).toEqual(['small']);
  });

  it('are asked for again after a failure', async () => {
    const answers: FakeAnswer[] = [
      { status: 500, body: {} },
      { body: { value: [] } },
      { status: 500, body: {} },
    ];
    const { clients } = over(() => answers.shift() ?? {});
    const sizes = createSizes(clients);
    expect((await sizes.list(subscription, 'westeurope')).ok).toBe(false);
    expect((await sizes.list(subscription, 'westeurope')).ok).toBe(true);
    expect((await sizes.list(subscription, 'westeurope')).ok).toBe(true);
    expect((await sizes.list(subscription, '../x')).ok).toBe(false);
  });
});
