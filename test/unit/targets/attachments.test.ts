import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Compute } from '../../../src/core/computes.ts';
import { computeKey, parseComputeRef } from '../../../src/core/ids.ts';
import type { AttachmentDenial } from '../../../src/core/policy/types.ts';
import { type Attachment, attachmentOf } from '../../../src/core/targets/attachment.ts';
import { bodyToRestore, bodyToSend, secretLikeMembers } from '../../../src/core/targets/attachment-body.ts';
import { duplicatesAmong } from '../../../src/core/targets/attachment-duplicates.ts';
import { parseResourceId, parseResourceIdFor } from '../../../src/core/targets/attachment-resource.ts';
import {
  type AttachmentFacts,
  attachmentFaultsOf,
  nothingKnown,
} from '../../../src/core/targets/attachment-rules.ts';
import {
  checkSecrets,
  missingSecret,
  parseSecretAddress,
} from '../../../src/core/targets/attachment-secrets.ts';

const sub1 = '11111111-0000-4000-8000-000000000001';
const sub2 = '22222222-0000-4000-8000-000000000002';
const resource = (type: string, name: string, subscription = sub1) =>
  `/subscriptions/${subscription}/resourceGroups/rg/providers/${type}/${name}`;
const databricks = resource('Microsoft.Databricks/workspaces', 'dbx');
const cluster = resource('Microsoft.ContainerService/managedClusters', 'aks');

function compute(
  name: string,
  kind: string,
  properties: Record<string, unknown>,
  more: Partial<Compute> = {},
): Compute {
  return {
    ref: parseComputeRef({ subscription: sub1, resourceGroup: 'rg', workspace: 'ws1', compute: name }),
    kind,
    location: 'westeurope',
    tags: {},
    vmSize: null,
    state: null,
    provisioningState: 'Succeeded',
    owner: null,
    createdAt: 1000,
    lastOperation: null,
    sshEnabled: null,
    hasCustomServices: false,
    identityPrincipalIds: [],
    errors: [],
    raw: { computeType: kind, ...properties },
    ...more,
  };
}

function attached(
  name: string,
  kind: string,
  properties: Record<string, unknown>,
  at = 1000,
  workspace = 'ws1',
): Attachment {
  const ref = parseComputeRef({ subscription: sub1, resourceGroup: 'rg', workspace, compute: name });
  const found = attachmentOf(compute(name, kind, properties, { ref, createdAt: at }));
  if (found === null) throw new Error(`${kind} is not attached`);
  return found;
}

const names = (attachments: readonly Attachment[]) =>
  [...duplicatesAmong(attachments).values()].map(({ later, earlier }) => [
    later.ref.compute,
    ...earlier.map((one) => one.ref.compute),
  ]);

describe('an underlying resource', () => {
  it('is the same in any casing and with a slash at its end', () => {
    expect(parseResourceId(`${databricks.toUpperCase().replace('MICROSOFT', 'Microsoft')}/`).key).toBe(
      databricks.toLowerCase(),
    );
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['a name alone', 'dbx'],
    ['dot segments', resource('Microsoft.Databricks/workspaces', '..')],
    ['a name that hides a path', resource('Microsoft.Databricks/workspaces', 'a%2fb')],
    ['a subscription that is no GUID', databricks.replace(sub1, 'prod')],
    [
      'a type without a name',
      `/subscriptions/${sub1}/resourceGroups/rg/providers/Microsoft.Databricks/workspaces`,
    ],
    ['a very long text', resource('Microsoft.Databricks/workspaces', 'x'.repeat(2000))],
  ])('is refused as %s', (_what, text) => {
    expect(() => parseResourceId(text)).toThrow(expect.objectContaining({ code: 'name.invalid' }));
  });

  it('has to be of a type that the kind attaches', () => {
    expect(() => parseResourceIdFor('Databricks', cluster)).toThrow(/attached from microsoft.databricks/);
    expect(parseResourceIdFor('Kubernetes', cluster).name).toBe('aks');
  });
});

describe('two attachments', () => {
  it('of one resource are a duplicate across workspaces, whatever the casing; the later one is it', () => {
    const first = attached('dbx', 'Databricks', { resourceId: databricks }, 1000, 'ws2');
    const second = attached('dbx2', 'Databricks', { resourceId: databricks.toUpperCase() }, 2000);
    expect(names([second, first])).toEqual([['dbx2', 'dbx']]);
  });

  it('of the same time are told apart by name', () => {
    const one = attached('b', 'Databricks', { resourceId: databricks });
    const other = attached('a', 'Databricks', { resourceId: databricks });
    expect(names([one, other])).toEqual([['b', 'a']]);
  });

  it('of one Kubernetes cluster live in two namespaces, and not in one', () => {
    const ml = attached('k1', 'Kubernetes', { resourceId: cluster, properties: { namespace: 'ml' } }, 1);
    const web = attached('k2', 'Kubernetes', { resourceId: cluster, properties: { namespace: 'web' } }, 2);
    const again = attached('k3', 'Kubernetes', { resourceId: cluster, properties: { namespace: 'ML' } }, 3);
    expect(names([ml, web])).toEqual([]);
    expect(names([ml, web, again])).toEqual([['k3', 'k1']]);
  });

  it('of one cluster collide where one of them is an AKS attachment, which has all of it', () => {
    const aks = attached('aks', 'AKS', { resourceId: cluster }, 1);
    const k8s = attached('k1', 'Kubernetes', { resourceId: cluster, properties: { namespace: 'ml' } }, 2);
    expect(names([aks, k8s])).toEqual([['k1', 'aks']]);
  });

  it('of one HDInsight cluster are recognised by id and by address', () => {
    const byId = attached(
      'h1',
      'HDInsight',
      { resourceId: resource('Microsoft.HDInsight/clusters', 'Spark') },
      1,
    );
    const byAddress = attached(
      'h2',
      'HDInsight',
      { properties: { address: 'spark-ssh.azurehdinsight.net' } },
      2,
    );
    expect(names([byId, byAddress])).toEqual([['h2', 'h1']]);
  });

  it('of one Synapse pool are recognised by id and by its four fields', () => {
    const pool = `/subscriptions/${sub1}/resourceGroups/rg/providers/Microsoft.Synapse/workspaces/syn/bigDataPools/pool`;
    const fields = { subscriptionId: sub1, resourceGroup: 'rg', workspaceName: 'syn', poolName: 'POOL' };
    expect(
      names([
        attached('s1', 'SynapseSpark', { resourceId: pool }, 1),
        attached('s2', 'SynapseSpark', { properties: fields }, 2),
      ]),
    ).toEqual([['s2', 's1']]);
  });

  it('that do not say what they point at are never called duplicates', () => {
    expect(names([attached('v1', 'VirtualMachine', {}), attached('v2', 'VirtualMachine', {})])).toEqual([]);
  });

  it('come to the same verdict in whatever order they are seen', () => {
    const all = [
      attached('a', 'Databricks', { resourceId: databricks }, 3),
      attached('b', 'Databricks', { resourceId: databricks.toUpperCase() }, 1),
      attached('c', 'Databricks', { resourceId: databricks }, 2),
      attached('d', 'AKS', { resourceId: cluster }, 2),
      attached('e', 'Kubernetes', { resourceId: cluster }, 2),
      attached('f', 'DataFactory', {}, 2),
    ];
    const expected = new Map(duplicatesAmong(all));
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        const found = duplicatesAmong(shuffled);
        expect([...found.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
        for (const [key, one] of found) expect(one).toEqual(expected.get(key));
      }),
    );
    expect(
      expected.get(computeKey(all[0]?.ref ?? ({} as never)))?.earlier.map((one) => one.ref.compute),
    ).toEqual(['b', 'c']);
  });
});

const facts = (more: Partial<AttachmentFacts> & Pick<AttachmentFacts, 'kind'>): AttachmentFacts => ({
  workspaceSubscription: sub1,
  resourceId: databricks,
  region: 'westeurope',
  localAuth: true,
  resource: nothingKnown,
  ...more,
});
const faults = (given: AttachmentFacts, deny: readonly AttachmentDenial[] = []) =>
  attachmentFaultsOf(given, deny).map(({ name }) => name);
const denial = (more: Partial<AttachmentDenial>): AttachmentDenial => ({
  kind: null,
  subscription: null,
  region: null,
  localAuth: null,
  ...more,
});
const vm = resource('Microsoft.Compute/virtualMachines', 'vm1');
const good = { ubuntu: true, system: 'Ubuntu', publicIp: true, region: 'westeurope' };

describe('the rules of each kind', () => {
  it.each<[string, AttachmentFacts, readonly string[]]>([
    ['a Databricks workspace of the same subscription', facts({ kind: 'Databricks' }), []],
    [
      'a Databricks workspace of another subscription',
      facts({ kind: 'Databricks', resourceId: resource('Microsoft.Databricks/workspaces', 'dbx', sub2) }),
      ['subscription'],
    ],
    [
      'a Databricks workspace that names no resource',
      facts({ kind: 'Databricks', resourceId: null }),
      ['unknown'],
    ],
    [
      'a machine with Ubuntu and a public IP',
      facts({ kind: 'VirtualMachine', resourceId: vm, resource: good }),
      [],
    ],
    [
      'a machine with Windows and no public IP',
      facts({
        kind: 'VirtualMachine',
        resourceId: vm,
        resource: { ...good, ubuntu: false, publicIp: false },
      }),
      ['os', 'public-ip'],
    ],
    ['a machine that cannot be read', facts({ kind: 'VirtualMachine', resourceId: vm }), ['unknown']],
    [
      'a machine of which only the image is known',
      facts({ kind: 'VirtualMachine', resourceId: vm, resource: { ...good, publicIp: null } }),
      ['unknown'],
    ],
    [
      'an HDInsight cluster without a public IP',
      facts({ kind: 'HDInsight', resource: { ...good, publicIp: false } }),
      ['public-ip'],
    ],
    [
      'an AKS cluster of another subscription',
      facts({ kind: 'AKS', resourceId: resource('x/y', 'z', sub2) }),
      [],
    ],
    ['a data factory that names nothing', facts({ kind: 'DataFactory', resourceId: null }), []],
  ])('%s', (_what, given, expected) => {
    expect(faults(given)).toEqual(expected);
  });

  it.each<[string, AttachmentDenial, readonly string[]]>([
    ['its kind', denial({ kind: 'AKS' }), ['denied']],
    ['another kind', denial({ kind: 'HDInsight' }), []],
    ['its kind in its region', denial({ kind: 'AKS', region: ['west*'] }), ['denied']],
    ['its kind in another region', denial({ kind: 'AKS', region: ['eastus'] }), []],
    ['its subscription', denial({ subscription: [sub1] }), ['denied']],
    ['local authentication', denial({ localAuth: true }), ['denied']],
    ['no local authentication', denial({ localAuth: false }), []],
  ])('a policy that denies %s', (_what, deny, expected) => {
    expect(faults(facts({ kind: 'AKS', resourceId: cluster }), [deny])).toEqual(expected);
  });

  it('what a denial asks for and nobody can read is unknown, never a pass', () => {
    const given = facts({ kind: 'AKS', resourceId: cluster, region: null, localAuth: null });
    expect(faults(given, [denial({ region: ['westus'] })])).toEqual(['unknown']);
    expect(faults(given, [denial({ localAuth: true })])).toEqual(['unknown']);
    expect(faults(given, [denial({ kind: 'HDInsight', region: ['westus'] })])).toEqual([]);
  });
});

describe('secrets', () => {
  const address = 'https://team-vault.vault.azure.net/secrets/dbx-token';

  it('are named, never given', () => {
    expect(parseSecretAddress(`${address}/0123456789abcdef0123456789abcdef`)).toEqual({
      vault: 'team-vault',
      secret: 'dbx-token',
      version: '0123456789abcdef0123456789abcdef',
    });
    for (const text of [
      'dapi0123456789',
      'https://evil.example/secrets/x',
      `${address}?x=1`,
      'https://a.vault.azure.net.evil.example/secrets/x',
      `${address}/../../keys/x`,
    ]) {
      expect(() => parseSecretAddress(text)).toThrow(
        expect.objectContaining({
          code: 'secret.invalid',
          message: expect.not.stringContaining(text) as string,
        }),
      );
    }
  });

  it('are asked for where the kind cannot be attached without, and refused where it has no use for them', () => {
    expect(missingSecret('Databricks', {})).toBe('accessToken');
    expect(missingSecret('VirtualMachine', { privateKey: address })).toBeNull();
    expect(missingSecret('Kubernetes', {})).toBeNull();
    expect(() => checkSecrets('Kubernetes', { password: address })).toThrow(/not attached with a password/);
  });

  it('in the open members of a request are found wherever they stand', () => {
    expect(
      secretLikeMembers({ administratorAccount: { username: 'ada', password: 'x' }, list: [{ token: 'y' }] }),
    ).toEqual(['administratorAccount.password', 'list.0.token']);
  });

  it('go into the body for Azure alone; what is kept to attach again holds none', () => {
    const before = compute('aks', 'AKS', {
      resourceId: cluster,
      provisioningState: 'Succeeded',
      createdOn: 'x',
      properties: {
        clusterPurpose: 'FastProd',
        systemServices: [],
        sslConfiguration: { status: 'Enabled', cert: 'C', key: 'K' },
      },
    });
    const kept = bodyToRestore(before);
    expect(kept).toEqual({
      location: 'westeurope',
      tags: {},
      properties: {
        computeType: 'AKS',
        resourceId: cluster,
        properties: { clusterPurpose: 'FastProd', sslConfiguration: { status: 'Enabled' } },
      },
    });
    const sent = bodyToSend('AKS', kept, { sslCertificate: 'C', sslKey: 'K' }, 'r1');
    expect(sent.tags).toEqual({ 'lamplighter-request': 'r1' });
    expect(sent.properties['properties']).toMatchObject({
      sslConfiguration: { status: 'Enabled', cert: 'C', key: 'K' },
    });
  });
});
