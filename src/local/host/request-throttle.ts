/** Holds HTTP requests to functions to the limits of host.json. Requests wait in order; those beyond the limit of outstanding ones are turned away. */
export class RequestThrottle {
  readonly #maxConcurrent: number;
  readonly #maxOutstanding: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: { maxConcurrentRequests: number | null; maxOutstandingRequests: number | null }) {
    this.#maxConcurrent = limits.maxConcurrentRequests ?? Number.POSITIVE_INFINITY;
    this.#maxOutstanding = limits.maxOutstandingRequests ?? Number.POSITIVE_INFINITY;
  }

  /** Runs `action` when its turn comes; `undefined`: turned away. */
  async run<T>(action: () => Promise<T>): Promise<T | undefined> {
    if (this.#running + this.#waiting.length >= this.#maxOutstanding) return undefined;
    if (this.#running >= this.#maxConcurrent) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      // The place is handed on, so that a newcomer cannot slip in between.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
