import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOverlayLedger } from '../../src/adapters/ledger/overlay-ledger.ts';
import { ledgerOnlyNotifier } from '../../src/adapters/ledger-only-notifier.ts';
import { createMemoryLedger } from '../../src/adapters/memory/ledger.ts';
import { type NotedSetting, noteSettings } from '../../src/cli/azure/noted-settings.ts';
import type { FindingRecord } from '../../src/core/findings/types.ts';
import type { Decision } from '../../src/core/idle/types.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { draftSweep, type SweepDraft } from '../../src/fleet/draft-sweep.ts';
import { listFindings } from '../../src/fleet/findings/list-findings.ts';
import { halt } from '../../src/fleet/halt.ts';
import { readWorkspaceDecisions } from '../../src/ledger/decisions.ts';
import { writeSnooze } from '../../src/ledger/snoozes.ts';
import { readLatestSweep, readSweepSummary } from '../../src/ledger/sweeps.ts';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import {
  at,
  busyBetween,
  enforce,
  type FleetWorld,
  fleetWorld,
  hour,
  idle,
  minute,
  refOf,
  startAt,
  type WorldOptions,
} from '../support/fleet-world.ts';
import { simulatedWorkspace } from '../support/simulated-adapters.ts';

const refuse = (): never => {
  throw new Error('A draft may not write.');
};

/** A draft over the world as it is now; whatever would change it fails. */
async function draft(
  world: FleetWorld,
  base: Ledger = world.ledger,
  evenUnapproved = false,
): Promise<SweepDraft & { readonly settings: readonly NotedSetting[] }> {
  const { ports, scope } = world.flow;
  const noted = noteSettings();
  const readOnly: Ledger = { ...base, write: refuse, transact: refuse, prune: refuse };
  const drafted = await draftSweep(
    {
      scope,
      ports: {
        ...ports,
        ledger: createOverlayLedger(readOnly),
        notifier: ledgerOnlyNotifier,
        computes: { ...ports.computes, stop: refuse, start: refuse },
        computeSettings: noted.port,
      },
    },
    { evenUnapproved, waitUntil: async () => undefined, onProgress: () => undefined },
  );
  return { ...drafted, settings: noted.all() };
}

const said = ({ ref, at, action, reason, would, facts, stopDueAt, evidence }: Decision) => ({
  compute: ref.compute,
  at,
  action,
  reason,
  would,
  facts,
  stopDueAt,
  evidence,
});
const named = (list: readonly FindingRecord[]): string[] =>
  list.map(({ findingId, code, sentence }) => `${findingId} ${code} ${sentence}`).toSorted();
const byName = (a: { compute: string }, b: { compute: string }): number => (a.compute < b.compute ? -1 : 1);

async function recorded(world: FleetWorld, workspaces: readonly string[]): Promise<readonly Decision[]> {
  const lists = await Promise.all(
    workspaces.map((name) => readWorkspaceDecisions(world.ledger, simulatedWorkspace(name))),
  );
  return lists.flatMap((decisions) => [...decisions.values()]);
}

/** Drafts right before each sweep, off the minutes at which stops fall due, and compares with what the sweep left behind. */
async function compareThrough(
  world: FleetWorld,
  hours: number,
  options: {
    readonly workspaces?: readonly string[];
    readonly deeds?: Readonly<Record<number, () => unknown>>;
  } = {},
): Promise<ReadonlySet<string>> {
  const { workspaces = ['ws1'], deeds = {} } = options;
  const reached = new Set<string>();
  for (let minutes = 0; minutes <= hours * 60; minutes += 5) {
    if (minutes > 0) await world.runTo(startAt + minutes * minute - 1);
    world.clock.advanceTo(startAt + minutes * minute);
    await deeds[minutes]?.();
    const plan = await draft(world);
    await world.runTo(startAt + minutes * minute);

    const latest = (await readLatestSweep(world.ledger))?.latest;
    expect(latest?.startedAt).toBe(plan.at);
    // A stop is what a second look has recorded since, in the same minute: a sweep never does.
    const left = await recorded(world, workspaces);
    const since = new Set(
      left.filter(({ action, at }) => action === 'stop' && at === plan.at).map(({ ref }) => ref.compute),
    );
    const ofSweep = (decisions: readonly Decision[]) =>
      decisions
        .map(said)
        .filter(({ compute }) => !since.has(compute))
        .toSorted(byName);
    expect(ofSweep(plan.computes.map(({ decision }) => decision))).toEqual(ofSweep(left));
    const summary = await readSweepSummary(world.ledger, latest?.sweepId ?? '');
    expect({ ...plan.summary, faults: plan.summary.faults.length }).toEqual({
      ...summary,
      faults: summary?.faults.length,
    });
    const open = (await listFindings(world.flow)).filter(({ fixedAt }) => fixedAt === null);
    expect(named(plan.findings)).toEqual(named(open));
    const written = world.azure.writes.flatMap(({ at, byApp, operation, compute }) =>
      byApp && at === plan.at && (operation === 'patch' || operation === 'idleSetting')
        ? [`${operation} ${compute ?? ''}`]
        : [],
    );
    const planned = plan.settings.map(
      ({ kind, ref }) => `${kind === 'scale' ? 'patch' : 'idleSetting'} ${ref.compute}`,
    );
    expect(planned).toEqual(written);
    for (const { decision } of plan.computes) reached.add(decision.reason);
    for (const { code } of plan.findings) reached.add(code);
    for (const one of planned) reached.add(one);
  }
  return reached;
}

// Warned at a sweep, it falls due between two.
const offBeat = 'idle: { after: 60m, warn: 33m20s }\n';

/** A world, and what a plan of it must have said at some time: else the comparison proves nothing. */
type Case = readonly [
  string,
  Parameters<typeof fleetWorld>[0],
  WorldOptions & { readonly policy: string },
  readonly string[],
];
const worlds: readonly Case[] = [
  [
    'idle, busy, blind and protected machines in enforce',
    [
      idle('ci-idle'),
      busyBetween('ci-later', at(0, 40), at(1)),
      busyBetween('ci-busy', at(-1), at(9)),
      idle('ci-blind', { metrics: [] }),
      idle('ci-kept', { tags: { lamplighter: 'keep' } }),
      idle('ci-off', { state: 'Stopped' }),
      idle('ci-job', { jobs: [{ name: 'j', fromAt: at(-1), toAt: at(1), status: 'Running' }] }),
      idle('ci-odd', { state: 'Reimaging' }),
    ],
    { policy: enforce(`${offBeat}protected: [ { tag: { lamplighter: keep } } ]\n`) },
    [
      'warn.idle',
      'keep.active.cpu',
      'keep.unknown.metrics',
      'keep.protected',
      'keep.active.job',
      'keep.not-running',
      'keep.not-settled',
    ],
  ],
  [
    'a crowd beyond the blast limit',
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => idle(`ci-${name}`)),
    { policy: `version: 1\nmode: enforce\nlimits: { maxStops: 3 }\n${offBeat}` },
    ['keep.blast-limit'],
  ],
  [
    'a fleet that is only observed',
    [idle('ci-a'), idle('ci-b', { metrics: [] })],
    { policy: 'version: 1\n' },
    ['keep.mode', 'keep.unknown.metrics'],
  ],
  [
    'a fleet that is only warned',
    [idle('ci-a')],
    { policy: `version: 1\nmode: warn\n${offBeat}` },
    ['warn.idle', 'keep.mode'],
  ],
  [
    'thin rows, clusters and settings that break rules',
    [
      idle('ci-a', { vmSize: 'Standard_NC6s_v3', ssh: true }),
      idle('ci-b', { properties: {} }),
      {
        name: 'cl-a',
        workspace: 'ws2',
        kind: 'AmlCompute',
        vmSize: 'Standard_DS3_v2',
        cluster: { minNodes: 2, maxNodes: 4, scaleDownAfterMs: 2 * hour },
      },
    ],
    {
      policy: enforce(
        `network: { ssh: deny }\nclusters: { remedy: repair }\nidle: { maxSnooze: 2h, after: 60m, warn: 33m20s }\nplatform: { idleShutdown: { backstopAfter: 30h } }\nquotas: [ { per: user, cores: 4 } ]\n`,
      ),
      workspaces: ['ws1', 'ws2'],
      azure: { habits: { thinRows: true } },
    },
    ['network.ssh', 'quota.user', 'cluster.min-nodes', 'patch cl-a', 'idleSetting ci-b'],
  ],
  [
    'stops and starts by schedule',
    [idle('ci-a'), busyBetween('ci-b', at(0), at(1))],
    {
      policy: enforce(
        `idle: { enabled: false }\nschedules: [ { name: office, match: {}, zone: UTC, days: [Mon], start: '09:47', stop: '08:43', warn: 12m20s, quietFor: 15m } ]\n`,
      ),
    },
    ['warn.schedule', 'keep.not-running', 'start.schedule'],
  ],
];

const mostly = <T, U>(usual: T, ...others: readonly U[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<T | U>(usual) },
    { weight: 1, arbitrary: fc.constantFrom<(T | U)[]>(...others) },
  );

describe('what a plan decides is what the sweep then records', () => {
  it.each(worlds)('for %s', async (_name, computes, options, expected) => {
    expect(parsePolicy(options.policy)).toMatchObject({ ok: true });
    const world = await fleetWorld(computes, options);
    const reached = await compareThrough(world, 2.2, { workspaces: options.workspaces ?? ['ws1'] });
    expect([...reached]).toEqual(expect.arrayContaining([...expected]));
    await world.close();
  });

  it('for any small fleet under any of many policies', async () => {
    const spec = fc.record({
      load: fc.constantFrom(0.3, 0.4, 4.9, 60, 'nan' as const, undefined),
      fromHours: fc.constantFrom(-3, -2, -0.5),
      state: mostly('Running', 'Stopped', 'Stopping', 'Starting', 'Unusable', 'Hovering'),
      job: mostly(undefined, 'Running', 'Queued', 'Paused', 'Completed'),
      tags: mostly({}, { lamplighter: 'keep' }),
      ssh: mostly(false, true),
      user: fc.constantFrom('ada', 'bob'),
      vmSize: mostly('Standard_DS3_v2', 'Standard_NC6s_v3', 'Standard_Unheard_Of'),
      workspace: fc.constantFrom('ws1', 'ws2'),
    });
    const policy = fc.record({
      mode: fc.constantFrom('off', 'observe', 'warn', 'enforce', 'enforce', 'enforce'),
      after: fc.constantFrom('30m', '60m'),
      maxStops: fc.constantFrom(1, 100),
      evidence: mostly('metrics', 'session', 'both'),
      instances: fc.constantFrom(1, 5),
    });
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(spec, { minLength: 4, maxLength: 8 }), policy, async (fleet, rules) => {
        const computes = fleet.map(({ load, fromHours, job, ...more }, index): ComputeSpec => {
          const name = `ci-${index}`;
          const metrics = load === undefined ? [] : [{ fromAt: at(fromHours), toAt: at(9), cpu: load }];
          const jobs = job === undefined ? [] : [{ name: `j${index}`, fromAt: at(fromHours), status: job }];
          return idle(name, { ...more, metrics, jobs });
        });
        const { mode, after, maxStops, evidence, instances } = rules;
        const world = await fleetWorld(computes, {
          policy: `version: 1\nmode: ${mode}\nidle: { after: ${after}, warn: 33m20s, evidence: ${evidence} }\nlimits: { maxStops: ${maxStops} }\nprotected: [ { tag: { lamplighter: keep } } ]\nnetwork: { ssh: deny }\nquotas: [ { per: user, instances: ${instances} } ]\n`,
          workspaces: ['ws1', 'ws2'],
          users: [{ name: 'ada' }, { name: 'bob' }],
        });
        for (const one of await compareThrough(world, 0.2, { workspaces: ['ws1', 'ws2'] })) reached.add(one);
        await world.close();
      }),
      { numRuns: 20, seed: 20_261_128 },
    );
    expect([...reached]).toEqual(
      expect.arrayContaining([
        'warn.idle',
        'keep.mode',
        'keep.active.cpu',
        'keep.unknown.metrics',
        'quota.user',
      ]),
    );
    expect(reached.size).toBeGreaterThan(10);
  });

  it('through warnings, snoozes, halts and a workspace that cannot be read', async () => {
    const world = await fleetWorld([idle('ci-a'), idle('ci-b'), idle('ci-c', { workspace: 'ws2' })], {
      policy: enforce(offBeat),
      workspaces: ['ws1', 'ws2'],
    });
    const reached = await compareThrough(world, 2, {
      workspaces: ['ws1', 'ws2'],
      deeds: {
        15: () =>
          writeSnooze(world.ledger, { ref: refOf('ci-b'), until: at(1), at: world.clock.now(), by: 'ada' }),
        50: () => halt(world.flow, 'root', 'looking'),
      },
    });
    expect([...reached]).toEqual(expect.arrayContaining(['warn.idle', 'keep.snoozed', 'keep.not-running']));
    await world.close();
  });
});

describe('a plan', () => {
  it('says nothing of computes of a workspace that it cannot read, and names it', async () => {
    const world = await fleetWorld([idle('ci-a'), idle('ci-b', { workspace: 'ws2' })], {
      workspaces: ['ws1', 'ws2'],
    });
    await world.runTo(at(0));
    world.azure.onRequest((request) =>
      request.url.includes('/workspaces/ws2/computes')
        ? {
            kind: 'answer',
            status: 403,
            headers: {},
            body: JSON.stringify({
              error: {
                code: 'AuthorizationFailed',
                message:
                  "The client does not have authorization to perform action 'Microsoft.MachineLearningServices/workspaces/computes/read' over scope '/x'.",
              },
            }),
          }
        : null,
    );
    const plan = await draft(world);
    expect(plan.computes.map(({ decision }) => decision.ref.compute)).toEqual(['ci-a']);
    expect(plan.summary.faults).toMatchObject([
      { workspace: { workspace: 'ws2' }, message: expect.stringContaining('computes/read') },
    ]);
    await world.close();
  });

  it('with a bolder policy shows what it would do, and that an admin has to approve it first', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const world = await fleetWorld(
      names.map((name) => idle(`ci-${name}`)),
      { policy: 'version: 1\n' },
    );
    await world.runTo(at(0));
    world.policy = 'version: 1\nmode: enforce\nlimits: { maxStops: 3 }\n';

    const asDeployed = await draft(world);
    expect(asDeployed.policy.policy.mode).toBe('observe');

    for (let time = 0; time < 2; time += 1) {
      const forced = await draft(world, world.ledger, true);
      expect(forced.policy.policy.mode).toBe('enforce');
      expect(forced.unapproved).toMatchObject({ count: 8 });
      expect(forced.computes.map(({ decision }) => decision.reason)).toEqual(
        names.map(() => 'keep.blast-limit'),
      );
      // The next one finds it waiting for approval already.
      await world.runTo(at(0, 5));
    }
    await world.close();
  });

  it('without a ledger knows no snooze, and with one it does', async () => {
    const world = await fleetWorld([idle('ci-a')]);
    await writeSnooze(world.ledger, { ref: refOf('ci-a'), until: at(3), at: startAt, by: 'ada' });
    expect((await draft(world, createMemoryLedger())).computes[0]?.decision.reason).toBe('warn.idle');
    expect((await draft(world)).computes[0]?.decision.reason).toBe('keep.snoozed');
    await world.close();
  });
});
