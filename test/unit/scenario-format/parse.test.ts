import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  features,
  idleFeatures,
  unsupportedFeatures,
} from '../../../src/local/simulation/scenario/features.ts';
import { parseScenario } from '../../../src/local/simulation/scenario/parse.ts';
import { openYaml } from '../../../src/core/yaml/document.ts';
import { parsePolicy } from '../../../src/core/policy/parse.ts';

const startAt = Date.UTC(2026, 2, 2, 8);
const minute = 60_000;
const hour = 60 * minute;

const text = `
version: 1
name: everything at once
start: 2026-03-02T08:00:00Z
duration: 8h
policy:
  mode: enforce
  idle: { after: 60m, warn: 30m }
  protected: [ { compute: keep } ]
users:
  - { name: ada, teams: [vision] }
  - { name: root, roles: [Admin], enabled: false, manager: ada }
workspaces:
  - { name: ws1, subscription: sub1, resourceGroup: rg1, location: westeurope, tags: { env: prod } }
sizes: [ { name: standard_nc6, pricePerHour: 3 }, { name: Standard_Q2s_v9, vCPUs: 2 } ]
quotas: { sub1: { westeurope: { regional: 100, families: { standardNCSv3Family: 24 } } } }
resources: [ { id: /subscriptions/sub1/vm1, os: Linux, publicIp: true } ]
computes:
  - name: ci-ada
    workspace: ws1
    kind: ComputeInstance
    vmSize: Standard_DS3_v2
    state: Running
    since: -3h
    user: ada
    metrics: [ { from: -3h, to: 2h, cpu: [1, 0.5, 97, nan], network: .nan }, { from: 2h, to: 8h, cpu: nan } ]
    jobs: [ { name: train, from: 1h, to: 3h, status: Queued }, { name: tail, from: 7h } ]
    reports: [ { from: 0h, to: 4h, kernels: busy, lastInput: 1h } ]
    fails: { stop: [DiskFull, Conflict] }
    properties: { sshSettings: { sshPublicAccess: Enabled } }
    disk: [ { from: 0h, to: 8h, freeMegabytes: 900 } ]
  - { name: pool, workspace: ws1, kind: AmlCompute, cluster: { minNodes: 1, maxNodes: 4, scaleDownAfter: 2h, nodes: [ { from: 0h, to: 1h, idle: 1 } ] } }
  - { name: dbx, workspace: ws1, kind: Databricks, resourceId: /subscriptions/SUB1/dbx, attachedAt: 2026-01-01T00:00:00Z, inUse: unknown }
timeline:
  - { at: 3h, do: snooze, compute: ci-ada, for: 2h, by: ada }
  - { at: 1h, do: setPolicy, policy: { idle: { after: 90m }, protected: [ { compute: other } ] } }
  - { at: 1h, do: throttle, of: arm, retryAfter: 120s, for: 10m }
  - { at: 2h, do: crash, when: afterStopCall, compute: ci-ada }
  - { at: 2h, do: setPolicy, policy: { mode: observe } }
  - { at: 4h, do: request, id: r1, by: ada, workspace: ws1, vmSize: Standard_NC6s_v3, repeat: 3, metrics: [ { from: 5h, to: 6h, cpu: 9 } ] }
  - { at: 5h, do: create, compute: { name: ci-late, workspace: ws1, kind: ComputeInstance, vmSize: Standard_DS3_v2 } }
  - { at: 5h, do: detach, compute: dbx, by: root }
  - { at: 6h, do: accept, finding: network.ssh, compute: ci-ada, until: 2026-03-09, by: root }
expect:
  - { compute: ci-ada, stopped: { after: 4h, before: 4h20m }, warned: { after: 3h30m }, reason: stop.idle }
  - { compute: CI-ADA, decision: keep.unknown.metrics, at: 5h }
  - { compute: ci-late, state: Running, at: end }
  - { compute: ci-ada, started: never }
  - { request: r1, status: completed, instances: 1 }
  - { detach: dbx, status: detached, at: 6h }
  - { finding: attachment.duplicate, compute: dbx }
  - { finding: quota.team, team: vision, raised: never, told: 0 }
  - { armCalls: { operation: stop, atMost: 1 } }
`;

function scenarioOf(source: string) {
  const parsed = parseScenario('a.yaml', source);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.scenario;
}

describe('a scenario as read', () => {
  const scenario = scenarioOf(text);

  it('has absolute times and its defaults', () => {
    expect(scenario).toMatchObject({
      name: 'everything at once',
      startAt,
      endAt: startAt + 8 * hour,
      seed: 1,
      metricsDelayMs: 3 * minute,
      events: 'normal',
    });
    const [ada, pool, dbx] = scenario.computes;
    expect(ada).toMatchObject({
      spec: {
        sinceAt: startAt - 3 * hour,
        metrics: [
          { fromAt: startAt - 3 * hour, toAt: startAt + 2 * hour, cpu: [1, 0.5, 97, 'nan'], network: 'nan' },
          { cpu: 'nan' },
        ],
        jobs: [
          { name: 'train', status: 'Queued' },
          { name: 'tail', status: 'Running', fromAt: startAt + 7 * hour },
        ],
        fails: { stop: ['DiskFull', 'Conflict'] },
      },
      reports: [{ kernels: 'busy', terminals: 'idle', gpu: 'idle', lastInputAt: startAt + hour }],
      inUse: null,
    });
    expect(pool?.spec).toMatchObject({
      vmSize: 'Standard_DS3_v2',
      cluster: { minNodes: 1, scaleDownAfterMs: 2 * hour },
    });
    expect(dbx).toMatchObject({ spec: { attachedAt: Date.UTC(2026, 0, 1) }, inUse: 'unknown' });
    expect(dbx?.spec).not.toHaveProperty('vmSize');
  });

  it('has a world for the simulated Azure, known sizes changed and new ones added', () => {
    expect(scenario.world.computes.map(({ name }) => name)).toEqual(['ci-ada', 'pool', 'dbx']);
    expect(scenario.world.users?.[1]).toEqual({
      name: 'root',
      teams: [],
      roles: ['Admin'],
      enabled: false,
      manager: 'ada',
    });
    expect(scenario.world.sizes).toEqual([
      { name: 'Standard_NC6', vCPUs: 6, gpus: 1, family: 'standardNCFamily', pricePerHour: 3 },
      { name: 'Standard_Q2s_v9', vCPUs: 2, gpus: 0, family: 'standardQSv9Family' },
    ]);
  });

  it('has its deeds in time order, those of one time in file order', () => {
    expect(scenario.timeline.map(({ at, index, deed }) => [(at - startAt) / hour, index, deed.do])).toEqual([
      [1, 1, 'setPolicy'],
      [1, 2, 'throttle'],
      [2, 3, 'crash'],
      [2, 4, 'setPolicy'],
      [3, 0, 'snooze'],
      [4, 5, 'request'],
      [5, 6, 'create'],
      [5, 7, 'detach'],
      [6, 8, 'accept'],
    ]);
  });

  it('lays later policies over earlier ones, deeply, with lists replaced', () => {
    const policies = scenario.timeline.flatMap(({ deed }) => (deed.do === 'setPolicy' ? [deed.policy] : []));
    expect(policies.map(({ plain }) => plain)).toEqual([
      { mode: 'enforce', idle: { after: '90m', warn: '30m' }, protected: [{ compute: 'other' }] },
      { mode: 'observe', idle: { after: '90m', warn: '30m' }, protected: [{ compute: 'other' }] },
    ]);
    for (const { text: file, policy } of policies) {
      expect(parsePolicy(file)).toMatchObject({ ok: true, policy });
    }
  });

  it('fills in who a request is for, and names what was attached', () => {
    const deeds = scenario.timeline.map(({ deed }) => deed);
    expect(deeds.find((deed) => deed.do === 'request')).toMatchObject({
      for: 'ada',
      name: null,
      ssh: null,
      repeat: 3,
      machine: { metrics: [{ fromAt: startAt + 5 * hour, cpu: 9 }] },
    });
    expect(deeds.find((deed) => deed.do === 'detach')).toMatchObject({ id: 'dbx', compute: 'dbx' });
    expect(deeds.find((deed) => deed.do === 'accept')).toMatchObject({
      compute: 'ci-ada',
      until: Date.UTC(2026, 2, 10),
    });
  });

  it('has an expectation for each thing that an entry says', () => {
    const parts = scenario.expectations.flatMap((entry) => entry.parts);
    expect(parts).toMatchObject([
      {
        expect: 'act',
        act: 'stopped',
        when: { afterAt: startAt + 4 * hour, beforeAt: startAt + 260 * minute },
        reason: 'stop.idle',
      },
      { expect: 'act', act: 'warned', when: { afterAt: startAt + 210 * minute, beforeAt: null } },
      { expect: 'decision', compute: 'CI-ADA', at: startAt + 5 * hour },
      { expect: 'state', state: 'Running', at: startAt + 8 * hour },
      { expect: 'act', act: 'started', when: 'never', reason: null },
      { expect: 'request', id: 'r1', instances: 1 },
      { expect: 'detach', id: 'dbx', status: 'detached', at: startAt + 6 * hour },
      {
        expect: 'finding',
        subject: { compute: 'dbx' },
        raised: { afterAt: null, beforeAt: null },
        told: null,
      },
      { expect: 'finding', subject: { team: 'vision' }, raised: 'never', told: 0 },
      { expect: 'armCalls', operation: 'stop', atMost: 1, atLeast: null },
    ]);
    expect(scenario.expectations[0]?.source).toEqual({
      compute: 'ci-ada',
      stopped: { after: '4h', before: '4h20m' },
      warned: { after: '3h30m' },
      reason: 'stop.idle',
    });
  });

  it('survives JSON as it is', () => {
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  });

  it('may name people without listing any', () => {
    const plain = text.replace(/users:\n.*\n.*\n/, '');
    expect(
      scenarioOf(plain.replace('  - { finding: quota.team, team: vision, raised: never, told: 0 }\n', '')),
    ).toBeDefined();
  });
});

describe('what is not supported yet', () => {
  it('is told by name and line, in the order of the file', () => {
    const found = unsupportedFeatures(scenarioOf(text), idleFeatures);
    expect(found.map(({ feature, key, line }) => [line, feature, key])).toEqual([
      [16, 'world.quotas', 'quotas'],
      [17, 'world.resources', 'resources'],
      [31, 'world.disk', 'computes[0].disk'],
      [32, 'world.cluster', 'computes[1].kind'],
      [33, 'world.attached', 'computes[2].kind'],
      [33, 'world.inUse', 'computes[2].inUse'],
      [40, 'do.request', 'timeline[5].do'],
      [42, 'do.detach', 'timeline[7].do'],
      [43, 'do.accept', 'timeline[8].do'],
      [48, 'expect.started', 'expect[3].started'],
      [49, 'expect.request', 'expect[4].request'],
      [50, 'expect.detach', 'expect[5].detach'],
      [51, 'expect.finding', 'expect[6].finding'],
      [52, 'expect.finding', 'expect[7].finding'],
    ]);
  });

  it('is nothing once everything is', () => {
    expect(unsupportedFeatures(scenarioOf(text), new Set(features))).toEqual([]);
  });
});

describe('the reader', () => {
  it('never throws, whatever becomes of a line', () => {
    const lines = text.split('\n');
    const junk = fc.constantFrom(
      '',
      '  ',
      '- x',
      'a: [',
      '  at: 1h',
      '{',
      '  - { at: 1h, do: constructor }',
      '  - ~',
      'expect:',
      '&a [*a]',
      '  __proto__: { x: 1 }',
      '  - { toString: 1 }',
    );
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.nat(3), junk, (from, count, line) => {
        const broken = [...lines.slice(0, from), line, ...lines.slice(from + count)].join('\n');
        const parsed = parseScenario('a.yaml', broken);
        expect(parsed.ok || parsed.faults.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever value a file is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(openYaml(JSON.stringify(value)).document).not.toBeNull();
        expect(
          parseScenario('a.yaml', JSON.stringify({ timeline: value, expect: value, computes: value })).ok,
        ).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
