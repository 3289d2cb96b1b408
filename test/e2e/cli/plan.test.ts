import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryLedger } from '../../../src/adapters/memory/ledger.ts';
import { actExplain } from '../../../src/cli/explain/act-explain.ts';
import { actPlan, type PlanArgs } from '../../../src/cli/plan/act-plan.ts';
import type { FindingRecord } from '../../../src/core/findings/types.ts';
import { parseComputeRef, parseObjectId } from '../../../src/core/ids.ts';
import { writeFindings } from '../../../src/ledger/findings.ts';
import { partitionOf } from '../../../src/ledger/partitions.ts';
import { writeSnooze } from '../../../src/ledger/snoozes.ts';
import { demoFleet, objectIdOf, subscriptionIdOf, type WorldSpec } from '../../../src/local/azure/index.ts';
import type { ExplainView } from '../../../src/present/json/explain-view.ts';
import type { PlanView } from '../../../src/present/json/plan-view.ts';
import { type CliStand, cliStand } from '../../support/cli-stand.ts';
import { at, enforce, hour, idle, startAt } from '../../support/fleet-world.ts';

const workspaces = ['ws1', 'ws2'].map((name) => ({
  name,
  subscription: 'main',
  resourceGroup: 'rg',
  location: 'westeurope',
}));
const worldOf = (computes: WorldSpec['computes']): WorldSpec => ({ startAt, workspaces, computes });
const folder = mkdtempSync(join(tmpdir(), 'plan-'));
const policyFile = (name: string, text: string): string => {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, text);
  return file;
};

const asJson = async (stand: CliStand, args: PlanArgs = {}) => {
  const { code, out, err } = await stand.run((surroundings, how) =>
    actPlan({ ...args, json: true }, surroundings, how),
  );
  return { code, err, view: JSON.parse(out) as PlanView };
};
const asText = (stand: CliStand, args: PlanArgs = {}, columns: number | null = null) =>
  stand.run((surroundings, how) => actPlan(args, surroundings, how), { look: { columns, coloured: false } });

const forbidden = (action: string) => ({
  kind: 'answer' as const,
  status: 403,
  headers: {},
  body: JSON.stringify({
    error: {
      code: 'AuthorizationFailed',
      message: `The client does not have authorization to perform action '${action}' over scope '/x'.`,
    },
  }),
});
const askedOf = (stand: CliStand): number => stand.sent.filter((one) => /\/users\/[^/]+$/.test(one)).length;
const ml = 'Microsoft.MachineLearningServices';

describe('lamplighter plan', () => {
  it('says the blind share first, then each decision with its cost, findings, and a line of counts', async () => {
    const { code, out, err } = await asText(cliStand(demoFleet(startAt)), {
      policy: 'src/local/run/demo-policy.yaml',
    });

    expect([code, err]).toEqual([2, '']);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(
      /^11 of 13 running instances decidable: 11 by metrics, 0 by session reports, 0 by both, 2 by neither\./,
    );
    expect(out).toMatch(
      /^~ {2}ci-priya-dev +vision-research +priya +DS3_V2 +Running +0\.29 +211\.70 +warn\.idle, stop at 08:30 UTC$/m,
    );
    expect(out).toMatch(/^ {3}ci-sofia-notebook .* keep\.unknown\.metrics$/m);
    expect(out).toMatch(/^disk\.low .*ci-elena-wide: .* 0\.3 GB .* Delete what is not needed/m);
    expect(out).toMatch(/^Plan: 4 to warn, 0 to stop, 0 to start, 11 kept\. \d+ findings\.$/m);
    expect(out).toContain('Without --ledger nothing is known of snoozes');
    expect(out).not.toContain('\t');
    expect(out).not.toContain('\u001b');
  });

  it('sends nothing but reads, whatever the policy would have done', async () => {
    const policy = policyFile(
      'boldest',
      enforce(
        'clusters: { remedy: repair }\nplatform: { idleShutdown: { backstopAfter: 30h } }\nattachments: { duplicate: detachNewer }\nnetwork: { ssh: deny }\n',
      ),
    );
    const stand = cliStand(
      worldOf([
        idle('ci-a', { ssh: true }),
        idle('ci-b', { properties: {} }),
        idle('ci-c', { metrics: [], workspace: 'ws2' }),
        ...['ws1', 'ws2'].map((workspace) => ({
          name: 'aks-1',
          workspace,
          kind: 'AKS' as const,
          resourceId:
            '/subscriptions/main/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/k',
        })),
      ]),
    );
    const { view } = await asJson(stand, { policy });

    expect(stand.sent.length).toBeGreaterThan(5);
    expect(stand.sent.filter((one) => !one.startsWith('GET ') && !one.endsWith('/metrics:getBatch'))).toEqual(
      [],
    );
    expect(stand.azure.writes).toEqual([]);
    expect(view.settings.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([expect.stringContaining('idle shutdown')]),
    );
  });

  it('in mode observe, the default, says what it would be', async () => {
    const { code, view } = await asJson(cliStand(worldOf([idle('ci-a')])));
    expect(code).toBe(2);
    expect(view).toMatchObject({
      formatVersion: 1,
      policy: { mode: 'observe', name: 'the product’s defaults' },
      counts: { warn: 0, hold: 1 },
      changes: true,
      computes: [{ step: 'hold', decision: { reason: 'keep.mode', would: 'warn.idle' } }],
    });
  });

  it('ends with 0 where there is nothing to do, and with an empty fleet', async () => {
    const busy = idle('ci-a', { metrics: [{ fromAt: at(-3), toAt: at(9), cpu: 70 }] });
    expect((await asJson(cliStand(worldOf([busy])))).code).toBe(0);
    const empty = await asText(cliStand(worldOf([])));
    expect(empty.code).toBe(0);
    expect(empty.out).toContain('Plan: 0 to warn');
  });

  it('tells of a machine that is about to be deleted by consent, and deletes nothing', async () => {
    const ledger = createMemoryLedger();
    const ref = parseComputeRef({
      subscription: subscriptionIdOf('main'),
      resourceGroup: 'rg',
      workspace: 'ws1',
      compute: 'ci-old',
    });
    const createdAt = startAt - 100 * 24 * hour;
    const owner = { objectId: parseObjectId(objectIdOf('ada')), name: 'ada' };
    const record: FindingRecord = {
      code: 'instance.forgotten',
      about: { kind: 'compute', ref },
      owner,
      sentence: '',
      fix: '',
      usdPerMonth: null,
      remedy: { kind: 'delete', createdAt },
      findingId: 'f1',
      raisedAt: startAt - hour,
      seenAt: startAt - hour,
      toldAt: startAt - hour,
      tellings: 1,
      accepted: null,
      fixedAt: null,
      fixedToldAt: null,
      notice: null,
      consent: { by: owner, at: startAt - hour, until: startAt + hour, createdAt },
    };
    await writeFindings(ledger, partitionOf(ref), [{ record, over: false }], []);
    const old = idle('ci-old', { state: 'Stopped', createdAt, sinceAt: startAt - 40 * 24 * hour });
    const stand = cliStand(worldOf([old]), { ledger });
    const policy = policyFile('forgotten', enforce('forgotten: { stoppedFor: 30d, remedy: delete }'));
    const { code, view } = await asJson(stand, { policy });
    expect([code, view.faults, view.counts.deletions]).toEqual([2, [], 1]);
    expect(view.deletions).toMatchObject([{ compute: { compute: 'ci-old' } }]);
    const { out } = await asText(stand, { policy });
    expect(out).toContain('- ci-old: would delete it for good, as was consented.');
    expect(out).toContain('0 to start, 1 to delete, ');
    expect(stand.azure.writes).toEqual([]);
  });

  it('counts the snoozes of a deployment’s ledger, and writes none there', async () => {
    const ledger = createMemoryLedger();
    const ref = parseComputeRef({
      subscription: subscriptionIdOf('main'),
      resourceGroup: 'rg',
      workspace: 'ws1',
      compute: 'ci-a',
    });
    await writeSnooze(ledger, { ref, until: at(3), at: startAt, by: 'ada' });
    const before = JSON.stringify(
      await Promise.all([ledger.list('sweeps', 'sweeps'), ledger.list('flags', 'flags')]),
    );
    const { view } = await asJson(cliStand(worldOf([idle('ci-a')]), { ledger }), {
      policy: policyFile('enforce', enforce()),
    });
    expect(view.computes[0]).toMatchObject({ step: 'keep', decision: { reason: 'keep.snoozed' } });
    expect(
      JSON.stringify(await Promise.all([ledger.list('sweeps', 'sweeps'), ledger.list('flags', 'flags')])),
    ).toBe(before);
  });

  it.each([
    [
      'a workspace',
      '/workspaces/ws2/computes',
      `${ml}/workspaces/computes/read`,
      /^Workspace rg\/ws2 .* could not be read/m,
    ],
    ['the jobs', '/jobs', `${ml}/workspaces/jobs/read`, /keep\.unknown\.jobs/],
    ['the metrics', 'metrics:getBatch', 'Microsoft.Insights/metrics/read', /keep\.unknown\.metrics/],
    ['the sizes', '/vmSizes', `${ml}/locations/vmSizes/read`, /keep\.unknown\.metrics/],
    ['the directory', 'graph.microsoft.com', 'Graph User.Read.All', /Plan: /],
  ])(
    'tells a right to read %s that the caller lacks as a missing action',
    async (_name, path, action, said) => {
      const stand = cliStand(worldOf([idle('ci-a'), idle('ci-b', { workspace: 'ws2' })]));
      stand.azure.onRequest(({ url }) => (url.includes(path) ? forbidden(action) : null));
      const { out } = await asText(stand, { policy: policyFile('enforce', enforce()) });
      expect(out).toMatch(said);
      expect(out).toContain(`Your sign-in lacks ${action}.`);
    },
  );

  it('says so of a workspace that was named and is not there, and of a subscription that is not, and leaves with 1', async () => {
    const nowhere = await asText(cliStand(worldOf([])), { workspace: 'rg/nowhere' });
    expect(nowhere.code).toBe(1);
    expect(nowhere.out).toContain('There is no workspace rg/nowhere among those that you see');
    const other = await asText(cliStand(worldOf([])), {
      subscription: '11111111-0000-4000-8000-000000000009',
    });
    expect(other.code).toBe(1);
    expect(other.out).toMatch(/^Subscription 11111111-0000-4000-8000-000000000009 could not be read/m);
  });

  it('asks the directory for each person once, and for nobody after it was refused', async () => {
    const many = ['a', 'b', 'c'].flatMap((name) =>
      ['ws1', 'ws2'].map((workspace) => idle(`ci-${name}`, { workspace, user: name })),
    );
    const stand = cliStand(worldOf(many));
    await asJson(stand);
    expect(askedOf(stand)).toBe(3);

    const shut = cliStand(worldOf(Array.from({ length: 40 }, (_, n) => idle(`ci-${n}`, { user: `u${n}` }))));
    shut.azure.onRequest(({ url }) =>
      url.includes('graph.microsoft.com') ? forbidden('User.Read.All') : null,
    );
    await asJson(shut);
    expect(askedOf(shut)).toBeLessThan(10);
  });

  it('does not say that there is nothing to do where not everything could be read', async () => {
    const stand = cliStand(worldOf([idle('ci-a', { state: 'Stopped' })]));
    stand.azure.onRequest(({ url }) =>
      url.includes('/workspaces/ws2/computes') ? forbidden(`${ml}/workspaces/computes/read`) : null,
    );
    expect((await asJson(stand)).code).toBe(1);
  });

  it('names every fault of a policy with its line, and plans nothing', async () => {
    const policy = policyFile('bad', 'version: 1\nmode: brave\nidle: { afer: 60m }\n');
    await expect(asText(cliStand(worldOf([])), { policy })).rejects.toMatchObject({
      code: 'cli.bad-policy',
      message: expect.stringMatching(/bad\.yaml:2:.*mode[\s\S]*bad\.yaml:3:.*Did you mean "after"/),
    });
  });

  it('breaks sentences to the terminal’s width, and keeps each row on one line where it is piped', async () => {
    const stand = cliStand(demoFleet(startAt));
    const wide = await asText(stand, { explain: true, changes: true }, 120);
    expect(
      Math.max(
        ...wide.out
          .split('\n')
          .filter((line) => line.startsWith('='))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(120);
    const piped = await asText(stand, { explain: true, changes: true });
    expect(piped.out).toMatch(/^= {2}ci-priya-dev .*in mode enforce its owner would be warned now.*$/m);
    expect(piped.out).toContain('9 others are kept.');
  });
});

describe('lamplighter explain', () => {
  let stand: CliStand;
  let plan: PlanView;
  const policy = 'src/local/run/demo-policy.yaml';
  beforeAll(async () => {
    stand = cliStand(demoFleet(startAt));
    plan = (await asJson(stand, { policy })).view;
  });
  const explained = async (compute: string): Promise<ExplainView> => {
    const { out } = await stand.run((surroundings, how) =>
      actExplain({ compute, policy, json: true }, surroundings, how),
    );
    return JSON.parse(out) as ExplainView;
  };

  it('decides each instance as the plan does', async () => {
    for (const { compute, decision } of plan.computes) {
      expect([compute, (await explained(compute)).decision]).toEqual([compute, decision]);
    }
  });

  it('says which witness said what, which rule asks, what would reset it, and what it costs', async () => {
    const { out, code } = await stand.run((surroundings, how) =>
      actExplain({ compute: 'CI-Priya-Dev', policy }, surroundings, how),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^Decision +warn\.idle$/m);
    expect(out).toMatch(/^ +metrics +60 of 60 samples \(100 %\); CPU at most 0\.8 %/m);
    expect(out).toMatch(/^ +jobs +none that has not ended$/m);
    expect(out).toMatch(/^idle +asks +idle for 60 min, limit 60 min$/m);
    expect(out).toMatch(/^ {2}CPU of 5 % or more/m);
    expect(out).toMatch(/^Cost +running: 0\.29 USD an hour.*stopped: OS disk/m);
    expect((await explained('ci-omar-train')).evidence?.jobs.unfinished).toEqual([
      { name: 'sharp_kettle_4f2k', status: 'Running' },
    ]);
    expect(stand.azure.writes).toEqual([]);
    expect(stand.sent.filter((one) => !one.startsWith('GET ') && !one.endsWith('/metrics:getBatch'))).toEqual(
      [],
    );
  });

  it('shows the next scheduled stop and start', async () => {
    const schedules = policyFile(
      'schedules',
      "version: 1\nmode: enforce\nschedules: [ { name: office, match: {}, zone: UTC, days: [Mon, Tue], start: '07:00', stop: '19:00' } ]\n",
    );
    const { out } = await cliStand(worldOf([idle('ci-a')])).run((surroundings, how) =>
      actExplain({ compute: 'ci-a', policy: schedules }, surroundings, how),
    );
    expect(out).toMatch(
      /schedule office stops it at 19:00 UTC; schedule office starts it at 2026-03-03 07:00 UTC/,
    );
  });

  it.each([
    ['ci-pria-dev', /no compute/, /ci-priya-dev/],
    ['ci-priya', /no compute/, /ci-priya-dev/],
    ['a/b/c/d/e', /names no compute/, /ARM id/],
  ])('does not explain %s, and says what to give instead', async (compute, message, fix) => {
    await expect(
      stand.run((surroundings, how) => actExplain({ compute, policy }, surroundings, how)),
    ).rejects.toMatchObject({ message: expect.stringMatching(message), fix: expect.stringMatching(fix) });
  });

  it('asks which one, where several bear the name', async () => {
    const twins = cliStand(
      worldOf([idle('ci-a'), idle('ci-a', { workspace: 'ws2', sinceAt: startAt - 2 * hour })]),
    );
    const explain = (compute: string) =>
      twins.run((surroundings, how) => actExplain({ compute }, surroundings, how));
    await expect(explain('ci-a')).rejects.toThrow(/Several computes.*rg\/ws1\/ci-a.*rg\/ws2\/ci-a/);
    expect((await explain('ws2/ci-a')).out).toMatch(/^ci-a in rg\/ws2/);
  });
});
