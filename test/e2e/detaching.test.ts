import { afterEach, describe, expect, it } from 'vitest';
import { releaseBatch } from '../../src/fleet/release-batch.ts';
import { readRemedy } from '../../src/ledger/attach-remedies.ts';
import { readOpenFindings, replaceFinding } from '../../src/ledger/findings.ts';
import { writeHalt } from '../../src/ledger/flags.ts';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
import { type EventWorld, eventWorld } from '../support/event-world.ts';
import { at, enforce, minute, refOf, startAt } from '../support/fleet-world.ts';
import { simulatedSubscription, simulatedWorkspace } from '../support/simulated-adapters.ts';

let world: EventWorld;
afterEach(async () => {
  await world.close();
});

const databricks = `/subscriptions/${simulatedSubscription}/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/dbx`;
const target = (name: string, more: Partial<ComputeSpec> = {}): ComputeSpec => ({
  name,
  workspace: 'ws1',
  kind: 'Databricks',
  resourceId: databricks,
  inUse: false,
  ...more,
});
const pair = (first: Partial<ComputeSpec> = {}, later: Partial<ComputeSpec> = {}): readonly ComputeSpec[] => [
  target('first', { attachedAt: startAt - 60 * minute, ...first }),
  target('later', { attachedAt: startAt - 30 * minute, ...later }),
];
const remedy = (duplicate: string, more = ''): string =>
  enforce(`idle: { warn: 10m }\nattachments: { duplicate: ${duplicate} }\n${more}`);

const begin = async (computes: readonly ComputeSpec[], policy: string, options = {}): Promise<void> => {
  world = await eventWorld(computes, { policy, ...options });
};
const detached = () =>
  world.azure.writes.filter((one) => one.byApp).map((one) => [`${one.operation} ${one.compute}`, one.at]);
const findings = async () =>
  (await readOpenFindings(world.ledger, simulatedWorkspace('ws1'))).filter(
    ({ record }) => record.code === 'attachment.duplicate',
  );
const told = () => world.told('finding').map(({ title }) => title);

describe('where the policy says so', () => {
  it.each([
    ['detachNewer', 'later'],
    ['detachOlder', 'first'],
  ])('%s takes off %s after notice, and never deletes what it points at', async (policy, name) => {
    await begin(pair(), remedy(policy));
    await world.runWithEvents(at(0, 9));
    expect([detached(), (await findings()).length]).toEqual([[], 1]);
    await world.runWithEvents(at(0, 13));
    expect(detached().map(([what]) => what)).toEqual([`detach ${name}`]);
    expect(Number(detached()[0]?.[1])).toBeGreaterThanOrEqual(at(0, 10));
    expect(world.azure.callCount('delete')).toBe(0);
    await world.runWithEvents(at(0, 20));
    expect(await findings()).toEqual([]);
    expect((await readRemedy(world.ledger, refOf(name)))?.remedy.status).toBe('detached');
    expect(told()).toEqual([expect.stringContaining('twice'), expect.stringContaining('fixed')]);
  });

  it('within a minute of the event and the notice, also between sweeps', async () => {
    const [first] = pair();
    await begin(
      first === undefined ? [] : [first],
      remedy('detachNewer')
        .replace('warn: 10m', 'warn: 0m, after: 7h')
        .replace('attachments', 'sweep: { every: 6h }\nattachments'),
    );
    await world.runWithEvents(at(0, 2));
    world.azure.act({ do: 'attach', compute: target('later'), by: 'ada' });
    const arrivesAt = world.delivery.nextAt() ?? 0;
    await world.runWithEvents(arrivesAt + 60_000);
    expect(detached().map(([what]) => what)).toEqual(['detach later']);
  });

  it('of three the oldest stays, or the newest', async () => {
    const three = [...pair(), target('newest', { attachedAt: startAt - minute })];
    await begin(three, remedy('detachOlder'));
    await world.runWithEvents(at(0, 30));
    expect(world.azure.computes().map(({ name }) => name)).toEqual(['newest']);
    await world.close();
    await begin(three, remedy('detachNewer'));
    await world.runWithEvents(at(0, 30));
    expect(world.azure.computes().map(({ name }) => name)).toEqual(['first']);
  });

  it('survives the death of the process, with one detach', async () => {
    for (const death of [8, 20, 35, 50, 64]) {
      await begin(pair(), remedy('detachNewer'), { diesAfterCommits: death });
      await world.runWithEvents(at(0, 40));
      expect([death, detached().map(([what]) => what)]).toEqual([death, ['detach later']]);
      await world.close();
    }
    await begin([], enforce());
  });
});

describe('nothing is detached', () => {
  it.each<[string, readonly ComputeSpec[], string]>([
    ['by default', pair(), enforce()],
    ['in mode warn', pair(), remedy('detachNewer').replace('mode: enforce', 'mode: warn')],
    ['where a deployment uses it', pair({}, { inUse: true }), remedy('detachNewer')],
    [
      'where a job uses it',
      pair({}, { jobs: [{ name: 'j', fromAt: startAt - minute, status: 'NotResponding' }] }),
      remedy('detachNewer'),
    ],
    ['where its use cannot be read', pair({}, { inUse: 'unknown' }), remedy('detachNewer')],
    ['where it is protected', pair(), remedy('detachNewer', 'protected: [{ compute: later }]\n')],
    [
      'where it is exempt',
      pair(),
      remedy('detachNewer', 'exempt: [{ match: { compute: later }, until: 2026-03-09 }]\n'),
    ],
    ['of another kind than the policy names', pair(), remedy('{ AKS: detachNewer }')],
  ])('%s', async (_what, computes, policy) => {
    await begin(computes, policy);
    await world.runWithEvents(at(0, 50));
    expect(detached()).toEqual([]);
    expect(await findings()).toHaveLength(1);
    expect(told().filter((title) => title.includes('twice'))).toHaveLength(1);
  });

  it('once the policy has changed its mind, or somebody has accepted it', async () => {
    await begin(pair(), remedy('detachNewer'));
    await world.runWithEvents(at(0, 9));
    world.policy = enforce();
    await world.runWithEvents(at(1));
    expect(detached()).toEqual([]);
    await world.close();

    await begin(pair(), remedy('detachNewer'));
    await world.runWithEvents(at(0, 6));
    const [stored] = await findings();
    if (stored === undefined) throw new Error('no finding');
    const accepted = { until: at(9), by: 'root', why: null, at: at(0, 6) };
    await replaceFinding(world.ledger, stored, { ...stored.record, accepted });
    await world.runWithEvents(at(1));
    expect(detached()).toEqual([]);
  });

  it('while Lamplighter is halted, and then it goes on', async () => {
    await begin(pair(), remedy('detachNewer'));
    await world.runWithEvents(at(0, 5));
    await writeHalt(world.ledger, { halted: true, at: at(0, 5), by: 'root', why: null });
    await world.runWithEvents(at(0, 40));
    expect(detached()).toEqual([]);
    await writeHalt(world.ledger, { halted: false, at: at(0, 40), by: 'root', why: null });
    await world.runWithEvents(at(0, 45));
    expect(detached().map(([what]) => what)).toEqual(['detach later']);
  });

  it('when somebody mends it in the meantime', async () => {
    await begin(pair(), remedy('detachNewer'));
    await world.runWithEvents(at(0, 5));
    world.azure.act({ do: 'detach', compute: 'first', by: 'ada' });
    await world.runWithEvents(at(1));
    expect(detached()).toEqual([]);
    expect(await findings()).toEqual([]);
    expect(world.azure.exists('later')).toBe(true);
  });
});

const alerts = () => world.told('alert').filter(({ title }) => title.includes('blast limit'));

const resourceOf = (index: number) => databricks.replace('/dbx', `/dbx${index}`);
const pairs = (count: number): readonly ComputeSpec[] =>
  Array.from({ length: count }, (_, index) =>
    pair().map((one) => ({ ...one, name: `${one.name}${index}`, resourceId: resourceOf(index) })),
  ).flat();

describe('so many at once that it must be a fault', () => {
  it('are all left alone, with one alert, until an admin releases exactly them', async () => {
    await begin(pairs(6), remedy('detachNewer'));
    await world.runWithEvents(at(0, 50));
    expect(detached()).toEqual([]);
    expect(alerts().map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/6 computes would be detached .* limit of 5/),
    ]);
    expect((await releaseBatch(world.flow, null, 'root')).count).toBe(6);
    await world.runWithEvents(at(1, 5));
    expect(new Set(detached().map(([what]) => what))).toEqual(
      new Set([0, 1, 2, 3, 4, 5].map((index) => `detach later${index}`)),
    );
    expect(alerts()).toHaveLength(1);
  });

  it('are detached where they are as many as the limit allows', async () => {
    await begin(pairs(5), remedy('detachNewer'));
    await world.runWithEvents(at(0, 20));
    expect(detached()).toHaveLength(5);
    expect(alerts()).toEqual([]);
  });

  it('are held also where events begin them one by one', async () => {
    const policy = remedy('detachNewer').replace('warn: 10m', 'warn: 10m, after: 7h');
    const all = pairs(8);
    await begin(
      all.filter(({ name }) => name.startsWith('first')),
      `${policy}sweep: { every: 6h }\n`,
    );
    await world.runWithEvents(at(0, 2));
    for (const compute of all.filter(({ name }) => name.startsWith('later'))) {
      world.azure.act({ do: 'attach', compute: { ...compute, attachedAt: world.clock.now() }, by: 'ada' });
      await world.runWithEvents(world.clock.now() + minute / 2);
    }
    await world.runWithEvents(at(2));
    expect(detached()).toEqual([]);
    expect(alerts()).toHaveLength(1);
  });

  it('go on by themselves once somebody has mended enough of them', async () => {
    await begin(pairs(6), remedy('detachNewer'));
    await world.runWithEvents(at(0, 30));
    world.azure.act({ do: 'detach', compute: 'first0', by: 'ada' });
    await world.runWithEvents(at(1));
    expect(detached()).toHaveLength(5);
    expect(world.azure.exists('later0')).toBe(true);
  });
});
