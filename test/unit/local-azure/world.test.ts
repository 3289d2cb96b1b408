import { describe, expect, it } from 'vitest';
import { azureBench, hourMs, instance, startAt, sub1, worldOf } from '../../support/azure-world.ts';
import {
  expandResourceId,
  objectIdOf,
  subscriptionIdOf,
  type ComputeSpec,
} from '../../../src/local/azure/index.ts';

const load = (more: object) => [{ fromAt: startAt, toAt: startAt + hourMs, ...more }];

describe('a world', () => {
  it.each<[string, readonly ComputeSpec[], string]>([
    ['a workspace that is not there', [instance('ci-a', { workspace: 'nowhere' })], 'nowhere'],
    ['two computes of one name', [instance('ci-a'), instance('CI-A')], 'two computes'],
    ['loads of more cores than it has', [instance('ci-a', { metrics: load({ cpu: [1, 2] }) })], '4 cores'],
    [
      'loads of more GPUs than it has',
      [instance('ci-a', { vmSize: 'Standard_NC6', metrics: load({ gpu: [1, 2] }) })],
      '1 GPUs',
    ],
  ])('is refused with %s', (_, computes, why) => {
    expect(() => azureBench(worldOf(computes))).toThrow(why);
  });

  it('takes a small subscription name for its GUID, in any casing, and a GUID for itself', () => {
    expect(subscriptionIdOf('SUB1')).toBe(sub1);
    expect(subscriptionIdOf(sub1.toUpperCase())).toBe(sub1);
    expect(expandResourceId('/subscriptions/Sub1/resourceGroups/Rg')).toBe(
      `/subscriptions/${sub1}/resourceGroups/Rg`,
    );
  });

  it('knows everybody whom a compute names, and nobody who is given by an object id alone', async () => {
    const gone = objectIdOf('somebody who left');
    const { call } = azureBench(
      worldOf([instance('ci-a', { user: 'nora' }), instance('ci-b', { user: gone })]),
    );
    const look = async (id: string): Promise<number> =>
      (await call('GET', `https://graph.microsoft.com/v1.0/users/${id}`)).status;
    expect([await look(objectIdOf('nora')), await look(gone)]).toEqual([200, 404]);
  });

  it('says who owns an instance, and nobody where Azure does not know', () => {
    const { azure } = azureBench(
      worldOf([
        instance('ci-a', { user: 'ada', createdBy: 'eve' }),
        { name: 'ci-b', workspace: 'ws1', kind: 'ComputeInstance', createdBy: null },
      ]),
    );
    expect(azure.show('ci-a')).toMatchObject({
      properties: {
        properties: {
          personalComputeInstanceSettings: { assignedUser: { objectId: objectIdOf('ada') } },
          createdBy: { userId: objectIdOf('eve'), userName: 'eve' },
        },
      },
    });
    expect(azure.show('ci-b')).toMatchObject({ properties: { properties: { createdBy: null } } });
  });
});
