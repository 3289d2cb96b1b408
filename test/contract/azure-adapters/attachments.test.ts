import { describe, expect, it } from 'vitest';
import { createAzureScope } from '../../../src/adapters/azure/azure-scope.ts';
import { parseComputeName } from '../../../src/core/ids.ts';
import { parseSecretAddress } from '../../../src/core/targets/attachment-secrets.ts';
import { secretValueOf } from '../../../src/local/azure/key-vault-host.ts';
import type { ComputeSpec, WorldSpec } from '../../../src/local/azure/index.ts';
import {
  simulatedAdapters,
  simulatedSubscription,
  simulatedWorkspace,
} from '../../support/simulated-adapters.ts';

const startAt = Date.parse('2026-03-02T08:00:00Z');
const rg = `/subscriptions/${simulatedSubscription}/resourceGroups/rg/providers`;
const vm = (name: string) => `${rg}/Microsoft.Compute/virtualMachines/${name}`;
const databricks = `${rg}/Microsoft.Databricks/workspaces/dbx`;
const refOf = (name: string) => ({ ...simulatedWorkspace('ws1'), compute: parseComputeName(name) });

const target = (name: string, more: Partial<ComputeSpec> = {}): ComputeSpec => ({
  name,
  workspace: 'ws1',
  kind: 'Databricks',
  resourceId: databricks,
  ...more,
});
const world = (computes: readonly ComputeSpec[], more: Partial<WorldSpec> = {}) =>
  simulatedAdapters({
    startAt,
    workspaces: [{ name: 'ws1', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' }],
    computes,
    ...more,
  });

describe('attaching and detaching', () => {
  it('takes a target off the workspace, and never deletes what it points at', async () => {
    const { attachments, azure, computes, clock } = world([target('dbx')]);
    expect(await attachments.detach(refOf('dbx'))).toEqual({ ok: true, value: 'accepted' });
    expect(azure.writes.map((write) => write.operation)).toEqual(['detach']);
    expect(azure.callCount('delete')).toBe(0);
    clock.advanceTo(startAt + 120_000);
    expect(await computes.get(refOf('dbx'))).toMatchObject({ ok: false, kind: 'missing' });
    expect(await attachments.detach(refOf('dbx'))).toEqual({ ok: true, value: 'accepted' });
  });

  it('attaches what the body says, secrets included, and Azure gives none of them back', async () => {
    const { attachments, azure, clock } = world([]);
    const properties = { databricksAccessToken: 'dapi-1', workspaceUrl: 'https://x.azuredatabricks.net' };
    const body = {
      location: 'westeurope',
      tags: { team: 'vision' },
      properties: { computeType: 'Databricks', resourceId: databricks, properties },
    };
    expect(await attachments.attach(refOf('dbx'), body)).toEqual({ ok: true, value: 'accepted' });
    clock.advanceTo(startAt + 120_000);
    expect(azure.show('dbx')).toMatchObject({
      tags: { team: 'vision' },
      properties: { provisioningState: 'Succeeded' },
    });
    expect(JSON.stringify(azure.show('dbx'))).not.toContain('dapi-1');
  });

  it('says when Azure refuses', async () => {
    const { attachments } = world([target('dbx', { fails: { detach: ['Conflict', 'Throttled'] } })]);
    expect(await attachments.detach(refOf('dbx'))).toMatchObject({ ok: false, kind: 'conflict' });
    expect(await attachments.detach(refOf('dbx'))).toMatchObject({ ok: false, kind: 'throttled' });
  });
});

describe('who uses a target', () => {
  it('is told by its endpoints and their deployments', async () => {
    const { attachments, azure } = world([
      target('used', { inUse: true }),
      target('free', { inUse: false }),
      target('hidden', { inUse: 'unknown' }),
    ]);
    expect(await attachments.users(refOf('free'), 'AKS')).toEqual({ ok: true, value: [] });
    expect(await attachments.users(refOf('used'), 'AKS')).toEqual({
      ok: true,
      value: [
        { what: 'endpoint', name: 'on-used' },
        { what: 'deployment', name: 'on-used/blue' },
      ],
    });
    expect(await attachments.users(refOf('hidden'), 'AKS')).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(azure.unknownRequests).toEqual([]);
  });

  it('is a failure where the workspace cannot be read', async () => {
    const { attachments, azure } = world([target('dbx')]);
    azure.outage({ of: 'arm', fromAt: startAt, toAt: startAt + 60_000 });
    expect(await attachments.users(refOf('dbx'), 'Databricks')).toMatchObject({ ok: false });
  });

  it('tells of a job, one that has ended too, its status and computes', async () => {
    const jobs = [{ name: 'job1', fromAt: startAt - 60_000, toAt: startAt - 1000, status: 'Running' }];
    const { attachments } = world([target('dbx', { jobs })]);
    const found = await attachments.job(simulatedWorkspace('ws1'), 'job1');
    expect(found.ok && found.value.status).toBe('Completed');
    expect(found.ok && found.value.computeIds[0]?.toLowerCase()).toMatch(/\/computes\/dbx$/);
    expect(await attachments.job(simulatedWorkspace('ws1'), 'job2')).toMatchObject({
      kind: 'missing',
    });
  });
});

describe('the resource that an attachment points at', () => {
  const resources = [
    { id: vm('good'), os: 'Linux', image: 'Ubuntu', publicIp: true, location: 'westus' },
    { id: vm('windows'), os: 'Windows', image: 'WindowsServer', publicIp: true },
    { id: vm('hidden'), os: 'Linux', image: '0001-com-ubuntu-server-jammy', publicIp: false },
    { id: vm('redhat'), os: 'Linux', image: 'RHEL' },
    { id: vm('own'), os: 'Linux' },
    { id: `${rg}/Microsoft.HDInsight/clusters/spark`, publicIp: true },
    { id: `${rg}/Microsoft.HDInsight/clusters/private`, publicIp: false },
    { id: `${rg}/Microsoft.HDInsight/clusters/silent` },
  ];

  it.each([
    ['good', { ubuntu: true, publicIp: true, region: 'westus' }],
    ['windows', { ubuntu: false, publicIp: true }],
    ['hidden', { ubuntu: true, publicIp: false }],
    ['redhat', { ubuntu: false, publicIp: null }],
    ['own', { ubuntu: null, publicIp: null }],
  ])('a machine: %s', async (name, expected) => {
    const { attachments } = world([], { resources });
    expect(await attachments.resource('VirtualMachine', vm(name).toUpperCase())).toMatchObject({
      ok: true,
      value: expected,
    });
  });

  it.each([
    ['spark', true],
    ['private', false],
    ['silent', null],
  ])('a cluster: %s', async (name, publicIp) => {
    const { attachments } = world([], { resources });
    expect(
      await attachments.resource('HDInsight', `${rg}/Microsoft.HDInsight/clusters/${name}`),
    ).toMatchObject({
      ok: true,
      value: { publicIp },
    });
  });

  it('that the app may not read, or lies in a strange subscription, is a failure', async () => {
    const { attachments, azure } = world([], { resources });
    expect(await attachments.resource('VirtualMachine', vm('other'))).toMatchObject({ kind: 'forbidden' });
    const strange = vm('good').replace(simulatedSubscription, '99999999-0000-4000-8000-000000000009');
    expect(await attachments.resource('VirtualMachine', strange)).toMatchObject({
      ok: false,
      code: 'scope.refused',
    });
    expect(azure.unknownRequests).toEqual([]);
  });
});

describe('secrets', () => {
  const address = parseSecretAddress('https://team.vault.azure.net/secrets/token');

  it('are read from the vault', async () => {
    const { attachments } = world([]);
    expect(await attachments.secret(address)).toEqual({ ok: true, value: secretValueOf('team', 'token') });
  });

  it('that are not there are missing', async () => {
    const { attachments } = world([], { missingSecrets: ['token'] });
    expect(await attachments.secret(address)).toMatchObject({ ok: false, kind: 'missing' });
  });
});

describe('the app itself', () => {
  it('knows its own ids by its tokens', async () => {
    const { ownIdentity, azure, attachments } = world([target('dbx')]);
    await attachments.detach(refOf('dbx'));
    const ids = await ownIdentity.ids();
    expect([...ids]).toContain(azure.writes[0]?.principalId);
    expect(ids.size).toBe(2);
  });

  it('names the actions it lacks', async () => {
    const stop = 'Microsoft.MachineLearningServices/workspaces/computes/stop/action';
    const read = 'Microsoft.MachineLearningServices/workspaces/read';
    const { ownIdentity } = world([], {
      deniedActions: ['Microsoft.MachineLearningServices/workspaces/computes/*'],
    });
    expect(await ownIdentity.missing('stopper', simulatedSubscription, [stop, read])).toEqual({
      ok: true,
      value: [stop],
    });
  });
});

const verdict = (attaching: boolean, method: string, url: string): string => {
  try {
    createAzureScope({ subscriptions: [simulatedSubscription], storageOrigins: [], attaching })(method, url);
    return 'sent';
  } catch {
    return 'refused';
  }
};

describe('the scope of attaching', () => {
  const compute = `https://management.azure.com/subscriptions/${simulatedSubscription}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws1/computes/dbx`;
  it.each([
    ['DELETE', `${compute}?api-version=1&underlyingResourceAction=Detach`, 'sent'],
    ['DELETE', `${compute}?api-version=1&underlyingResourceAction=Delete`, 'refused'],
    ['DELETE', `${compute}?underlyingResourceAction=Detach&underlyingResourceAction=Delete`, 'refused'],
    ['DELETE', `${compute}?underlyingResourceAction=Detach&UnderlyingResourceAction=Delete`, 'refused'],
    ['DELETE', `${compute}?api-version=1`, 'refused'],
    ['PUT', `${compute}?api-version=1`, 'sent'],
    ['PUT', `${compute}/x?api-version=1`, 'refused'],
    ['POST', `${compute}/listKeys?api-version=1`, 'refused'],
    ['GET', 'https://team.vault.azure.net/secrets/token?api-version=7.4', 'sent'],
    ['GET', 'https://team.vault.azure.net/keys/token?api-version=7.4', 'refused'],
    ['PUT', 'https://team.vault.azure.net/secrets/token?api-version=7.4', 'refused'],
    ['GET', 'https://team.vault.azure.net.evil.example/secrets/token', 'refused'],
  ])('%s %s: %s', (method, url, expected) => {
    expect(verdict(true, method, url)).toBe(expected);
    expect(verdict(false, method, url)).toBe('refused');
  });
});
