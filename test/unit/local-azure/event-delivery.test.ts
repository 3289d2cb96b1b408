import { describe, expect, it } from 'vitest';
import { asCloudEvent, EventDelivery, type WebhookPost } from '../../../src/local/azure/event-delivery.ts';
import { azureBench, instance, minuteMs, startAt, worldOf } from '../../support/azure-world.ts';

type Post = { readonly at: number; readonly type: string; readonly events: number };

/** An event subscription in front of a webhook that answers these statuses in turn, then 202. */
function bench(statuses: readonly number[], batchSize = 1) {
  const { azure, clock } = azureBench(worldOf([instance('ci-ada'), instance('ci-bob')]));
  const posts: Post[] = [];
  const left = [...statuses];
  const post: WebhookPost = async ({ headers, body }) => {
    const type = headers['aeg-event-type'] ?? '';
    const events = JSON.parse(body) as { data?: { validationCode?: string } }[];
    if (type === 'SubscriptionValidation') {
      return { status: 200, body: JSON.stringify({ validationResponse: events[0]?.data?.validationCode }) };
    }
    posts.push({ at: clock.now() - startAt, type, events: events.length });
    return { status: left.shift() ?? 202, body: '' };
  };
  const delivery = new EventDelivery({ feed: azure.events, post, batchSize });
  const runTo = async (untilAt: number): Promise<void> => {
    for (let next = delivery.nextAt(); next !== null && next <= untilAt; next = delivery.nextAt()) {
      clock.advanceTo(Math.max(next, clock.now()));
      await delivery.deliver(clock.now());
    }
    clock.advanceTo(untilAt);
  };
  return { azure, delivery, posts, runTo };
}

describe('an event subscription of the simulated Azure', () => {
  it('delivers nothing to a webhook that has not proved itself', async () => {
    const { azure, delivery, posts, runTo } = bench([]);
    azure.act({ do: 'stop', compute: 'ci-ada', by: 'ada' });
    await runTo(startAt + 10 * minuteMs);
    expect([posts, delivery.nextAt()]).toEqual([[], null]);
    const stranger = new EventDelivery({
      feed: azure.events,
      post: async () => ({ status: 200, body: 'hello' }),
    });
    expect([await delivery.subscribe(), await stranger.subscribe()]).toEqual([true, false]);
  });

  it('tries again after 10 s, 30 s, 1 min and 5 min until somebody takes it', async () => {
    const { azure, delivery, posts, runTo } = bench([500, 500, 503, 500]);
    await delivery.subscribe();
    azure.sendEvent({ type: 'write', compute: 'ci-ada' });
    await runTo(startAt + 60 * minuteMs);
    const gaps = posts.map(({ at }, index) => (at - (posts[index - 1]?.at ?? at)) / 1000);
    expect(gaps).toEqual([0, 10, 30, 60, 300]);
    expect(delivery.deadLetters).toEqual([]);
  });

  it('waits five minutes where it is not let in, and gives up after a day', async () => {
    const { azure, delivery, posts, runTo } = bench(Array.from({ length: 99 }, () => 401));
    await delivery.subscribe();
    azure.sendEvent({ type: 'write', compute: 'ci-ada' });
    await runTo(startAt + 30 * 60 * minuteMs);
    expect((posts[1]?.at ?? 0) - (posts[0]?.at ?? 0)).toBe(5 * minuteMs);
    expect(delivery.deadLetters).toMatchObject([{ deliveryAttempts: posts.length }]);
    expect(posts.length).toBeLessThanOrEqual(30);
  });

  it('lays aside at once what the webhook calls a bad request', async () => {
    const { azure, delivery, posts, runTo } = bench([400]);
    await delivery.subscribe();
    azure.sendEvent({ type: 'write', compute: 'ci-ada' });
    await runTo(startAt + 60 * minuteMs);
    expect([posts.length, delivery.deadLetters.length]).toEqual([1, 1]);
  });

  it('sends in batches what is due together', async () => {
    const { azure, delivery, posts, runTo } = bench([], 10);
    await delivery.subscribe();
    azure.sendEvent({ type: 'write', compute: 'ci-ada', copies: 4 });
    await runTo(startAt + 5 * minuteMs);
    expect(posts.map(({ events }) => events).reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(posts.length).toBeLessThan(4);
  });

  it('speaks CloudEvents, too', () => {
    const event = {
      id: '1',
      eventType: 'T',
      topic: '/t',
      subject: 's',
      eventTime: 'now',
      dataVersion: '2',
      metadataVersion: '1',
      data: {},
    };
    expect(asCloudEvent(event)).toEqual({
      id: '1',
      specversion: '1.0',
      type: 'T',
      source: '/t',
      subject: 's',
      time: 'now',
      data: {},
    });
  });
});
