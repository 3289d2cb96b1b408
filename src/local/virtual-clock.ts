import type { LocalClock } from './clock.ts';

type Alarm = { readonly dueAt: number; readonly order: number; readonly callback: () => void };

/** A clock that stands still until it is moved. Epoch ms. */
export class VirtualClock implements LocalClock {
  #nowMs: number;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  at(dueAt: number, callback: () => void): () => void {
    this.#order += 1;
    const alarm = { dueAt, order: this.#order, callback };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** When the earliest alarm is due, possibly in the past; null without any. */
  nextDueAt(): number | null {
    return this.#earliest()?.dueAt ?? null;
  }

  /**
   * Moves the clock and calls back every alarm due by then, in the order of their times, each seeing its own time as now. An alarm set
   * meanwhile counts too. Time never goes back: an earlier time than now only calls back what is due.
   */
  advanceTo(toMs: number): void {
    for (;;) {
      const alarm = this.#earliest();
      if (alarm === undefined || alarm.dueAt > toMs) break;
      this.#alarms.delete(alarm);
      this.#nowMs = Math.max(this.#nowMs, alarm.dueAt);
      alarm.callback();
    }
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }

  #earliest(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (
        first === undefined ||
        alarm.dueAt < first.dueAt ||
        (alarm.dueAt === first.dueAt && alarm.order < first.order)
      )
        first = alarm;
    }
    return first;
  }
}
