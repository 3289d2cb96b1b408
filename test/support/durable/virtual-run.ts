import type { DurableEngine } from '../../../src/local/durable/durable-engine.ts';
import type { WorkItem } from '../../../src/local/durable/work-item.ts';
import type { VirtualClock } from '../../../src/local/virtual-clock.ts';

/** Times a work item waits before it is taken up, ms: about those of the recorded machine. */
const START_LATENCY_MS = 9;
const MESSAGE_LATENCY_MS = 3;
const ACTIVITY_LATENCY_MS = 7;

/**
 * Runs an engine under a virtual clock as a small machine would: each ready item is taken up a few milliseconds after it became ready, the
 * clock stands still while code runs, and activities that sleep overlap.
 */
export class VirtualRun {
  readonly #engine: DurableEngine;
  readonly #clock: VirtualClock;
  readonly #faults: unknown[] = [];
  #sleeping = 0;

  constructor(engine: DurableEngine, clock: VirtualClock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** What the application's `sleep` does. */
  readonly sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      this.#sleeping += 1;
      this.#clock.at(this.#clock.now() + ms, () => {
        this.#sleeping -= 1;
        resolve();
      });
    });

  /** Moves to a time and runs everything that falls before it. Rejects with what an item rejected with. */
  async advanceTo(toMs: number): Promise<void> {
    for (;;) {
      await this.#settled();
      const next = this.#nextMoment();
      if (next === null || next.at > toMs) break;
      this.#clock.advanceTo(next.at);
      await this.#settled();
      if (next.item !== null) this.#take(next.item);
    }
    this.#clock.advanceTo(toMs);
    await this.#settled();
    if (this.#faults.length > 0) throw this.#faults[0];
  }

  /** Advances until `done` holds or the time is up. */
  async advanceUntil(done: () => boolean, limitMs: number): Promise<void> {
    for (;;) {
      await this.#settled();
      if (done()) return;
      const next = this.#nextMoment();
      if (next === null || next.at > limitMs) break;
      await this.advanceTo(next.at);
    }
    await this.advanceTo(limitMs);
  }

  #nextMoment(): { at: number; item: WorkItem | null } | null {
    const moments: { at: number; item: WorkItem | null }[] = this.#engine
      .ready()
      .map((item) => ({ at: Math.max(this.#clock.now(), item.readyAt + latencyOf(item)), item }));
    for (const at of [this.#engine.nextTimerAt(), this.#clock.nextDueAt()]) {
      if (at !== null) moments.push({ at, item: null });
    }
    let first: { at: number; item: WorkItem | null } | null = null;
    for (const moment of moments) if (first === null || moment.at < first.at) first = moment;
    return first;
  }

  #take(item: WorkItem): void {
    const current = this.#engine.ready().find(({ id }) => id === item.id);
    if (current === undefined) return;
    this.#engine.run(current).catch((fault: unknown) => this.#faults.push(fault));
  }

  /** Everything that runs has either ended or sleeps on the virtual clock. */
  async #settled(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#engine.inFlight > this.#sleeping);
  }
}

function latencyOf(item: WorkItem): number {
  if (item.kind === 'activity') return ACTIVITY_LATENCY_MS;
  const starts = item.messages.some(({ event }) => event.EventType === 0 && event.ParentInstance === null);
  return starts ? START_LATENCY_MS : MESSAGE_LATENCY_MS;
}
