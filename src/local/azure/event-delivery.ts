import { attemptsAtMost, isDelivered, retryDelayMs, timeToLiveMs } from './event-delivery-rules.ts';
import type { EventFeed } from './event-feed.ts';
import { guidOf } from './names.ts';
import type { JsonObject } from './json.ts';

/** What is posted to the webhook, and the status that it answers; a webhook that cannot be reached rejects. */
export type WebhookPost = (post: {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}) => Promise<{ readonly status: number; readonly body: string }>;

export type EventDeliveryOptions = {
  readonly feed: EventFeed;
  readonly post: WebhookPost;
  readonly schema?: 'event-grid' | 'cloud-events';
  /** Events of one delivery at most. Default 1, as Event Grid's own. */
  readonly batchSize?: number;
};

type Delivery = {
  readonly events: readonly JsonObject[];
  readonly firstAt: number;
  dueAt: number;
  attempts: number;
};
export type DeadLetter = {
  readonly event: JsonObject;
  readonly deadLetterReason: string;
  readonly deliveryAttempts: number;
};

/** The same event as CloudEvents 1.0 has it. */
export function asCloudEvent(event: JsonObject): JsonObject {
  const { eventType, topic, eventTime, dataVersion: _data, metadataVersion: _metadata, ...rest } = event;
  return { ...rest, specversion: '1.0', type: eventType ?? '', source: topic ?? '', time: eventTime ?? '' };
}

/**
 * An event subscription of the simulated Event Grid: asks the webhook to prove itself, then delivers at least once, in
 * batches, tries again for a day and puts aside what nobody takes. Loss, doubling and disorder are the feed's business.
 */
export class EventDelivery {
  readonly deadLetters: DeadLetter[] = [];
  readonly #options: EventDeliveryOptions;
  #waiting: Delivery[] = [];
  #validated = false;

  constructor(options: EventDeliveryOptions) {
    this.#options = options;
  }

  /** The handshake; `false`: the webhook did not prove itself, and nothing is delivered. */
  async subscribe(): Promise<boolean> {
    const validationCode = guidOf('validation', 'webhook');
    const event = {
      id: validationCode,
      eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
      data: { validationCode },
    };
    const answer = await this.#post('SubscriptionValidation', JSON.stringify([event]));
    this.#validated = answer.status === 200 && answer.body.includes(validationCode);
    return this.#validated;
  }

  /** When there is something to deliver next. */
  nextAt(): number | null {
    if (!this.#validated) return null;
    const times = [this.#options.feed.nextDueAt(), ...this.#waiting.map((one) => one.dueAt)];
    const known = times.filter((at) => at !== null);
    return known.length === 0 ? null : Math.min(...known);
  }

  /** Delivers what is due. */
  async deliver(now: number): Promise<void> {
    if (!this.#validated) return;
    this.#enqueue(this.#options.feed.take(now), now);
    const due = this.#waiting.filter((one) => one.dueAt <= now);
    this.#waiting = this.#waiting.filter((one) => one.dueAt > now);
    for (const delivery of due) await this.#attempt(delivery, now);
  }

  #enqueue(events: readonly JsonObject[], now: number): void {
    const { batchSize = 1, schema = 'event-grid' } = this.#options;
    // Structured CloudEvents come one by one.
    const size = schema === 'cloud-events' ? 1 : batchSize;
    for (let from = 0; from < events.length; from += size) {
      this.#waiting.push({ events: events.slice(from, from + size), firstAt: now, dueAt: now, attempts: 0 });
    }
  }

  async #attempt(delivery: Delivery, now: number): Promise<void> {
    const { schema = 'event-grid' } = this.#options;
    const body = schema === 'event-grid' ? delivery.events : asCloudEvent(delivery.events[0] ?? {});
    const { status } = await this.#post('Notification', JSON.stringify(body));
    if (isDelivered(status)) return;
    delivery.attempts += 1;
    const delay = retryDelayMs(status, delivery.attempts);
    if (delay !== null && now + delay - delivery.firstAt <= timeToLiveMs) {
      this.#waiting.push({ ...delivery, dueAt: now + delay });
      return;
    }
    const deadLetterReason =
      status === 400 || status === 413
        ? 'BadRequest'
        : delivery.attempts >= attemptsAtMost
          ? 'MaxDeliveryAttemptsExceeded'
          : 'TimeToLiveExceeded';
    for (const event of delivery.events) {
      this.deadLetters.push({ event, deadLetterReason, deliveryAttempts: delivery.attempts });
    }
  }

  async #post(type: string, body: string): Promise<{ readonly status: number; readonly body: string }> {
    try {
      return await this.#options.post({
        headers: { 'aeg-event-type': type, 'content-type': 'application/json; charset=utf-8' },
        body,
      });
    } catch {
      return { status: 0, body: '' };
    }
  }
}
