const textOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/** Hears of every rejection in this process that nobody takes, until it is let go. */
export class StrayRejections {
  readonly #seen: string[] = [];
  readonly #hear = (reason: unknown): void => {
    this.#seen.push(textOf(reason));
  };

  constructor() {
    process.on('unhandledRejection', this.#hear);
  }

  /** Those since it was last asked. Node tells of them after the turn in which they were left. */
  take(): readonly string[] {
    return this.#seen.splice(0);
  }

  letGo(): void {
    process.off('unhandledRejection', this.#hear);
  }
}
