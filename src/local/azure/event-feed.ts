import { computeEvent, type ComputeEventFacts, runEvent, type RunEventFacts } from './event-shape.ts';
import type { LocalClock } from '../clock.ts';
import type { JsonObject } from './json.ts';

export type EventDelivery = 'normal' | 'none' | 'hostile';
export type Delivery = { readonly dueAt: number; readonly order: number; readonly event: JsonObject };
export type EventListener = (event: JsonObject) => void;

export type EventFeedSnapshot = { readonly sequence: number; readonly queue: readonly Delivery[] };

const leastDelayMs = 5_000;
const spreadMs = 15_000;
const hostileSpreadMs = 120_000;

/**
 * The subscription's Event Grid topic. An event is due 5 to 20 seconds after what it tells of; hostile delivery loses
 * some, doubles some and holds some back for minutes. Pull due ones with `take`, or listen.
 */
export class EventFeed {
  delivery: EventDelivery;
  readonly #clock: LocalClock;
  readonly #random: () => number;
  #queue: Delivery[] = [];
  #sequence = 0;
  #listener: EventListener | null = null;
  #cancel: (() => void) | null = null;

  constructor(clock: LocalClock, random: () => number, delivery: EventDelivery) {
    this.#clock = clock;
    this.#random = random;
    this.delivery = delivery;
  }

  emit(facts: Omit<ComputeEventFacts, 'sequence'>): void {
    if (this.delivery === 'none') return;
    const event = computeEvent({ ...facts, sequence: ++this.#sequence });
    if (this.delivery === 'normal') {
      this.enqueue(event, facts.at + this.#delay(spreadMs));
      return;
    }
    if (this.#random() < 0.2) return;
    const copies = this.#random() < 0.3 ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      this.enqueue(event, facts.at + this.#delay(this.#random() < 0.3 ? hostileSpreadMs : spreadMs));
    }
  }

  /** A run that will complete then: its workspace's topic tells of it. */
  emitRun(facts: Omit<RunEventFacts, 'sequence'>): void {
    if (this.delivery === 'none') return;
    this.enqueue(runEvent({ ...facts, sequence: ++this.#sequence }), facts.at + this.#delay(spreadMs));
  }

  /** Sends the same event several times; shuffled copies come minutes apart and out of order. */
  inject(facts: Omit<ComputeEventFacts, 'sequence'>, copies = 1, shuffled = false): void {
    if (this.delivery === 'none') return;
    const event = computeEvent({ ...facts, sequence: ++this.#sequence });
    for (let copy = 0; copy < copies; copy++) {
      this.enqueue(event, facts.at + this.#delay(shuffled ? hostileSpreadMs : spreadMs));
    }
  }

  enqueue(event: JsonObject, dueAt: number): void {
    this.#queue.push({ dueAt, order: ++this.#sequence, event });
    this.#queue.sort((a, b) => a.dueAt - b.dueAt || a.order - b.order);
    this.#arm();
  }

  nextDueAt(): number | null {
    return this.#queue[0]?.dueAt ?? null;
  }

  /** The events due by `now`, in order of arrival; they are handed out once. */
  take(now: number): readonly JsonObject[] {
    const due = this.#queue.filter((delivery) => delivery.dueAt <= now);
    this.#queue = this.#queue.slice(due.length);
    return due.map((delivery) => delivery.event);
  }

  /** Calls back at each event's time; returns a function that ends it. */
  listen(listener: EventListener): () => void {
    this.#listener = listener;
    this.#arm();
    return () => {
      this.#listener = null;
      this.#cancel?.();
      this.#cancel = null;
    };
  }

  snapshot(): EventFeedSnapshot {
    return { sequence: this.#sequence, queue: [...this.#queue] };
  }

  restore(snapshot: EventFeedSnapshot): void {
    this.#sequence = snapshot.sequence;
    this.#queue = [...snapshot.queue];
    this.#arm();
  }

  #delay(spread: number): number {
    return leastDelayMs + Math.floor(this.#random() * spread);
  }

  #arm(): void {
    this.#cancel?.();
    this.#cancel = null;
    const dueAt = this.nextDueAt();
    if (this.#listener === null || dueAt === null) return;
    this.#cancel = this.#clock.at(dueAt, () => {
      this.#cancel = null;
      const listener = this.#listener;
      if (listener !== null) for (const event of this.take(this.#clock.now())) listener(event);
      this.#arm();
    });
  }
}
