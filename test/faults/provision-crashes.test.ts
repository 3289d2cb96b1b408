import { describe, expect, it } from 'vitest';
import { expectWholeOrNothing, failing } from '../support/provision-outcome.ts';
import {
  type Death,
  hour,
  minute,
  provisionWorld,
  type ProvisionWorldOptions,
} from '../support/provision-world.ts';

describe('a process that dies', () => {
  const policy = 'version: 1\nquotas: [ { per: user, instances: 1 } ]\n';

  async function wholeLife(options: ProvisionWorldOptions, create: readonly string[] = []): Promise<string> {
    const world = await provisionWorld({ policy, ...options });
    failing(world, create);
    const key = 'the-same-request';
    let asked = await world.request('ada', { name: 'ci-ada' }, key);
    // Whoever got no answer asks again, until there is one.
    for (let again = 0; asked.status === 0 || asked.json['code'] === 'idempotency.in-progress'; again += 1) {
      expect(again).toBeLessThan(20);
      await world.runFor(10_000);
      asked = await world.request('ada', { name: 'ci-ada' }, key);
    }
    expect([asked.status, asked.text]).toEqual([202, expect.any(String)]);
    await world.runFor(create.length === 0 ? 15 * minute : hour);
    expect(world.deaths()).toBe(1);
    expect(world.azure.writes.filter((write) => write.operation === 'create' && write.overwrote)).toEqual([]);
    return await expectWholeOrNothing(world, String(asked.json['requestId']));
  }

  it('after any change of its workflows comes to the same end', { timeout: 120_000 }, async () => {
    const world = await provisionWorld({ policy });
    failing(world, ['NoCapacity']);
    await world.request('ada', { name: 'ci-ada' });
    await world.runFor(2 * hour);
    const commits = world.commits();
    expect(commits).toBeGreaterThan(60);
    for (let death = 1; death < commits; death += Math.ceil(commits / 6)) {
      expect(await wholeLife({ diesAfterCommits: death }, ['NoCapacity'])).toBe('completed');
    }
  });

  const boundaries: readonly Death[] = (
    [
      ['provisioning', 'create', 1],
      ['computes', 'get', 1],
      ['computes', 'get', 2],
      ['computes', 'get', 3],
      ['quotas', 'read', 1],
      ['quotas', 'read', 2],
      ['permissions', 'missing', 1],
      ['notifier', 'send', 1],
      ...Array.from({ length: 8 }, (_, index) => ['ledger', 'write', index + 1] as const),
      ...Array.from({ length: 4 }, (_, index) => ['ledger', 'transact', index + 1] as const),
    ] as const
  ).flatMap(([port, member, nth]) => [
    { port, member, nth, moment: 'before' } as const,
    { port, member, nth, moment: 'after' } as const,
  ]);

  it.each(boundaries)('$moment call $nth of $member makes one machine', async (death) => {
    expect(await wholeLife({ death })).toBe('completed');
  });

  it.each(['before', 'after'] as const)('%s deleting what failed leaves nothing', async (moment) => {
    const death: Death = { port: 'provisioning', member: 'delete', moment };
    expect(await wholeLife({ death }, ['NoCapacity'])).toBe('completed');
  });
});
