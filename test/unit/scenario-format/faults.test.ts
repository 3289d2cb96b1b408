import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../src/local/simulation/scenario/parse.ts';

const head = `version: 1
name: a world
start: 2026-03-02T08:00:00Z
duration: 8h
users: [ { name: ada, teams: [vision] }, { name: root, roles: [Admin] } ]
workspaces: [ { name: ws1, subscription: sub1, resourceGroup: rg1, location: westeurope } ]
computes:
  - { name: ci-ada, workspace: ws1, kind: ComputeInstance, vmSize: Standard_DS3_v2, user: ada }
  - { name: dbx, workspace: ws1, kind: Databricks, resourceId: /subscriptions/sub1/dbx }
`;
/** The line of what a row adds. */
const here = 10;

const faultsOf = (text: string) => {
  const parsed = parseScenario('a.yaml', text);
  return parsed.ok ? [] : parsed.faults;
};

type Row = readonly [added: string, key: string, message: RegExp, suggestion?: string];

const rows: readonly Row[] = [
  // The file
  ['sede: 3', 'sede', /unknown key "sede"/, 'seed'],
  ['seed: -1', 'seed', /found -1, expected a whole number/],
  ['events: hostil', 'events', /normal \| none \| hostile/, 'hostile'],
  ['metricsDelay: -3m', 'metricsDelay', /not negative/],
  ['timeline: { at: 1h }', 'timeline', /found a mapping, expected a list/],
  ['policy: { mode: enforced }', 'policy.mode', /found "enforced"/, 'enforce'],
  ['policy: { idle: { after: 6m } }', 'policy.idle.after', /expected at least 10m/],
  ['policy: { overrides: [ { match: {}, mode: off } ] }', 'policy.overrides[0].match', /at least one key/],
  ['sizes: [ { name: Standard_New } ]', 'sizes[0]', /found no vCPUs/],
  ['quotas: { sub2: { westeurope: { regional: 5 } } }', 'quotas.sub2', /"sub2" is no subscription/, 'sub1'],
  ['quotas: { sub1: { westus: { regional: 5 } } }', 'quotas.sub1.westus', /no region of a workspace/],
  [
    'quotas: { sub1: { westeurope: { regionl: 5 } } }',
    'quotas.sub1.westeurope.regionl',
    /unknown key/,
    'regional',
  ],
  ['resources: [ { id: vm1 } ]', 'resources[0].id', /a resource id/],
  // The timeline
  ['timeline: [ 5 ]', 'timeline[0]', /expected a mapping with at and do/],
  ['timeline: [ { at: 1h } ]', 'timeline[0].do', /found no do, expected one of snooze, outage/],
  ['timeline: [ { at: 1h, do: snoze } ]', 'timeline[0].do', /"snoze" is no deed/, 'snooze'],
  ['timeline: [ { do: halt, by: root } ]', 'timeline[0].at', /found nothing, expected a time from the start/],
  ['timeline: [ { at: -1h, do: halt, by: root } ]', 'timeline[0].at', /found "-1h"/],
  ['timeline: [ { at: 9h, do: halt, by: root } ]', 'timeline[0].at', /after the end of the run/],
  ['timeline: [ { at: 1h, do: halt } ]', 'timeline[0].by', /found nothing, expected a name/],
  ['timeline: [ { at: 1h, do: halt, by: rot } ]', 'timeline[0].by', /"rot" is no user/, 'root'],
  ['timeline: [ { at: 1h, do: halt, by: root, for: 1h } ]', 'timeline[0].for', /unknown key "for"/],
  [
    'timeline: [ { at: 1h, do: snooze, compute: ci-ada, for: -2h, by: ada } ]',
    'timeline[0].for',
    /above zero/,
  ],
  [
    'timeline: [ { at: 1h, do: snooze, compute: ci-eda, for: 2h, by: ada } ]',
    'timeline[0].compute',
    /no compute/,
    'ci-ada',
  ],
  [
    'timeline: [ { at: 1h, do: outage, of: metric, for: 1h } ]',
    'timeline[0].of',
    /metrics \| arm/,
    'metrics',
  ],
  ['timeline: [ { at: 1h, do: throttle, of: arm, for: 1h } ]', 'timeline[0].retryAfter', /found nothing/],
  ['timeline: [ { at: 1h, do: skew, of: arm, by: 5m } ]', 'timeline[0].of', /metrics/],
  ['timeline: [ { at: 1h, do: crash, when: beforeStopCall } ]', 'timeline[0]', /both or neither/],
  [
    'timeline: [ { at: 1h, do: crash, when: duringStop, compute: ci-ada } ]',
    'timeline[0].when',
    /beforeStopCall/,
  ],
  [
    'timeline: [ { at: 1h, do: setPolicy, policy: { mod: warn } } ]',
    'timeline[0].policy.mod',
    /unknown key/,
    'mode',
  ],
  ['timeline: [ { at: 1h, do: approve, id: r1, by: root } ]', 'timeline[0].id', /"r1" is no request/],
  [
    'timeline: [ { at: 1h, do: request, id: r1, by: ada, workspace: ws1 } ]',
    'timeline[0].vmSize',
    /found nothing/,
  ],
  [
    'timeline: [ { at: 1h, do: request, id: r1, by: ada, workspace: ws, vmSize: A } ]',
    'timeline[0].workspace',
    /"ws" is no workspace/,
    'ws1',
  ],
  [
    'timeline: [ { at: 1h, do: request, id: r1, by: ada, workspace: ws1, vmSize: A, repeat: 0 } ]',
    'timeline[0].repeat',
    /at least 1/,
  ],
  [
    'timeline: [ { at: 1h, do: event, type: write, compute: ci-ada, copies: 0 } ]',
    'timeline[0].copies',
    /at least 1/,
  ],
  [
    'timeline: [ { at: 1h, do: attach, name: x, workspace: ws1, kind: AKS, by: root } ]',
    'timeline[0]',
    /no resourceId/,
  ],
  [
    'timeline: [ { at: 1h, do: attach, name: x, workspace: ws1, kind: ACI, resourceId: /subscriptions/a/b, by: root } ]',
    'timeline[0].kind',
    /VirtualMachine/,
  ],
  [
    'timeline: [ { at: 1h, do: accept, finding: netwrk.ssh, compute: ci-ada, until: 2026-03-09, by: root } ]',
    'timeline[0].finding',
    /network\.ssh/,
    'network.ssh',
  ],
  [
    'timeline: [ { at: 1h, do: accept, finding: network.ssh, compute: ci-ada, until: soon, by: root } ]',
    'timeline[0].until',
    /a date/,
  ],
  [
    'timeline: [ { at: 1h, do: create, compute: { name: c-3, workspace: ws1, kind: ComputeInstance } } ]',
    'timeline[0].compute.name',
    /3 to 24 letters/,
  ],
  [
    'timeline: [ { at: 1h, do: create, compute: { name: cix, workspace: ws1, kind: ComputeInstance, since: 2h } } ]',
    'timeline[0].compute.since',
    /expected an earlier one/,
  ],
  // Expectations
  ['expect: [ 5 ]', 'expect[0]', /found 5, expected a mapping/],
  ['expect: [ {} ]', 'expect[0]', /empty mapping/],
  ['expect: [ { comput: ci-ada } ]', 'expect[0].comput', /says what is expected/, 'compute'],
  ['expect: [ { compute: ci-ada } ]', 'expect[0]', /expects nothing of ci-ada/],
  ['expect: [ { compute: ci-bob, stopped: never } ]', 'expect[0].compute', /"ci-bob" is no compute/],
  ['expect: [ { compute: ci-ada, stoped: never } ]', 'expect[0].stoped', /unknown key/, 'stopped'],
  ['expect: [ { compute: ci-ada, stopped: always } ]', 'expect[0].stopped', /never, or a window/],
  ['expect: [ { compute: ci-ada, stopped: {} } ]', 'expect[0].stopped', /never, or a window/],
  [
    'expect: [ { compute: ci-ada, stopped: { after: 4h, befor: 5h } } ]',
    'expect[0].stopped.befor',
    /unknown key/,
    'before',
  ],
  [
    'expect: [ { compute: ci-ada, stopped: { after: 4h, before: 3h } } ]',
    'expect[0].stopped.before',
    /before after/,
  ],
  ['expect: [ { compute: ci-ada, stopped: { after: 9h } } ]', 'expect[0].stopped.after', /after the end/],
  [
    'expect: [ { compute: ci-ada, stopped: never, reason: stop.idle } ]',
    'expect[0].reason',
    /goes with a window/,
  ],
  [
    'expect: [ { compute: ci-ada, state: Running, reason: stop.idle } ]',
    'expect[0].reason',
    /goes with one of stopped/,
  ],
  [
    'expect: [ { compute: ci-ada, decision: keep.unknown.metric, at: 1h } ]',
    'expect[0].decision',
    /keep\.unknown\.metrics/,
    'keep.unknown.metrics',
  ],
  ['expect: [ { compute: ci-ada, decision: warn.idle, at: 9h } ]', 'expect[0].at', /after the end/],
  ['expect: [ { compute: ci-ada, decision: warn.idle, at: later } ]', 'expect[0].at', /or end/],
  ['expect: [ { compute: ci-ada, stopped: never, at: 3h } ]', 'expect[0].at', /goes with one of decision/],
  ['expect: [ { request: r1, status: done } ]', 'expect[0].status', /completed/],
  ['expect: [ { request: r1, status: completed } ]', 'expect[0].request', /"r1" is no request/],
  ['expect: [ { attach: a1, status: attached } ]', 'expect[0].attach', /"a1" is no attach/],
  ['expect: [ { finding: network.ssh, compute: ci-ada, told: -1 } ]', 'expect[0].told', /not negative/],
  ['expect: [ { finding: quota.team, team: visio } ]', 'expect[0].team', /no team/, 'vision'],
  ['expect: [ { armCalls: { operation: stop } } ]', 'expect[0].armCalls', /at least one of atMost/],
  [
    'expect: [ { armCalls: { operation: stopp, atMost: 1 } } ]',
    'expect[0].armCalls.operation',
    /stop/,
    'stop',
  ],
];

describe('a scenario file is refused', () => {
  const cases = rows.map(([added, key, message, suggestion]) => ({ added, key, message, suggestion }));

  it.each(cases)('$added', ({ added, key, message, suggestion }) => {
    const faults = faultsOf(head + added);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ line: here, key, message: expect.stringMatching(message) as string });
    expect(faults[0]?.suggestion).toBe(suggestion ?? faults[0]?.suggestion);
  });

  const computeRows: readonly (readonly [entry: string, key: string, message: RegExp])[] = [
    ['{ workspace: ws1, kind: ComputeInstance }', 'name', /found nothing/],
    ['{ name: ci-x, kind: ComputeInstance }', 'workspace', /found nothing/],
    ['{ name: ci-x, workspace: ws1 }', 'kind', /ComputeInstance \| AmlCompute/],
    ['{ name: ci-x, workspace: ws2, kind: ComputeInstance }', 'workspace', /no workspace/],
    ['{ name: ci-x, workspace: ws1, kind: Instance }', 'kind', /found "Instance"/],
    ['{ name: ab, workspace: ws1, kind: ComputeInstance }', 'name', /3 to 24 letters/],
    ['{ name: ci-7, workspace: ws1, kind: ComputeInstance }', 'name', /a letter first and after each/],
    ['{ name: CI-ADA, workspace: ws1, kind: ComputeInstance }', 'name', /there twice/],
    ['{ name: ci-x, workspace: ws1, kind: ComputeInstance, user: eve }', 'user', /no user/],
    ['{ name: ci-x, workspace: ws1, kind: ComputeInstance, since: 1h }', 'since', /expected an earlier one/],
    ['{ name: ci-x, workspace: ws1, kind: ComputeInstance, since: today }', 'since', /or an instant/],
    ['{ name: aks, workspace: ws1, kind: AKS }', '', /found no resourceId/],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, cluster: { maxNodes: 4 } }',
      'cluster',
      /has no nodes/,
    ],
    [
      '{ name: pool, workspace: ws1, kind: AmlCompute, cluster: { minNodes: 5, maxNodes: 4 } }',
      'cluster.minNodes',
      /more than maxNodes/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, metrics: [ { from: 0h, cpu: 3 } ] }',
      'metrics[0].to',
      /found nothing/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, metrics: [ { from: 2h, to: 1h } ] }',
      'metrics[0].to',
      /ends before it begins/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, metrics: [ { from: 0h, to: 1h, cpu: 101 } ] }',
      'metrics[0].cpu',
      /0 to 100/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, metrics: [ { from: 0h, to: 1h, cpu: low } ] }',
      'metrics[0].cpu',
      /or nan/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, vmSize: Standard_DS3_v2, metrics: [ { from: 0h, to: 1h, cpu: [1, 2] } ] }',
      'metrics[0].cpu',
      /found 2 loads, expected 4/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, vmSize: Standard_NC12s_v3, metrics: [ { from: 0h, to: 1h, gpu: [1] } ] }',
      'metrics[0].gpu',
      /expected 2/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, metrics: [ { from: 0h, to: 1h, network: -1 } ] }',
      'metrics[0].network',
      /megabytes/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, jobs: [ { from: 0h } ] }',
      'jobs[0].name',
      /found nothing/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, reports: [ { from: 0h, to: 1h, kernel: busy } ] }',
      'reports[0].kernel',
      /unknown key/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, reports: [ { from: 0h, to: 1h, kernels: bussy } ] }',
      'reports[0].kernels',
      /busy \| idle/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, fails: { stop: [DiskFul] } }',
      'fails.stop[0]',
      /DiskFull/,
    ],
    [
      '{ name: ci-x, workspace: ws1, kind: ComputeInstance, fails: { stopp: [DiskFull] } }',
      'fails.stopp',
      /unknown key/,
    ],
    [
      '{ name: dbx, workspace: ws1, kind: Databricks, resourceId: /subscriptions/sub1/x, inUse: maybe }',
      'inUse',
      /true \| false \| unknown/,
    ],
  ];

  it.each(computeRows)('for the compute %s', (entry, inner, message) => {
    const faults = faultsOf(`${head}  - ${entry}\n`);
    const key = inner === '' ? 'computes[2]' : `computes[2].${inner}`;
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ line: here, key, message: expect.stringMatching(message) as string });
  });

  it.each([
    ['', ['']],
    ['version: 2\nname: x\nstart: yesterday\nduration: 0h', ['version', 'start', 'duration']],
    ['[]', ['']],
    ['name: x', ['version', 'start', 'duration']],
  ])('without what every file needs: %j', (text, keys) => {
    expect(faultsOf(text).map(({ key }) => key)).toEqual(keys);
  });

  it('with its faults all at once, in the order of the file', () => {
    const text = `${head}seed: x
policy: { mode: on }
timeline: [ { at: 1h, do: nap } ]
expect: [ { compute: ci-ada, stopped: x } ]
seed: y
`;
    expect(faultsOf(text).map(({ line, key }) => [line, key])).toEqual([
      [11, 'policy.mode'],
      [12, 'timeline[0].do'],
      [13, 'expect[0].stopped'],
      [14, ''],
      [14, 'seed'],
    ]);
  });

  it('where a later policy cannot work with an earlier one', () => {
    const text = `${head}timeline:
  - { at: 2h, do: setPolicy, policy: { idle: { after: 12m } } }
  - { at: 1h, do: setPolicy, policy: { sweep: { every: 10m } } }
`;
    expect(faultsOf(text)).toMatchObject([{ line: 11, key: 'timeline[0].policy.idle.after' }]);
  });

  it('where a name could mean two computes', () => {
    const text =
      `${head}  - { name: dbx, workspace: ws2, kind: Databricks, resourceId: /subscriptions/sub1/x }
expect: [ { compute: dbx, exists: true }, { compute: dbx, workspace: ws2, exists: true } ]
`.replace(
        'location: westeurope } ]',
        'location: westeurope }, { name: ws2, subscription: sub1, resourceGroup: rg1, location: westus } ]',
      );
    expect(faultsOf(text)).toMatchObject([
      { line: 11, key: 'expect[0].compute', message: expect.stringMatching(/several workspaces/) as string },
    ]);
  });
});
