import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readAttachmentIndex } from '../../src/ledger/attachment-index.ts';
import { listEventCounts } from '../../src/ledger/attach-events.ts';
import { readOpenFindings } from '../../src/ledger/findings.ts';
import { readOpenWarningsOf } from '../../src/ledger/warnings.ts';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
import type { JsonObject } from '../../src/local/azure/json.ts';
import { at, enforce, idle, minute, refOf, startAt } from '../support/fleet-world.ts';
import { type EventWorld, eventWorld } from '../support/event-world.ts';
import { simulatedSubscription, simulatedWorkspace } from '../support/simulated-adapters.ts';

let world: EventWorld;
afterEach(async () => {
  await world.close();
});

const rg = `/subscriptions/${simulatedSubscription}/resourceGroups/rg/providers`;
const databricks = `${rg}/Microsoft.Databricks/workspaces/dbx`;
const cluster = `${rg}/Microsoft.ContainerService/managedClusters/aks`;
const second = 1000;
/** Sweeps are rare here: what is seen in between is seen by events. */
const rarely = enforce('sweep: { every: 6h }\nidle: { after: 7h }\n');

const target = (name: string, more: Partial<ComputeSpec> = {}): ComputeSpec => ({
  name,
  workspace: 'ws1',
  kind: 'Databricks',
  resourceId: databricks,
  inUse: false,
  ...more,
});
const old = { attachedAt: startAt - 60 * minute };

const findings = async (workspace = 'ws1') =>
  (await readOpenFindings(world.ledger, simulatedWorkspace(workspace)))
    .map(({ record }) => record)
    .filter(({ code }) => code.startsWith('attachment.'))
    .map(
      ({ code, about, fixedAt }) =>
        `${about.kind === 'compute' ? about.ref.compute : ''} ${code}${fixedAt === null ? '' : ' fixed'}`,
    )
    .toSorted((one, other) => (one < other ? -1 : 1));
const setAside = async () =>
  Object.fromEntries(
    (await listEventCounts(world.ledger, 'set-aside')).map(({ name, count }) => [name, count]),
  );
const ourWrites = () => world.azure.writes.filter((write) => write.byApp);

/** An event about a compute, as anybody could write one who knows the form. */
const forged = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: `forged-${name}`,
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-03-02T08:00:00Z',
  topic: `/subscriptions/${simulatedSubscription}`,
  subject: `${rg}/Microsoft.MachineLearningServices/workspaces/ws1/computes/${name}`,
  dataVersion: '2',
  metadataVersion: '1',
  data: {
    operationName: 'Microsoft.MachineLearningServices/workspaces/computes/write',
    claims: { name: 'Grace Hopper', ipaddr: '20.1.2.3' },
  },
  ...more,
});

const runEnded = (run: string): Record<string, unknown> =>
  forged('', {
    eventType: 'Microsoft.MachineLearningServices.RunCompleted',
    topic: `${rg}/Microsoft.MachineLearningServices/workspaces/ws1`,
    subject: `experiments/default/runs/${run}`,
    dataVersion: '1.0',
    data: { runId: run },
  });

describe('what changes in Azure', () => {
  it.each(['event-grid', 'cloud-events'] as const)(
    'is looked at within a minute of its event: a second attachment of the same resource (%s)',
    async (schema) => {
      world = await eventWorld([target('first', old)], {
        policy: rarely,
        workspaces: ['ws1', 'ws2'],
        delivery: { schema, batchSize: 10 },
      });
      await world.runWithEvents(at(0, 1));
      world.azure.act({
        do: 'attach',
        compute: target('again', { workspace: 'ws2', resourceId: databricks.toUpperCase() }),
        by: 'ada',
      });
      const delivered = (world.delivery.nextAt() ?? 0) + 60 * second;
      await world.runWithEvents(delivered);
      expect(await findings('ws2')).toEqual(['again attachment.duplicate']);
      expect(world.told('finding').map(({ sentence }) => sentence)).toEqual([
        expect.stringMatching(/again: .*first in workspace ws1.*no longer works/),
      ]);
      expect(ourWrites()).toEqual([]);
    },
  );

  it('is no finding where two namespaces share a cluster', async () => {
    const k8s = { kind: 'Kubernetes', resourceId: cluster } as const;
    world = await eventWorld([target('ml', { ...k8s, ...old, properties: { namespace: 'ml' } })], {
      policy: rarely,
    });
    await world.runWithEvents(at(0, 1));
    world.azure.act({ do: 'attach', compute: target('web', { ...k8s, properties: { namespace: 'web' } }) });
    await world.runWithEvents(at(0, 3));
    expect(await findings()).toEqual([]);
    world.azure.act({ do: 'attach', compute: target('web2', { ...k8s, properties: { namespace: 'web' } }) });
    await world.runWithEvents(at(0, 5));
    expect(await findings()).toEqual(['web2 attachment.duplicate']);
  });

  it('is mended as soon as the first one is detached, and told once', async () => {
    world = await eventWorld([target('first', old), target('again', { attachedAt: startAt })], {
      policy: rarely,
    });
    world.azure.sendEvent({ type: 'write', compute: 'again' });
    await world.runWithEvents(at(0, 2));
    expect(await findings()).toEqual(['again attachment.duplicate']);
    world.azure.act({ do: 'detach', compute: 'first', by: 'ada' });
    await world.runWithEvents(at(0, 5));
    expect(await findings()).toEqual([]);
    expect(world.told('finding').map(({ title }) => title)).toEqual([
      expect.stringContaining('twice'),
      expect.stringContaining('fixed'),
    ]);
  });

  it('withdraws a warning as soon as its owner has restarted the instance', async () => {
    world = await eventWorld([idle('ci-ada')], { policy: enforce() });
    await world.runWithEvents(at(0, 6));
    expect(await readOpenWarningsOf(world.ledger, refOf('ci-ada'))).toHaveLength(1);
    world.policy = rarely;
    await world.runWithEvents(at(0, 11));
    world.azure.act({ do: 'restart', compute: 'ci-ada', by: 'ada' });
    await world.runWithEvents(at(0, 16));
    expect(await readOpenWarningsOf(world.ledger, refOf('ci-ada'))).toEqual([]);
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.grace');
  });

  it('never warns by itself: only a sweep sees the whole fleet', async () => {
    world = await eventWorld([], { policy: rarely });
    await world.runWithEvents(at(0, 1));
    world.azure.act({ do: 'create', compute: idle('ci-ada') });
    world.azure.sendEvent({ type: 'action', compute: 'ci-ada', copies: 5, shuffled: true });
    await world.runWithEvents(at(2));
    expect(world.told('warning')).toEqual([]);
    expect(await readOpenWarningsOf(world.ledger, refOf('ci-ada'))).toEqual([]);
  });

  it('by the end of a job brings the look at its instance forward', async () => {
    const jobs = [{ name: 'train', fromAt: at(0, 0), toAt: at(0, 20), status: 'Running' }];
    world = await eventWorld([idle('ci-ada', { jobs })], { policy: rarely });
    await world.runWithEvents(at(0, 21));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.active.job');
    expect(await world.post([runEnded('train')])).toBe(202);
    await world.runWithEvents(at(0, 22));
    const decision = await world.decisionOf('ci-ada');
    expect([decision?.reason === 'keep.active.job', (decision?.at ?? 0) > at(0, 21)]).toEqual([false, true]);
  });
});

describe('events that prove nothing', () => {
  it('are answered with success, counted, and nothing of them is kept or logged', async () => {
    world = await eventWorld([idle('ci-ada', { metrics: [] })], { policy: rarely });
    await world.runWithEvents(at(0, 1));
    const gets = world.azure.callCount('get');
    const other = '/subscriptions/99999999-0000-4000-8000-000000000009';
    const hostile: [Record<string, unknown>, string][] = [
      [forged('..'), 'malformed'],
      [forged('ci-ada', { id: 7 }), 'malformed'],
      [forged('ci-ada', { dataVersion: '77' }), 'unknown-version'],
      [forged('ci-ada', { eventType: 'Contoso.Anything' }), 'unknown-type'],
      [forged('ci-ada', { topic: other }), 'wrong-topic'],
      [
        forged('ci-ada', {
          topic: other,
          subject: String(forged('ci-ada')['subject']).replace(
            `/subscriptions/${simulatedSubscription}`,
            other,
          ),
        }),
        'other-subscription',
      ],
      [forged('ci-ada', { data: { claims: { x: 'y'.repeat(300_000) } } }), 'oversized'],
      [forged('ci-ada', { eventType: 'Microsoft.Resources.ResourceDeleteFailure' }), 'unsuccessful'],
    ];
    for (const [event, reason] of hostile) {
      expect([reason, await world.post([event])]).toEqual([reason, 202]);
    }
    await world.runWithEvents(at(0, 5));
    expect(await setAside()).toEqual({
      malformed: 2,
      'unknown-version': 1,
      'unknown-type': 1,
      'wrong-topic': 1,
      'other-subscription': 1,
      oversized: 1,
      unsuccessful: 1,
    });
    expect(world.azure.callCount('get')).toBe(gets);
    expect(JSON.stringify(world.log)).not.toMatch(/Hopper|20\.1\.2\.3|Contoso/);
  });

  it('cannot stop, detach or delete anything that a sweep would have left', async () => {
    const policy = `${rarely}attachments: { duplicate: detachNewer }\n`;
    world = await eventWorld(
      [
        idle('ci-busy', { metrics: [{ fromAt: startAt - 60 * minute, toAt: at(9), cpu: 70 }] }),
        target('only', old),
      ],
      { policy },
    );
    await world.runWithEvents(at(0, 1));
    for (const name of ['ci-busy', 'only', 'nobody']) {
      for (const eventType of ['Write', 'Delete', 'Action'].map(
        (word) => `Microsoft.Resources.Resource${word}Success`,
      )) {
        expect(await world.post([forged(name, { eventType }), forged(name, { eventType })])).toBe(202);
      }
    }
    await world.runWithEvents(at(2));
    expect(ourWrites()).toEqual([]);
    expect(world.azure.exists('only')).toBe(true);
    expect(world.azure.stateOf('ci-busy')).toBe('Running');
    expect(world.told('warning')).toEqual([]);
    expect(await findings()).toEqual([]);
  });

  it('in a thousand copies cause one look, or two', async () => {
    world = await eventWorld([target('first', old)], { policy: rarely });
    await world.runWithEvents(at(0, 1));
    const gets = world.azure.callCount('get');
    const copies = Array.from({ length: 1000 }, () => forged('first'));
    expect(await world.post(copies)).toBe(202);
    await world.runWithEvents(at(0, 3));
    expect(world.azure.callCount('get') - gets).toBeLessThanOrEqual(2);
  });

  it('in a thousand copies about a run cause one look at the run and one at its instance', async () => {
    const jobs = [{ name: 'train', fromAt: at(0, 0), toAt: at(0, 20), status: 'Running' }];
    world = await eventWorld([idle('ci-ada', { jobs })], { policy: rarely });
    await world.runWithEvents(at(0, 21));
    const calls = [...world.azure.calls].reduce((sum, [, count]) => sum + count, 0);
    expect(await world.post(Array.from({ length: 1000 }, () => runEnded('train')))).toBe(202);
    await world.runWithEvents(at(0, 24));
    const after = [...world.azure.calls].reduce((sum, [, count]) => sum + count, 0);
    expect(after - calls).toBeLessThanOrEqual(12);
  });

  it('about a thousand different things ask no more of Azure than a few hundred looks, and say so', async () => {
    world = await eventWorld([target('first', old)], { policy: rarely });
    await world.runWithEvents(at(0, 1));
    const gets = world.azure.callCount('get');
    const many = Array.from({ length: 1000 }, (_, index) => forged(`nothing${index}`));
    expect(await world.post(many)).toBe(202);
    await world.runWithEvents(at(0, 3));
    const looks = world.azure.callCount('get') - gets;
    expect([looks >= 150, looks <= 200]).toEqual([true, true]);
    const passedOver = (await setAside())['too-many'] ?? 0;
    expect(passedOver).toBeGreaterThan(0);
    // A minute later there is room again.
    expect(await world.post([forged('first')])).toBe(202);
    await world.runWithEvents(at(0, 5));
    expect([world.azure.callCount('get') - gets - looks, (await setAside())['too-many']]).toEqual([
      1,
      passedOver,
    ]);
  });

  it('leave nothing of whoever caused them: not in the log, the ledger, a workflow or a message', async () => {
    const stored: string[] = [];
    world = await eventWorld([target('first', old), idle('ci-ada')], {
      policy: rarely,
      onStored: (text) => stored.push(text),
    });
    await world.runWithEvents(at(0, 1));
    const claims = {
      'http://schemas.microsoft.com/identity/claims/objectidentifier': 'eeeeeeee-0000-4000-8000-00000000000e',
      name: 'Canary Person',
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'canary@contoso.example',
      ipaddr: '203.0.113.77',
    };
    const data = {
      operationName: 'Microsoft.MachineLearningServices/workspaces/computes/write',
      claims,
      httpRequest: { clientIpAddress: '203.0.113.77', method: 'PUT' },
    };
    const cloud = {
      specversion: '1.0',
      type: 'Microsoft.Resources.ResourceWriteSuccess',
      source: forged('first')['topic'],
      data,
    };
    expect(
      await world.post([forged('first', { data }), forged('ci-ada', { data }), forged('..', { data })]),
    ).toBe(202);
    expect(await world.post({ ...forged('first'), ...cloud })).toBe(202);
    world.ledgerUp = false;
    expect(await world.post([forged('ci-ada', { data, id: 'canary@contoso.example' })])).toBe(500);
    world.ledgerUp = true;
    await world.runWithEvents(at(0, 3));
    const everything = [JSON.stringify(world.log), JSON.stringify(world.messages), ...stored].join('\n');
    expect(everything).not.toMatch(/canary|203\.0\.113|eeeeeeee-0000/i);
    expect(world.log.length).toBeGreaterThan(0);
  });

  it('about what the app did itself are set aside', async () => {
    world = await eventWorld([target('first', old)], { policy: rarely });
    await world.runWithEvents(at(0, 1));
    await world.attachments.detach(refOf('first'));
    const gets = world.azure.callCount('get');
    await world.runWithEvents(at(0, 5));
    expect(await setAside()).toEqual({ own: 1 });
    expect(world.azure.callCount('get')).toBe(gets);
  });

  it('without the key, or to another function, are not let in', async () => {
    world = await eventWorld([]);
    expect(await world.post([forged('first')], { 'x-functions-key': 'wrong' })).toBe(401);
    expect(await world.post([forged('first')], { 'aeg-event-type': 'Other' })).toBe(400);
    expect(await world.post(['text'])).toBe(500);
  });
});

describe('an event that comes while the ledger is away', () => {
  it('is refused, comes again, and is looked at then', async () => {
    world = await eventWorld([target('first', old)], { policy: rarely });
    await world.runWithEvents(at(0, 1));
    world.azure.act({ do: 'attach', compute: target('again') });
    world.ledgerUp = false;
    await world.delivery.deliver(world.clock.now() + 60 * second);
    expect(world.delivery.nextAt()).not.toBeNull();
    world.ledgerUp = true;
    await world.runWithEvents(at(0, 5));
    expect(await findings()).toEqual(['again attachment.duplicate']);
    expect(world.delivery.deadLetters).toEqual([]);
  });
});

describe('an event that never comes', () => {
  it.each(['none', 'hostile'] as const)('is made up for by the next sweep (delivery: %s)', async (events) => {
    world = await eventWorld([target('first', old)], { policy: enforce(), azure: { events } });
    await world.runWithEvents(at(0, 1));
    world.azure.act({ do: 'attach', compute: target('again'), by: 'ada' });
    await world.runWithEvents(at(0, 6));
    expect(await findings()).toEqual(['again attachment.duplicate']);
    world.azure.act({ do: 'detach', compute: 'again', by: 'ada' });
    await world.runWithEvents(at(0, 12));
    expect(await findings()).toEqual([]);
    expect(world.told('finding')).toHaveLength(2);
  });

  it('names whichever the rules forbid, and says so when they allow it again', async () => {
    const vm = `${rg}/Microsoft.Compute/virtualMachines/vm1`;
    const deny = `${enforce()}attachments: { deny: [{ kind: VirtualMachine, region: westeurope }] }\n`;
    world = await eventWorld([target('vm1', { ...old, kind: 'VirtualMachine', resourceId: vm })], {
      policy: deny,
      azure: { events: 'none' },
      more: { resources: [{ id: vm, os: 'Windows', image: 'WindowsServer', publicIp: false }] },
    });
    await world.runWithEvents(at(0, 1));
    expect(await findings()).toEqual([
      'vm1 attachment.denied',
      'vm1 attachment.os',
      'vm1 attachment.public-ip',
    ]);
    world.policy = enforce();
    await world.runWithEvents(at(0, 11));
    expect(await findings()).toEqual(['vm1 attachment.os', 'vm1 attachment.public-ip']);
  });
});

/** What everything came to, without the times at which it was seen. */
async function worldNow(): Promise<unknown> {
  const index = [...(await readAttachmentIndex(world.ledger)).values()].flatMap(({ value }) =>
    value.attachments.map(({ ref, key, namespace }) => [ref.compute, key, namespace]),
  );
  return {
    index: index.toSorted((one, other) => (String(one[0]) < String(other[0]) ? -1 : 1)),
    findings: [await findings('ws1'), await findings('ws2')],
    computes: world.azure
      .computes()
      .map(({ name }) => name)
      .toSorted((one, other) => (one < other ? -1 : 1)),
    writes: ourWrites(),
  };
}

describe('any order and any number of copies of a set of events', () => {
  it('ends in the same world', async () => {
    async function play(
      order: (events: readonly JsonObject[]) => readonly (readonly JsonObject[])[],
    ): Promise<unknown> {
      world = await eventWorld(
        [target('first', old), target('third', { ...old, resourceId: cluster, kind: 'AKS' })],
        { policy: rarely, workspaces: ['ws1', 'ws2'] },
      );
      await world.runTo(at(0, 1));
      world.azure.act({ do: 'attach', compute: target('again', { workspace: 'ws2' }) });
      world.azure.act({ do: 'attach', compute: target('more', { workspace: 'ws1' }) });
      world.azure.act({
        do: 'attach',
        compute: target('k8s', { workspace: 'ws2', kind: 'Kubernetes', resourceId: cluster }),
      });
      world.azure.act({ do: 'detach', compute: 'first', by: 'ada' });
      await world.runTo(at(0, 3));
      const events = world.azure.events.take(at(9));
      for (const batch of order(events)) {
        const status = batch.length === 0 ? 202 : await world.post(batch);
        expect(status).toBe(202);
        await world.runTo(world.clock.now() + 7 * second);
      }
      await world.runTo(world.clock.now() + 90 * second);
      const now = await worldNow();
      await world.close();
      return now;
    }
    const expected = await play((events) => [events]);
    expect(expected).toMatchObject({
      computes: ['again', 'k8s', 'more', 'third'],
      findings: [['more attachment.duplicate'], ['k8s attachment.duplicate']],
      writes: [],
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 4, maxLength: 14 }), fc.nat(), async (picks, seed) => {
        const played = await play((events) => {
          // Every event at least once, in an order and with copies by lot, in batches by lot.
          const drawn = [...picks.map((pick) => events[pick % events.length]), ...events].filter(
            (one) => one !== undefined,
          );
          const shuffled = drawn.toSorted(
            (one, other) => ((drawn.indexOf(one) * 7 + seed) % 5) - ((drawn.indexOf(other) * 7 + seed) % 5),
          );
          return shuffled.map((_, index) =>
            index % ((seed % 3) + 1) === 0 ? shuffled.slice(index, index + (seed % 3) + 1) : [],
          );
        });
        expect(played).toEqual(expected);
      }),
      { numRuns: 8 },
    );
    world = await eventWorld([]);
  });
});

describe('forged events', () => {
  const aks = `${cluster}-own`;
  const computes: readonly ComputeSpec[] = [
    idle('ci-idle'),
    idle('ci-busy', { metrics: [{ fromAt: startAt - 60 * minute, toAt: at(9), cpu: 70 }] }),
    idle('ci-blind', { metrics: [] }),
    target('first', { ...old, inUse: 'unknown' }),
    target('later', { attachedAt: startAt - 30 * minute, inUse: true }),
    target('aks', { ...old, kind: 'AKS', resourceId: aks }),
    target('aks-later', { kind: 'AKS', resourceId: aks, attachedAt: startAt - 30 * minute }),
    target('alone', { ...old, resourceId: `${databricks}-alone` }),
  ];
  const policy = enforce('idle: { warn: 10m }\nattachments: { duplicate: detachNewer }\n');
  const names = [...computes.map(({ name }) => name), 'nobody', '..', 'CI-BUSY', 'x'.repeat(300)];
  const forgery = fc.oneof(
    fc.record({
      name: fc.constantFrom(...names),
      type: fc.constantFrom(
        'ResourceWriteSuccess',
        'ResourceDeleteSuccess',
        'ResourceActionSuccess',
        'ResourceDeleteFailure',
      ),
      copies: fc.integer({ min: 1, max: 5 }),
      // Whose act it pretends to be.
      actor: fc.constantFrom('', 'dddddddd-0000-4000-8000-00000000000d'),
    }),
    fc.record({ run: fc.constantFrom('train', 'nothing', '..'), copies: fc.integer({ min: 1, max: 5 }) }),
  );
  const bodyOf = (
    one: typeof forgery extends fc.Arbitrary<infer T> ? T : never,
  ): Record<string, unknown>[] => {
    const event =
      'run' in one
        ? runEnded(one.run)
        : forged(one.name, {
            eventType: `Microsoft.Resources.${one.type}`,
            data: {
              operationName: 'Microsoft.MachineLearningServices/workspaces/computes/delete',
              claims: { oid: one.actor },
            },
          });
    return Array.from({ length: one.copies }, () => event);
  };

  /** What Lamplighter did, and what is there at the end. */
  async function play(batches: readonly (readonly Record<string, unknown>[])[]): Promise<unknown> {
    world = await eventWorld(computes, { policy });
    for (const batch of batches) {
      await world.runTo(world.clock.now() + 7 * minute);
      const status = batch.length === 0 ? 202 : await world.post(batch);
      expect(status).toBe(202);
    }
    await world.runTo(at(1, 30));
    const ended = {
      acts: ourWrites()
        .map(({ operation, compute }) => `${operation} ${compute}`)
        .toSorted((one, other) => (one < other ? -1 : 1)),
      warned: world.told('warning').map((message) => message.compute?.compute),
      computes: world.azure.computes().map(({ name, id }) => `${name} ${world.azure.stateOf(name) ?? id}`),
      findings: await findings(),
    };
    await world.close();
    return ended;
  }

  it('end in the world without them, whatever they say', async () => {
    const expected = await play([]);
    expect(expected).toMatchObject({ acts: ['detach aks-later', 'stop ci-idle'], warned: ['ci-idle'] });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(forgery, { maxLength: 4 }), { maxLength: 8 }), async (drawn) => {
        expect(await play(drawn.map((batch) => batch.flatMap(bodyOf)))).toEqual(expected);
      }),
      { numRuns: 6 },
    );
    world = await eventWorld([]);
  });
});
