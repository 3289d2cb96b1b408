import { describe, expect, it } from 'vitest';
import { parseCompute } from '../../../src/adapters/azure/parse-compute.ts';
import { creationBody } from '../../../src/adapters/azure/creation-body.ts';
import { parseComputeRef } from '../../../src/core/ids.ts';
import { isSameInstance, oldInstanceOf } from '../../../src/core/provision/recreation.ts';
import { differencesFrom, snapshotOf } from '../../../src/core/provision/snapshot.ts';

const ref = parseComputeRef({
  subscription: '00000000-0000-4000-8000-000000000001',
  resourceGroup: 'rg',
  workspace: 'ws1',
  compute: 'ci-ada',
});
const oid = '00000000-0000-4000-8000-0000000000aa';
const inner = {
  vmSize: 'STANDARD_DS3_V2',
  applicationSharingPolicy: 'Shared',
  sshSettings: { sshPublicAccess: 'Disabled' },
  personalComputeInstanceSettings: { assignedUser: { objectId: oid, tenantId: 't1' } },
  idleTimeBeforeShutdown: 'PT1H30M',
  enableNodePublicIp: false,
  subnet: { id: '/SUBNETS/S' },
  state: 'Running',
  createdBy: { userId: oid, userName: 'ada', userOrgId: 't1' },
  schedules: {
    computeStartStop: [
      {
        id: 's1',
        provisioningStatus: 'Completed',
        status: 'Enabled',
        action: 'Stop',
        triggerType: 'Recurrence',
        recurrence: { frequency: 'Week', interval: 1, schedule: { hours: [19], weekDays: ['Friday'] } },
      },
    ],
  },
};
const row = (more: object = {}, outer: object = {}) => ({
  location: 'westeurope',
  tags: { Project: 'vision', 'lamplighter-request': 'r1' },
  properties: {
    computeType: 'ComputeInstance',
    createdOn: '2025-08-03T10:00:00Z',
    description: 'hers',
    provisioningState: 'Succeeded',
    properties: { ...inner, ...more },
  },
  ...outer,
});
const help = { sshPublicKey: null, tenantId: 't0', agent: false };
const take = (more: object = {}, outer: object = {}) => snapshotOf(parseCompute(ref, row(more, outer)), help);
const lossesOf = (more: object, outer: object = {}): readonly string[] =>
  take(more, outer).losses.map(({ what }) => what);

describe('a snapshot', () => {
  it('makes the same instance again: what ARM would show of it is no different', () => {
    const { machine, losses } = take(
      {},
      { identity: { type: 'UserAssigned', userAssignedIdentities: { '/ID/One': {} } } },
    );
    expect(losses).toEqual([]);
    if (machine === null) throw new Error('There is an owner.');
    const body = creationBody(machine, 'r2', null) as ReturnType<typeof row>;
    expect(differencesFrom(machine, parseCompute(ref, body))).toEqual([]);
    expect(body).toMatchObject({
      tags: { Project: 'vision', 'lamplighter-request': 'r2' },
      identity: { type: 'UserAssigned', userAssignedIdentities: { '/ID/One': {} } },
      properties: {
        description: 'hers',
        properties: {
          applicationSharingPolicy: 'Shared',
          idleTimeBeforeShutdown: 'PT1H30M',
          schedules: { computeStartStop: [{ triggerType: 'Recurrence', action: 'Stop' }] },
        },
      },
    });
    expect(JSON.stringify(body)).not.toContain('"s1"');
  });

  it.each([
    ['vmSize', { vmSize: 'Standard_DS4_v2' }, 'size'],
    [
      'owner',
      { personalComputeInstanceSettings: { assignedUser: { objectId: oid.replace('aa', 'bb') } } },
      'owner',
    ],
    ['idle setting', { idleTimeBeforeShutdown: null }, 'idle shutdown'],
    ['subnet', { subnet: null }, 'subnet'],
    ['schedules', { schedules: { computeStartStop: [] } }, 'schedules'],
    ['sharing', { applicationSharingPolicy: 'Personal' }, 'applicationSharingPolicy'],
    ['address', { enableNodePublicIp: true }, 'public IP'],
  ])('notices another %s', (_, more, word) => {
    const { machine } = take();
    if (machine === null) throw new Error('There is an owner.');
    const found = differencesFrom(machine, parseCompute(ref, row(more)));
    expect(found).toEqual([expect.stringContaining(word)]);
  });

  it.each([
    ['ssh', { sshSettings: { sshPublicAccess: 'Enabled' } }, {}],
    ['setup-scripts', { setupScripts: { scripts: { startupScript: { scriptData: 'eA==' } } } }, {}],
    ['custom-services', { customServices: [{ name: 'rstudio' }] }, {}],
    ['mounts', { dataMounts: [{ source: 's' }] }, {}],
    ['system-identity', {}, { identity: { type: 'SystemAssigned', principalId: 'p' } }],
    ['other-settings', { newerThanWe: { on: true } }, {}],
  ])('names the loss of %s', (what, more, outer) => {
    expect(lossesOf(more, outer)).toEqual([what]);
  });

  it('knows the very instance, and no later one of its name', () => {
    const compute = parseCompute(ref, row());
    const old = oldInstanceOf(compute);
    if (old === null) throw new Error('It says when it was made.');
    expect(isSameInstance(old, compute)).toBe(true);
    expect(isSameInstance(old, { ...compute, createdAt: old.createdAt + 1 })).toBe(false);
    expect(isSameInstance(old, { ...compute, tags: { 'lamplighter-request': 'r9' } })).toBe(false);
    expect(isSameInstance(old, { ...compute, tags: {} })).toBe(false);
    expect(oldInstanceOf({ ...compute, createdAt: null })).toBeNull();
  });
});
