import { LamplighterError } from '../core/errors.ts';
import type { LocalClock } from './clock.ts';

/** Node's timers hold no longer delay than this; longer ones fire at once. */
const MAX_DELAY_MS = 2_147_483_647;

export type RealClockOptions = {
  /** Clock ms that pass in one real ms; 1 is real time, 600 makes ten minutes pass in a second. */
  readonly factor: number;
  /** What the clock shows when it is made, epoch ms. Default: the real time. */
  readonly startAt?: number;
};

/** A clock that runs by itself, as fast as it is told. */
export class RealClock implements LocalClock {
  readonly #factor: number;
  readonly #startAt: number;
  readonly #bornAt = performance.now();

  constructor({ factor, startAt }: RealClockOptions) {
    if (!Number.isFinite(factor) || factor <= 0) throw badFactor(factor);
    this.#factor = factor;
    this.#startAt = startAt ?? Date.now();
  }

  /** Whole ms. */
  now(): number {
    return Math.floor(this.#startAt + (performance.now() - this.#bornAt) * this.#factor);
  }

  at(dueAt: number, callback: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      const leftMs = (dueAt - this.now()) / this.#factor;
      if (leftMs <= 0) timer = setTimeout(callback, 0);
      else timer = setTimeout(wait, Math.min(Math.ceil(leftMs), MAX_DELAY_MS));
    };
    wait();
    return () => clearTimeout(timer);
  }
}

function badFactor(factor: number): LamplighterError {
  return new LamplighterError(`The clock factor ${factor} is not a number above 0.`, {
    code: 'local.clock-factor',
    fault: 'caller',
    fix: 'Give a factor such as 1 (real time) or 60 (a minute passes in a second).',
    field: 'factor',
  });
}
