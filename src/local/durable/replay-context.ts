import type { Decision } from './decision.ts';
import type { EventOf, HistoryEvent } from './history-event.ts';
import type { Quirks } from './quirks.ts';
import { confirmDecision } from './non-determinism.ts';
import { ReplayTask } from './replay-task.ts';
import { parseTimestamp } from './timestamp.ts';

type OpenTask = { readonly task: ReplayTask; readonly awaited: boolean };

/**
 * What a task-hub framework knows of one orchestration while it replays its history: task ids in the order of the asking, what is
 * still open, which events wait for a taker. New decisions are those that history does not confirm.
 */
export class ReplayContext {
  nowMs = 0;
  readonly executionId: string;
  readonly #quirks: Quirks;
  readonly #open = new Map<number, OpenTask>();
  readonly #decisions = new Map<number, Decision>();
  readonly #waits = new Map<string, ReplayTask[]>();
  readonly #unclaimed = new Map<string, number>();
  #nextId = 0;

  constructor(executionId: string, quirks: Quirks) {
    this.executionId = executionId;
    this.#quirks = quirks;
  }

  /** The id after the last one given out. */
  get nextId(): number {
    return this.#nextId;
  }

  get decisions(): readonly Decision[] {
    return [...this.#decisions.values()];
  }

  /** Activities, sub-orchestrations and uncancelled timers that were started and have not ended. */
  get outstanding(): boolean {
    if (this.#quirks.completionDoesNotWait === true) return false;
    return [...this.#open.values()].some(({ awaited }) => awaited);
  }

  /** Ids of open tasks that nobody awaits: cancelled timers. */
  get unawaited(): readonly number[] {
    return [...this.#open].filter(([, { awaited }]) => !awaited).map(([id]) => id);
  }

  /** `decide` gets the new task's id. A task that is not `awaited` does not hold the orchestration's end back. */
  schedule(decide: (id: number) => Decision, awaited = true): ReplayTask {
    const id = this.#nextId;
    this.#nextId += 1;
    const task = new ReplayTask();
    this.#open.set(id, { task, awaited });
    this.#decisions.set(id, decide(id));
    return task;
  }

  /** Waits of one name are a stack: the latest gets the next event. Names differ by more than letter case. */
  waitForEvent(name: string): ReplayTask {
    const key = name.toLowerCase();
    const waiting = this.#unclaimed.get(key) ?? 0;
    if (waiting > 0) {
      this.#unclaimed.set(key, waiting - 1);
      return ReplayTask.done();
    }
    const task = new ReplayTask();
    this.#waits.set(key, [...(this.#waits.get(key) ?? []), task]);
    return task;
  }

  /** Throws `NonDeterminism`. */
  apply(event: HistoryEvent): void {
    switch (event.EventType) {
      case 12:
        this.nowMs = parseTimestamp(event.Timestamp);
        return;
      case 4:
      case 7:
      case 10:
        confirmDecision(event, this.#decisions.get(event.EventId));
        this.#decisions.delete(event.EventId);
        return;
      case 5:
      case 8:
        this.#end(event.TaskScheduledId, false);
        return;
      case 6:
      case 9:
        this.#end(event.TaskScheduledId, true);
        return;
      case 11:
        this.#end(event.TimerId, false);
        return;
      case 15:
        this.#raise(event);
        return;
      case 0:
      case 1:
      case 3:
      case 13:
      case 19:
      case 20:
    }
  }

  #end(id: number, failed: boolean): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    open.task.settle(failed);
  }

  #raise(event: EventOf<15>): void {
    const key = event.Name.toLowerCase();
    const waits = this.#waits.get(key) ?? [];
    const taker = waits.pop();
    if (taker === undefined) this.#unclaimed.set(key, (this.#unclaimed.get(key) ?? 0) + 1);
    else taker.settle(false);
  }
}
