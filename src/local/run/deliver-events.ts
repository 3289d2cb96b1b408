import { EventDelivery, type WebhookPost } from '../azure/event-delivery.ts';
import type { EventFeed } from '../azure/event-feed.ts';
import type { LocalClock } from '../clock.ts';

const lookEveryMs = 100;

/** Subscribes the app to the simulated Event Grid, and delivers until the function that it returns is called. */
export async function deliverEvents(
  feed: EventFeed,
  clock: LocalClock,
  post: WebhookPost,
): Promise<() => Promise<void>> {
  const delivery = new EventDelivery({ feed, post, batchSize: 10 });
  await delivery.subscribe();
  let delivering: Promise<void> | null = null;
  const timer = setInterval(() => {
    const now = clock.now();
    if (delivering !== null || (delivery.nextAt() ?? Number.POSITIVE_INFINITY) > now) return;
    delivering = delivery.deliver(now).finally(() => {
      delivering = null;
    });
  }, lookEveryMs);
  return async () => {
    clearInterval(timer);
    await delivering;
  };
}
