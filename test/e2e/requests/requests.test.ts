import { describe, expect, it } from 'vitest';
import { idOf, minute, provisionWorld, startAt } from '../../support/provision-world.ts';

describe('a request for a machine', () => {
  it('makes it for whoever asks, within ten seconds of what Azure needs, and says what to do next', async () => {
    const world = await provisionWorld();
    const asked = await world.request('ada', { name: 'ci-ada' });

    expect([asked.status, asked.json['status']]).toEqual([202, 'provisioning']);
    expect(asked.headers.get('location')).toBe(`/api/requests/${String(asked.json['requestId'])}`);
    await world.runFor(10 * minute);
    const request = await world.requestOf(asked);
    expect(request).toMatchObject({ status: 'completed', tries: 1, cores: 4 });
    expect(request.endedAt).toBeLessThan(startAt + 5 * minute + 10_000);
    expect(world.madeFor(request.requestId)).toEqual(['ci-ada']);
    expect(world.azure.show('ci-ada')).toMatchObject({
      properties: {
        properties: {
          personalComputeInstanceSettings: { assignedUser: { objectId: idOf('ada') } },
          applicationSharingPolicy: 'Personal',
          enableSSO: true,
        },
      },
    });
    expect(world.messages).toMatchObject([{ kind: 'request', to: { objectId: idOf('ada') } }]);
    expect(request.settledAt).not.toBeNull();
  });
});
