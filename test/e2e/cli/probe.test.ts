import { describe, expect, it } from 'vitest';
import type { AppDoor } from '../../../src/cli/door/app-door.ts';
import { actDoctor } from '../../../src/cli/doctor/act-doctor.ts';
import type { ProbeView } from '../../../src/cli/doctor/probe/run-probe.ts';
import type { ComputeSpec, SimulatedAzureOptions, WorldSpec } from '../../../src/local/azure/index.ts';
import { appPrincipal } from '../../../src/local/azure/principal.ts';
import type { FaultHook } from '../../../src/local/azure/simulated-azure.ts';
import { type CliStand, cliStand } from '../../support/cli-stand.ts';
import { at, idle, startAt } from '../../support/fleet-world.ts';

const ml = 'Microsoft.MachineLearningServices';
const job = (name: string, hours: number) => ({
  name,
  fromAt: at(hours),
  toAt: at(hours + 1),
  status: 'Running',
});
const withJobs = idle('ci-jobs', { jobs: [job('a', -9), job('b', -8), job('c', -7)] });

type Given = {
  readonly computes?: readonly ComputeSpec[];
  readonly more?: Partial<WorldSpec>;
  readonly habits?: SimulatedAzureOptions['habits'];
  readonly hook?: FaultHook;
  readonly door?: AppDoor;
  readonly compute?: string;
};

/** Tokens of this one say whom they are for. */
const credentialOf = ({ azure }: CliStand) => ({
  async getToken(scopes: string | string[]) {
    const audience = String(scopes).replace(/\/\.default$/, '');
    const { token } = await azure.tokens.appToken(appPrincipal('lamplighter'), audience);
    return { token, expiresOnTimestamp: 253_402_300_799_000 };
  },
});

async function probed(
  given: Given,
): Promise<{ readonly code: number; readonly view: ProbeView; readonly stand: CliStand }> {
  const workspaces = [{ name: 'ws1', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' }];
  const { computes = [idle('ci-a')], habits } = given;
  const stand = cliStand(
    { startAt, workspaces, computes, ...given.more },
    habits === undefined ? {} : { habits },
  );
  stand.azure.onRequest(given.hook ?? null);
  const args = {
    probe: true,
    json: true,
    ...(given.door === undefined ? {} : { url: 'https://lamplighter.example' }),
    ...(given.compute === undefined ? {} : { compute: given.compute }),
  };
  const { code, out } = await stand.run((surroundings, how) =>
    actDoctor(args, surroundings, {
      ...how,
      // Signing takes time: only where somebody looks at whom a token is for.
      ...(habits?.metricsAudiences === undefined ? {} : { credential: credentialOf(stand) }),
      ...(given.door === undefined ? {} : { door: given.door }),
    }),
  );
  return { code, view: JSON.parse(out) as ProbeView, stand };
}

const replying =
  (path: string, json: unknown, status = 200): FaultHook =>
  ({ url }) =>
    url.includes(path) ? { kind: 'answer', status, headers: {}, body: JSON.stringify(json) } : null;
const refused = (path: string): FaultHook =>
  replying(path, { error: { code: 'AuthorizationFailed', message: 'no' } }, 403);
const jobRow = (name: string, createdAt: string, computeId: string) => ({
  id: `/x/jobs/${name}`,
  name,
  properties: { status: 'Completed', computeId },
  systemData: { createdAt, lastModifiedAt: createdAt },
});
const usageRow = (type: string, title: string) => ({
  id: '/x',
  type: `${ml}/${type}`,
  currentValue: 0,
  limit: 1,
  name: { value: title },
});
const doorTo = (status: number, json: Record<string, unknown>): AppDoor => ({
  call: async () => ({ status, json }),
});
const days = ['2026-02-01', '2026-02-02', '2026-02-03'];
const setting = { properties: { properties: { idleTimeBeforeShutdown: 'PT2H' } } };

type Row = readonly [id: string, state: 'settled' | 'open', found: RegExp, given: Given];
const table: readonly Row[] = [
  [
    'metrics.without-job',
    'settled',
    /^Yes: 1 of 1 running instances without a job.*ci-a \(\d+ samples\)/,
    {},
  ],
  [
    'metrics.without-job',
    'settled',
    /^No: 1 running instances without a job \(ci-a\).*session agent/,
    { computes: [idle('ci-a', { metrics: [] })] },
  ],
  [
    'metrics.without-job',
    'open',
    /^No instance of the workspace has been running/,
    { computes: [idle('ci-a', { state: 'Stopped' })] },
  ],
  [
    'metrics.without-job',
    'open',
    /^Every running instance had a job/,
    { computes: [idle('ci-a', { jobs: [{ name: 'j', fromAt: at(-1), status: 'Running' }] })] },
  ],
  ['metrics.without-job', 'open', /cannot be read: AuthorizationFailed/, { hook: refused('getBatch') }],
  ['metrics.definitions', 'settled', /^Yes, all of them; it offers \d+ metrics/, {}],
  [
    'metrics.definitions',
    'settled',
    /^No: it lacks CpuUtilizationPercentage \(no computename\), CpuUtilizationMillicores,/,
    {
      hook: replying('metricDefinitions', {
        value: [{ name: { value: 'CpuUtilizationPercentage' }, dimensions: [{ value: 'RunId' }] }],
      }),
    },
  ],
  [
    'metrics.audience',
    'settled',
    /^It accepts https:\/\/metrics\.monitor\.azure\.com and https:\/\/management\.azure\.com\.$/,
    {},
  ],
  [
    'metrics.audience',
    'settled',
    /^It accepts https:\/\/management\.azure\.com alone\.$/,
    { habits: { metricsAudiences: ['https://management.azure.com'] } },
  ],
  ['metrics.audience', 'open', /^Neither: /, { habits: { metricsAudiences: [] } }],
  ['computes.list-rows', 'settled', /^Full: rows carry state, vmSize, lastOperation/, {}],
  [
    'computes.list-rows',
    'settled',
    /^Thin: none of 1 rows carries its state; a GET adds state, vmSize/,
    { habits: { thinRows: true } },
  ],
  ['computes.list-rows', 'open', /holds no instance/, { computes: [] }],
  [
    'computes.idle-setting-version',
    'settled',
    /^2022-10-01, the oldest that was asked\.$/,
    { computes: [idle('ci-a', setting)] },
  ],
  [
    'computes.idle-setting-version',
    'settled',
    /^2024-04-01\.$/,
    { computes: [idle('ci-a', setting)], habits: { idleSettingSince: '2024-04-01' } },
  ],
  ['computes.idle-setting-version', 'open', /has it set/, { computes: [idle('ci-a', { properties: {} })] }],
  [
    'computes.schedules',
    'settled',
    /^Yes: 1 of 2 show the field, and 1 have schedules\.$/,
    {
      computes: [
        idle('ci-a'),
        idle('ci-b', { properties: { properties: { schedules: { computeStartStop: [{ id: 's' }] } } } }),
      ],
    },
  ],
  ['computes.schedules', 'open', /^None of 1 instances shows the field/, {}],
  ['jobs.order', 'settled', /^newest first; 3 rows on 1 pages/, { computes: [withJobs] }],
  [
    'jobs.order',
    'settled',
    /^oldest first; 3 rows/,
    { hook: replying('/jobs', { value: days.map((day) => jobRow(day, day, 'x')) }) },
  ],
  [
    'jobs.order',
    'settled',
    /^in no order of creation/,
    {
      hook: replying('/jobs', {
        value: ['2026-02-02', '2026-02-03', '2026-02-01'].map((day) => jobRow(day, day, 'x')),
      }),
    },
  ],
  ['jobs.order', 'open', /too few jobs to tell: 0/, {}],
  ['jobs.compute-id', 'settled', /^Yes, in 3 of 3 jobs\.$/, { computes: [withJobs] }],
  [
    'jobs.compute-id',
    'settled',
    /^No: it holds the bare name ci-a\.$/,
    { hook: replying('/jobs', { value: [jobRow('a', '2026-02-01', 'ci-a')] }) },
  ],
  ['jobs.compute-id', 'open', /^None of 0 jobs names an instance/, {}],
  ['sizes.prices', 'settled', /^Yes, all \d+ \(USD/, {}],
  [
    'sizes.prices',
    'settled',
    /^No: 1 of \d+ have none \(Standard_X\), 1 of them with GPU\.$/,
    {
      more: {
        sizes: [{ name: 'Standard_X', vCPUs: 6, gpus: 1, family: 'standardXFamily', pricePerHour: null }],
      },
    },
  ],
  ['sizes.families', 'settled', /^Yes, all \d+ families\.$/, {}],
  [
    'sizes.families',
    'settled',
    /^No: \d+ of \d+ families have none/,
    {
      hook: replying('/usages', {
        value: [usageRow('vmFamily/usages', 'Standard DSv2 Family Cluster Dedicated vCPUs')],
      }),
    },
  ],
  ['usages.types', 'settled', /^both “workspace\/…” and “workspaces\/…”/, {}],
  [
    'usages.types',
    'settled',
    /^“workspaces\/…” alone: workspaces\/usages\.$/,
    { hook: replying('/usages', { value: [usageRow('workspaces/usages', 'x')] }) },
  ],
  ['usages.types', 'open', /^No row is of a workspace/, { computes: [] }],
  ['roles.operations', 'settled', /^As in infra\/roles: .*updateIdleShutdownSetting\/action/, {}],
  [
    'roles.operations',
    'settled',
    /^Azure has no workspaces\/computes\/updateIdleShutdownSetting\/action.*;/,
    {
      hook: replying('providerOperations', {
        resourceTypes: [{ operations: [{ name: `${ml}/workspaces/computes/stop/action` }] }],
      }),
    },
  ],
  [
    'roles.operations',
    'open',
    /cannot be read: AuthorizationFailed/,
    { hook: refused('providerOperations') },
  ],
  [
    'events.arrived',
    'settled',
    /^ResourceActionSuccess:stop\.action \(3\)$/,
    { door: doorTo(200, { eventKinds: [{ name: 'ResourceActionSuccess:stop.action', count: 3 }] }) },
  ],
  ['events.arrived', 'open', /^None has arrived yet/, { door: doorTo(200, { eventKinds: [] }) }],
  [
    'events.arrived',
    'open',
    /does not say: Only an admin/,
    { door: doorTo(403, { detail: 'Only an admin may see it.' }) },
  ],
  ['events.arrived', 'open', /--url/, {}],
];

describe('lamplighter doctor --probe', () => {
  it.each(table)('answers %s: %s, %s', async (id, state, found, given) => {
    const { view } = await probed(given);
    const answer = view.questions.find((one) => one.id === id);
    expect(answer).toMatchObject({ state, found: expect.stringMatching(found) });
  });

  it('asks by reads alone, says what it asked, and leaves with 2 while a question is open', async () => {
    const { code, view, stand } = await probed({});
    expect(code).toBe(2);
    expect(stand.azure.writes).toEqual([]);
    expect(stand.sent.filter((one) => !one.startsWith('GET ') && !one.endsWith('/metrics:getBatch'))).toEqual(
      [],
    );
    expect(stand.azure.unknownRequests).toEqual([]);
    for (const { id, asked } of view.questions.filter((one) => one.state === 'settled')) {
      expect([id, asked.length > 0 || id === 'events.arrived']).toEqual([id, true]);
    }
  });

  it('leaves with 0 when every question is settled', async () => {
    const schedules = { computeStartStop: [{ id: 's' }] };
    const { code, view } = await probed({
      computes: [
        idle('ci-a', { properties: { properties: { idleTimeBeforeShutdown: 'PT2H', schedules } } }),
        withJobs,
      ],
      door: doorTo(200, { eventKinds: [{ name: 'ResourceWriteSuccess:write', count: 1 }] }),
    });
    expect(view.questions.filter(({ state }) => state === 'open')).toEqual([]);
    expect(code).toBe(0);
  });

  it('asks the workspace of the instance that is named, and prints question, what was asked and what was found', async () => {
    const stand = cliStand({
      startAt,
      workspaces: ['ws1', 'ws2'].map((name) => ({
        name,
        subscription: 'main',
        resourceGroup: 'rg',
        location: 'westeurope',
      })),
      computes: [idle('ci-a'), idle('ci-b', { workspace: 'ws2' })],
    });
    const { out } = await stand.run((surroundings, how) =>
      actDoctor({ probe: true, compute: 'ci-b' }, surroundings, how),
    );
    expect(out).toMatch(/^Probed \S+\/workspaces\/ws2 in westeurope; nothing was changed\.$/m);
    expect(out).toMatch(
      /^settled {2}Are the rows of the computes list full.*\n {2}asked {2}GET …\/computes \(2025-12-01\).*\n {2}found {2}Full/m,
    );
    expect(out).toMatch(/^\d+ of 13 questions settled\.$/m);
  });
});
