import { afterEach, describe, expect, it } from 'vitest';
import { parseObjectId } from '../../src/core/ids.ts';
import { submitAttach, submitDetach, submitReattach } from '../../src/fleet/attachments/submit-request.ts';
import { writeHalt } from '../../src/ledger/flags.ts';
import { readAttachmentRequest } from '../../src/ledger/attachment-requests.ts';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
import { secretValueOf } from '../../src/local/azure/key-vault-host.ts';
import {
  at,
  enforce,
  type FleetWorld,
  fleetWorld,
  minute,
  refOf,
  startAt,
  type WorldOptions,
} from '../support/fleet-world.ts';
import { simulatedSubscription } from '../support/simulated-adapters.ts';

let world: FleetWorld;
afterEach(async () => {
  await world.close();
});

const rg = `/subscriptions/${simulatedSubscription}/resourceGroups/rg/providers`;
const databricks = `${rg}/Microsoft.Databricks/workspaces/dbx`;
const cluster = `${rg}/Microsoft.ContainerService/managedClusters/aks`;
const machine = (name: string) => `${rg}/Microsoft.Compute/virtualMachines/${name}`;
const tokenAddress = 'https://team.vault.azure.net/secrets/dbx-token';
const oldAddress = 'https://team.vault.azure.net/secrets/dbx-old';
const root = { objectId: parseObjectId('cccccccc-0000-4000-8000-00000000000c'), name: 'root' };

const target = (name: string, more: Partial<ComputeSpec> = {}): ComputeSpec => ({
  name,
  workspace: 'ws1',
  kind: 'Databricks',
  resourceId: databricks,
  attachedAt: startAt - 3_600_000,
  inUse: false,
  ...more,
});

/** The client that the doors have, on the engine of the world's present life. */
const client = () => ({
  startNew: async (
    name: string,
    options: { readonly instanceId?: string; readonly input?: unknown } = {},
  ) => {
    const started = world.engine().client.start({
      name,
      instanceId: options.instanceId ?? '',
      input: JSON.stringify(options.input),
    });
    if (started.kind === 'conflict') throw new Error('409');
    return started.instanceId;
  },
  getStatus: async () => ({ runtimeStatus: 'Running' }) as never,
});

async function begin(computes: readonly ComputeSpec[], options: WorldOptions = {}): Promise<void> {
  world = await fleetWorld(computes, { policy: enforce(), ...options });
}

type Attach = Partial<Parameters<typeof submitAttach>[2]>;
let keys = 0;
async function attach(name: string, more: Attach = {}) {
  const asked = {
    workspace: 'ws1',
    name,
    kind: 'Databricks',
    resourceId: databricks,
    region: null,
    localAuth: true,
    description: null,
    properties: {},
    tags: {},
    secrets: more.kind === undefined || more.kind === 'Databricks' ? { accessToken: tokenAddress } : {},
    ...more,
  };
  return (await submitAttach(world.flow, client, asked, { by: root, key: `key-${++keys}` })).requestId;
}
const detach = async (name: string) =>
  (await submitDetach(world.flow, client, refOf(name), { by: root, key: `key-${++keys}` })).requestId;
async function reattach(name: string, more: Partial<Parameters<typeof submitReattach>[3]> = {}) {
  const asked = {
    change: { resourceId: null, localAuth: null, tags: null, properties: {} },
    secrets: { accessToken: tokenAddress },
    oldSecrets: { accessToken: oldAddress },
    acceptsNoWayBack: false,
    ...more,
  };
  return (await submitReattach(world.flow, client, refOf(name), asked, { by: root, key: `key-${++keys}` }))
    .requestId;
}
const requestOf = async (id: string) => (await readAttachmentRequest(world.ledger, id))?.request;
const writes = () =>
  world.azure.writes.filter((one) => one.byApp).map((one) => `${one.operation} ${one.compute}`);

describe('attach', () => {
  it('attaches what breaks no rule, with the secret read from its vault', async () => {
    await begin([]);
    const id = await attach('dbx', { tags: { team: 'vision' } });
    await world.runTo(at(0, 5));
    expect(await requestOf(id)).toMatchObject({ status: 'attached', reason: null });
    expect(world.azure.show('dbx')).toMatchObject({
      tags: { team: 'vision', 'lamplighter-request': id },
      properties: { computeType: 'Databricks', resourceId: databricks, disableLocalAuth: false },
    });
    expect(writes()).toEqual(['attach dbx']);
    expect(world.azure.unknownRequests).toEqual([]);
  });

  it('the same request again makes no second one', async () => {
    await begin([]);
    const one = await attach('dbx');
    keys -= 1;
    expect(await attach('dbx')).toBe(one);
    await world.runTo(at(0, 5));
    keys -= 1;
    await attach('dbx');
    await world.runTo(at(0, 10));
    expect(writes()).toEqual(['attach dbx']);
  });

  it('of what is attached in another workspace is refused, whatever the casing', async () => {
    await begin([target('first', { workspace: 'ws2' })], { workspaces: ['ws1', 'ws2'] });
    const id = await attach('second', { resourceId: databricks.replace('/dbx', '/DBX') });
    await world.runTo(at(0, 5));
    expect(await requestOf(id)).toMatchObject({
      status: 'refused',
      reason: 'refuse.attachment.duplicate',
      sentence: expect.stringContaining('first') as string,
    });
    expect(writes()).toEqual([]);
  });

  it('of one resource by two at the same time succeeds once', async () => {
    await begin([]);
    const ids = [await attach('one'), await attach('two')];
    await world.runTo(at(0, 10));
    const statuses = await Promise.all(ids.map(async (id) => (await requestOf(id))?.status));
    expect(new Set(statuses)).toEqual(new Set(['attached', 'refused']));
    expect(writes()).toHaveLength(1);
  });

  it('of a shared Kubernetes cluster in another namespace is allowed, in the same one refused', async () => {
    await begin([target('ml', { kind: 'Kubernetes', resourceId: cluster, properties: { namespace: 'ml' } })]);
    const web = await attach('web', {
      kind: 'Kubernetes',
      resourceId: cluster,
      properties: { namespace: 'web' },
    });
    const again = await attach('again', {
      kind: 'Kubernetes',
      resourceId: cluster,
      properties: { namespace: 'ML' },
    });
    await world.runTo(at(0, 5));
    expect((await requestOf(web))?.status).toBe('attached');
    expect(await requestOf(again)).toMatchObject({
      status: 'refused',
      reason: 'refuse.attachment.duplicate',
    });
  });

  it('names everything that is wrong, in order', async () => {
    await begin([target('taken')], {
      policy: `${enforce()}attachments: { deny: [VirtualMachine] }\n`,
      more: { resources: [{ id: machine('vm1'), os: 'Windows', image: 'WindowsServer', publicIp: false }] },
    });
    const password = { password: tokenAddress };
    const id = await attach('taken', {
      kind: 'VirtualMachine',
      resourceId: machine('vm1'),
      secrets: password,
    });
    await world.runTo(at(0, 5));
    expect((await requestOf(id))?.refusals.map(({ code }) => code)).toEqual([
      'refuse.name.taken',
      'refuse.attachment.denied',
      'refuse.attachment.os',
      'refuse.attachment.public-ip',
    ]);
  });

  it('of a machine that cannot be read is refused as unknown', async () => {
    await begin([]);
    const password = { password: tokenAddress };
    const id = await attach('vm1', { kind: 'VirtualMachine', resourceId: machine('vm1'), secrets: password });
    await world.runTo(at(0, 5));
    expect(await requestOf(id)).toMatchObject({ status: 'refused', reason: 'refuse.attachment.unknown' });
  });

  it.each(['ACI', 'Azure Batch', 'local computer', 'ComputeInstance'])(
    'of %s is refused, and says why',
    async (kind) => {
      await begin([]);
      const id = await attach('x1', { kind, secrets: {} });
      expect(await requestOf(id)).toMatchObject({
        status: 'refused',
        reason: 'refuse.attachment.not-attachable',
        sentence: expect.stringMatching(/cannot be attached, because .{20}/) as string,
      });
    },
  );

  it('takes no secret, and no kind, address or name of another form', async () => {
    await begin([]);
    await expect(attach('dbx', { properties: { databricksAccessToken: 'dapi' } })).rejects.toThrow(
      /looks like a secret/,
    );
    await expect(attach('dbx', { secrets: {} })).rejects.toThrow(/attached with a accessToken/);
    await expect(attach('dbx', { secrets: { accessToken: 'dapi0123' } })).rejects.toThrow(/Key Vault/);
    await expect(attach('dbx', { resourceId: cluster })).rejects.toThrow(
      /attached from microsoft.databricks/,
    );
    await expect(attach('..')).rejects.toThrow(/not a compute/);
    await expect(attach('dbx', { workspace: 'elsewhere' })).rejects.toThrow(/no workspace elsewhere/);
    await expect(attach('dbx', { kind: 'Quantum' })).rejects.toThrow(/no compute target/);
  });

  it('fails where the secret is not there, and says which', async () => {
    await begin([], { more: { missingSecrets: ['dbx-token'] } });
    const id = await attach('dbx');
    await world.runTo(at(0, 5));
    expect(await requestOf(id)).toMatchObject({ status: 'failed', reason: 'fail.setup' });
    expect(writes()).toEqual([]);
  });

  it('writes nothing while halted, and goes on after', async () => {
    await begin([]);
    await writeHalt(world.ledger, { halted: true, at: startAt, by: 'root', why: null });
    const id = await attach('dbx');
    await world.runTo(at(0, 20));
    expect([(await requestOf(id))?.status, ...writes()]).toEqual(['attaching']);
    await writeHalt(world.ledger, { halted: false, at: at(0, 20), by: 'root', why: null });
    await world.runTo(at(0, 25));
    expect((await requestOf(id))?.status).toBe('attached');
  });

  it('survives the death of the process after any change of its workflow, with one attachment', async () => {
    await begin([]);
    await attach('dbx');
    await world.runTo(at(0, 4));
    const commits = world.commits();
    await world.close();
    for (let death = 1; death < commits; death += 5) {
      await begin([], { diesAfterCommits: death });
      const id = await attach('dbx');
      await world.runTo(at(0, 10));
      expect([death, (await requestOf(id))?.status, writes().every((one) => one === 'attach dbx')]).toEqual([
        death,
        'attached',
        true,
      ]);
      expect(world.azure.computes().map(({ name }) => name)).toEqual(['dbx']);
      await world.close();
    }
    await begin([]);
  });
});

describe('detach', () => {
  it('takes an unused target off, and leaves what it pointed at', async () => {
    await begin([target('dbx')]);
    const id = await detach('dbx');
    await world.runTo(at(0, 5));
    expect((await requestOf(id))?.status).toBe('detached');
    expect(writes()).toEqual(['detach dbx']);
    expect(world.azure.callCount('delete')).toBe(0);
  });

  it.each<[string, Partial<ComputeSpec>, string]>([
    ['a deployment', { inUse: true }, 'refuse.attachment.in-use'],
    [
      'a job',
      { jobs: [{ name: 'train', fromAt: startAt - minute, status: 'Paused' }] },
      'refuse.attachment.in-use',
    ],
    ['nobody knows what', { inUse: 'unknown' }, 'refuse.attachment.unknown'],
  ])('with %s on it is refused', async (_what, more, reason) => {
    await begin([target('dbx', more)]);
    const id = await detach('dbx');
    await world.runTo(at(0, 5));
    expect(await requestOf(id)).toMatchObject({ status: 'refused', reason });
    expect(writes()).toEqual([]);
  });

  it('of an instance is refused, of nothing fails', async () => {
    await begin([target('ci-ada', { kind: 'ComputeInstance', vmSize: 'Standard_DS3_v2' })]);
    const ids = [await detach('ci-ada'), await detach('nothing')];
    await world.runTo(at(0, 5));
    expect(await requestOf(ids[0] ?? '')).toMatchObject({
      status: 'refused',
      reason: 'refuse.attachment.not-attachable',
    });
    expect(await requestOf(ids[1] ?? '')).toMatchObject({ status: 'failed', reason: 'compute.not-found' });
  });

  it('tries again where Azure is busy, and gives its words where it refuses', async () => {
    await begin([
      target('busy', { fails: { detach: ['Conflict', 'Throttled', 'TimeoutAfter'] } }),
      target('no', { resourceId: `${databricks}2`, fails: { detach: ['ServerError'] } }),
    ]);
    const ids = [await detach('busy'), await detach('no')];
    await world.runTo(at(0, 20));
    expect((await requestOf(ids[0] ?? ''))?.status).toBe('detached');
    expect(await requestOf(ids[1] ?? '')).toMatchObject({
      status: 'failed',
      sentence: expect.stringContaining('Azure') as string,
    });
  });
});

describe('re-attach', () => {
  const change = {
    resourceId: null,
    localAuth: false,
    tags: { team: 'nlp' },
    properties: { workspaceUrl: 'https://new.azuredatabricks.net' },
  };

  it('detaches, then attaches with the changes', async () => {
    await begin([target('dbx')]);
    const id = await reattach('dbx', { change });
    await world.runTo(at(0, 10));
    expect((await requestOf(id))?.status).toBe('attached');
    expect(writes()).toEqual(['detach dbx', 'attach dbx']);
    expect(world.azure.show('dbx')).toMatchObject({
      tags: { team: 'nlp' },
      properties: {
        resourceId: databricks,
        disableLocalAuth: true,
        properties: { workspaceUrl: 'https://new.azuredatabricks.net' },
      },
    });
  });

  it('puts the old one back when the new one cannot be attached', async () => {
    await begin([target('dbx', { tags: { team: 'vision' } })]);
    world.azure.planCreation(() => ({ fails: { attach: ['ServerError'] } }));
    const id = await reattach('dbx', { change });
    await world.runTo(at(0, 15));
    expect(await requestOf(id)).toMatchObject({ status: 'put-back', reason: 'fail.create' });
    expect(world.azure.show('dbx')).toMatchObject({
      tags: { team: 'vision' },
      properties: { disableLocalAuth: false },
    });
  });

  it('calls a person when the old one cannot be put back either', async () => {
    await begin([target('dbx')]);
    world.azure.planCreation(() => ({
      fails: { attach: Array.from({ length: 9 }, () => 'ServerError' as const) },
    }));
    const id = await reattach('dbx', { change });
    await world.runTo(at(2));
    expect((await requestOf(id))?.status).toBe('needs-person');
    expect(world.told('alert').map((message) => message.title)).toEqual(['dbx in ws1 is no longer attached']);
  });

  it('that could not be undone is refused beforehand, unless the caller says that this is all right', async () => {
    await begin([target('dbx')]);
    const without = { secrets: { accessToken: tokenAddress }, oldSecrets: {} };
    const id = await reattach('dbx', without);
    await world.runTo(at(0, 5));
    expect(await requestOf(id)).toMatchObject({ status: 'refused', reason: 'refuse.attachment.no-way-back' });
    expect(writes()).toEqual([]);
    const second = await reattach('dbx', { ...without, acceptsNoWayBack: true });
    await world.runTo(at(0, 15));
    expect((await requestOf(second))?.status).toBe('attached');
  });

  it('is refused while something uses it, and to a resource that is attached elsewhere', async () => {
    await begin([target('dbx', { inUse: true }), target('other', { resourceId: `${databricks}2` })]);
    const id = await reattach('dbx', { change: { ...change, resourceId: `${databricks}2` } });
    await world.runTo(at(0, 5));
    expect((await requestOf(id))?.refusals.map(({ code }) => code)).toEqual([
      'refuse.attachment.duplicate',
      'refuse.attachment.in-use',
    ]);
    expect(writes()).toEqual([]);
  });
});

describe('a secret', () => {
  it('is in no workflow history, no ledger row, no message and no log, also when things fail', async () => {
    const stored: string[] = [];
    await begin([target('old', { resourceId: `${databricks}2` })], { onStored: (text) => stored.push(text) });
    const seen: string[] = [];
    world.azure.onRequest((request) => {
      if (request.body !== null) seen.push(request.body);
      return null;
    });
    world.azure.planCreation(({ name }) =>
      name === 'old' ? { fails: { attach: ['ServerError'] } } : undefined,
    );
    await attach('dbx');
    await reattach('old');
    await world.runTo(at(0, 20));
    const values = ['dbx-token', 'dbx-old'].map((name) => secretValueOf('team', name));
    for (const value of values) {
      // It did reach Azure, and nothing else.
      expect(seen.join()).toContain(value);
      expect(stored.join()).not.toContain(value);
      expect(JSON.stringify(world.messages)).not.toContain(value);
      expect(JSON.stringify(world.log)).not.toContain(value);
    }
    expect(stored.join()).toContain('dbx-token');
  });
});
