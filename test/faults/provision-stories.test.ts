import { describe, expect, it } from 'vitest';
import { expectWholeOrNothing, failing } from '../support/provision-outcome.ts';
import {
  type Death,
  hour,
  minute,
  provisionWorld,
  type ProvisionWorldOptions,
} from '../support/provision-world.ts';
import type { Reply } from '../support/app-under-test.ts';

const policy =
  'version: 1\nquotas: [ { per: user, instances: 1 } ]\napprovals: [ { match: { user: ada } } ]\n';
const endings = {
  approved: 'completed',
  rejected: 'rejected',
  cancelled: 'cancelled',
  'never made': 'failed',
} as const;
type Story = keyof typeof endings;

/** One request through approval to its end, by people who ask again until they are answered. */
async function live(story: Story, options: ProvisionWorldOptions): Promise<string> {
  const world = await provisionWorld({ policy, ...options });
  failing(world, story === 'never made' ? ['NoCapacity', 'NoCapacity', 'NoCapacity'] : ['TimeoutAfter']);
  const patiently = async (send: () => Promise<Reply>): Promise<Reply> => {
    for (let tries = 0; ; tries += 1) {
      const reply = await send();
      const isAnswer =
        reply.status !== 0 && reply.status < 500 && reply.json['code'] !== 'idempotency.in-progress';
      if (isAnswer) return reply;
      expect(tries).toBeLessThan(20);
      await world.runFor(10_000);
    }
  };
  const asked = await patiently(() => world.request('ada', { name: 'ci-ada' }, 'the-same-request'));
  expect([asked.status, asked.text]).toEqual([202, expect.any(String)]);
  const id = String(asked.json['requestId']);
  const word = story === 'rejected' ? 'reject' : 'approve';
  await world.runFor(minute);
  const voted = await patiently(() =>
    world.ask('POST', `/api/requests/${id}/${word}`, { as: 'cleo', body: {} }),
  );
  // Said again after an answer that was lost, it has been decided.
  expect([200, 409]).toContain(voted.status);
  await world.runFor(2 * minute);
  if (story === 'cancelled') {
    await patiently(() => world.ask('POST', `/api/requests/${id}/cancel`, { as: 'ada' }));
  }
  await world.runFor(story === 'never made' ? 2 * hour : 40 * minute);
  expect(world.azure.writes.filter((write) => write.operation === 'create' && write.overwrote)).toEqual([]);
  return expectWholeOrNothing(world, id);
}

const calls: readonly (readonly [Death['port'], string, number])[] = [
  ['provisioning', 'create', 1],
  ['provisioning', 'delete', 1],
  ['provisioning', 'checkName', 1],
  ['computes', 'get', 2],
  ['computes', 'get', 5],
  ['quotas', 'read', 1],
  ['permissions', 'missing', 1],
  ['notifier', 'send', 1],
  ['notifier', 'send', 2],
  ['ledger', 'transact', 1],
  ['ledger', 'transact', 4],
  ['ledger', 'write', 6],
  ['ledger', 'write', 11],
  ['ledger', 'write', 16],
];
/** Each call at one of its moments, in turn: all of both took as long as everything else here together. */
const boundaries = calls.map(
  ([port, member, nth], index): Death => ({
    port,
    member,
    nth,
    moment: index % 2 === 0 ? 'after' : 'before',
  }),
);

describe.each(Object.entries(endings) as [Story, string][])('a request that is %s', (story, status) => {
  const few = boundaries.filter((_, index) => story === 'approved' || index % 4 === 1);
  it.each(few)(`ends ${status} though call $nth of $member fails $moment its effect`, async (failure) => {
    expect(await live(story, { failure })).toBe(status);
  });

  const fewer = boundaries.filter((_, index) => index % 5 === 0);
  it.each(fewer)(`ends ${status} though the process dies $moment call $nth of $member`, async (death) => {
    expect(await live(story, { death })).toBe(status);
  });
});
