/** Something an orchestration waits for while its history is replayed. Settles once, then tells whoever asked. */
export class ReplayTask {
  #outcome: 'completed' | 'failed' | null = null;
  readonly #listeners: ((failed: boolean) => void)[] = [];

  get settled(): boolean {
    return this.#outcome !== null;
  }

  get failed(): boolean {
    return this.#outcome === 'failed';
  }

  settle(failed: boolean): void {
    if (this.#outcome !== null) return;
    this.#outcome = failed ? 'failed' : 'completed';
    for (const listener of this.#listeners) listener(failed);
  }

  whenSettled(listener: (failed: boolean) => void): void {
    if (this.#outcome === null) this.#listeners.push(listener);
    else listener(this.#outcome === 'failed');
  }

  static done(failed = false): ReplayTask {
    const task = new ReplayTask();
    task.settle(failed);
    return task;
  }

  static all(tasks: readonly ReplayTask[]): ReplayTask {
    const whole = new ReplayTask();
    let left = tasks.length;
    if (left === 0) whole.settle(false);
    for (const task of tasks) {
      task.whenSettled(() => {
        left -= 1;
        if (left === 0) whole.settle(tasks.some((member) => member.failed));
      });
    }
    return whole;
  }

  static any(tasks: readonly ReplayTask[]): ReplayTask {
    const first = new ReplayTask();
    for (const task of tasks) task.whenSettled((failed) => first.settle(failed));
    return first;
  }
}
