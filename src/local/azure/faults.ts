export type FaultArea = 'arm' | 'metrics' | 'jobs' | 'graph';

export type Outage = { readonly of: FaultArea; readonly fromAt: number; readonly toAt: number };
export type Throttle = Outage & { readonly retryAfterSeconds: number };
/** From `fromAt` on, the timestamps of that source are wrong by `byMs`. */
export type Skew = { readonly of: 'metrics'; readonly fromAt: number; readonly byMs: number };

export type FaultsSnapshot = {
  readonly outages: readonly Outage[];
  readonly throttles: readonly Throttle[];
  readonly skews: readonly Skew[];
};

const covers = (range: { readonly fromAt: number; readonly toAt: number }, now: number): boolean =>
  range.fromAt <= now && now < range.toAt;

/** What is wrong with the simulated Azure, and when. */
export class Faults {
  readonly #outages: Outage[] = [];
  readonly #throttles: Throttle[] = [];
  readonly #skews: Skew[] = [];

  addOutage(outage: Outage): void {
    this.#outages.push(outage);
  }

  addThrottle(throttle: Throttle): void {
    this.#throttles.push(throttle);
  }

  addSkew(skew: Skew): void {
    this.#skews.push(skew);
    this.#skews.sort((a, b) => a.fromAt - b.fromAt);
  }

  /** Jobs are read through ARM: an outage of ARM is one of jobs too. */
  isOut(areas: readonly FaultArea[], now: number): boolean {
    return this.#outages.some((outage) => areas.includes(outage.of) && covers(outage, now));
  }

  /** Seconds to wait, if these areas are throttled now. */
  throttledFor(areas: readonly FaultArea[], now: number): number | null {
    const found = this.#throttles.find((throttle) => areas.includes(throttle.of) && covers(throttle, now));
    return found?.retryAfterSeconds ?? null;
  }

  /** The true minute whose value bears the timestamp `stampAt`; null if none does. */
  trueMinute(stampAt: number): number | null {
    if (this.#skews.length === 0) return stampAt;
    for (let index = this.#skews.length - 1; index >= -1; index--) {
      const skew = this.#skews[index];
      const minute = stampAt - (skew?.byMs ?? 0);
      const nextFrom = this.#skews[index + 1]?.fromAt ?? Number.POSITIVE_INFINITY;
      if (minute >= (skew?.fromAt ?? Number.NEGATIVE_INFINITY) && minute < nextFrom) return minute;
    }
    return null;
  }

  get isSkewed(): boolean {
    return this.#skews.length > 0;
  }

  snapshot(): FaultsSnapshot {
    return { outages: [...this.#outages], throttles: [...this.#throttles], skews: [...this.#skews] };
  }

  restore(snapshot: FaultsSnapshot): void {
    this.#outages.splice(0, Infinity, ...snapshot.outages);
    this.#throttles.splice(0, Infinity, ...snapshot.throttles);
    this.#skews.splice(0, Infinity, ...snapshot.skews);
  }
}
