import { LamplighterError } from '../../core/errors.ts';

/** Whether one life of the app's process goes on. What it still does after its end reaches nothing. */
export class Fence {
  #down = false;
  readonly #onFall: (() => void)[] = [];

  get isDown(): boolean {
    return this.#down;
  }

  fall(): void {
    if (this.#down) return;
    this.#down = true;
    for (const listener of this.#onFall) listener();
  }

  onFall(listener: () => void): void {
    this.#onFall.push(listener);
  }

  /** The port as this life may use it. `refuse` says why not, while it must not for another reason. */
  around<Port extends object>(port: Port, refuse: () => Error | null = () => null): Port {
    return new Proxy(port, {
      get: (target, member) => {
        const value: unknown = Reflect.get(target, member);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]): Promise<unknown> => {
          const before = this.#why() ?? refuse();
          if (before !== null) throw before;
          const answer: unknown = await Reflect.apply(value, target, given);
          // It died while it waited: the answer has nobody to go to.
          const after = this.#why();
          if (after !== null) throw after;
          return answer;
        };
      },
    });
  }

  #why(): Error | null {
    return this.#down ? deadProcess() : null;
  }
}

export const deadProcess = (): LamplighterError =>
  new LamplighterError('The process has died.', {
    code: 'simulation.process-dead',
    fault: 'lamplighter',
    fix: 'The next life goes on from the ledger and the history of the workflows.',
  });
