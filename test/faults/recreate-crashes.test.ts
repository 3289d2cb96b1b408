import { describe, expect, it } from 'vitest';
import { ended, failing } from '../support/provision-outcome.ts';
import { type Death, hour, minute, type ProvisionWorldOptions } from '../support/provision-world.ts';
import { bigger, expectAsBefore, recreateWorld, resize } from '../support/recreate-world.ts';

describe('a process that dies while an instance is made anew', () => {
  const policy = 'version: 1\nquotas: [ { per: user, instances: 1 } ]\n';

  async function wholeLife(options: ProvisionWorldOptions, create: readonly string[] = []): Promise<string> {
    const world = await recreateWorld({ policy, ...options });
    failing(world, create);
    const key = 'the-same-request';
    let asked = await resize(world, {}, 'ada', key);
    for (let again = 0; asked.status === 0 || asked.json['code'] === 'idempotency.in-progress'; again += 1) {
      expect(again).toBeLessThan(20);
      await world.runFor(10_000);
      asked = await resize(world, {}, 'ada', key);
    }
    expect([asked.status, asked.text]).toEqual([202, expect.any(String)]);
    await world.runFor(create.length === 0 ? 25 * minute : hour);
    expect(world.deaths()).toBe(1);
    const { writes } = world.azure;
    expect(writes.filter(({ operation, overwrote }) => operation === 'create' && overwrote)).toEqual([]);
    const status = await ended(world, String(asked.json['requestId']));
    // Whatever happened, its owner has one instance, and it is as it was.
    expectAsBefore(world, status === 'completed' ? bigger : 'Standard_DS3_v2');
    return status;
  }

  it('after any change of its workflow comes to the same end', { timeout: 120_000 }, async () => {
    const world = await recreateWorld({ policy });
    await resize(world);
    await world.runFor(25 * minute);
    const commits = world.commits();
    expect(commits).toBeGreaterThan(40);
    for (let death = 1; death < commits; death += Math.ceil(commits / 4)) {
      expect(await wholeLife({ diesAfterCommits: death })).toBe('completed');
    }
  });

  const boundaries: readonly Death[] = (
    [
      ['provisioning', 'delete', 1],
      ['provisioning', 'create', 1],
      ...[2, 3, 5].map((nth) => ['computes', 'get', nth] as const),
      ['jobs', 'listUnfinished', 2],
      ['notifier', 'send', 1],
      ...[3, 5, 7, 9].map((nth) => ['ledger', 'write', nth] as const),
      ...[1, 4].map((nth) => ['ledger', 'transact', nth] as const),
    ] as const
  ).flatMap(([port, member, nth]) => [
    { port, member, nth, moment: 'before' } as const,
    { port, member, nth, moment: 'after' } as const,
  ]);

  it.each(boundaries)('$moment call $nth of $member has it there once, in its new size', async (death) => {
    expect(await wholeLife({ death })).toBe('completed');
  });

  it.each([
    ['delete', 2],
    ['create', 2],
  ] as const)(
    'around %s number %i on the way back has it there once, in its old size',
    async (member, nth) => {
      for (const moment of ['before', 'after'] as const) {
        const death: Death = { port: 'provisioning', member, nth, moment };
        expect(await wholeLife({ death }, ['NoCapacity'])).toBe('failed');
      }
    },
  );
});

describe('answers that are lost', () => {
  it.each(['TimeoutBefore', 'TimeoutAfter', 'Conflict', 'Throttled', 'ServerError'])(
    'to the deletion (%s) change nothing',
    async (fault) => {
      const world = await recreateWorld({ ada: { fails: { delete: [fault as never] } } });
      const asked = await resize(world);
      await world.runFor(30 * minute);
      expect(await ended(world, String(asked.json['requestId']))).toBe('completed');
      expectAsBefore(world, bigger);
    },
  );
  it.each(['TimeoutBefore', 'TimeoutAfter', 'Conflict', 'Throttled', 'ServerError'])(
    'to the creation (%s) change nothing',
    async (fault) => {
      const world = await recreateWorld();
      failing(world, [fault]);
      const asked = await resize(world);
      await world.runFor(30 * minute);
      expect(await ended(world, String(asked.json['requestId']))).toBe('completed');
      expectAsBefore(world, bigger);
    },
  );
});
