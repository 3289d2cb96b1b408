import type { LocalClock } from '../clock.ts';
import type { FunctionRunner } from './function-runner.ts';
import { isFasterThanMinute, parseSchedule, type Schedule } from './schedule.ts';
import { timerData } from './timer-info.ts';
import type { TimerStatus, TimerStore } from './timer-store.ts';
import type { RegisteredFunction } from './types.ts';

export type DueTimer = { readonly functionName: string; readonly dueAt: number; readonly isPastDue: boolean };

export type TimerListenerOptions = {
  readonly timers: readonly RegisteredFunction[];
  readonly runner: FunctionRunner;
  readonly clock: LocalClock;
  readonly store: TimerStore;
  /** Moves the grid of every cron schedule, in ms. */
  readonly phaseMs: number;
  /** Hears of a status that could not be stored while the clock runs the timers. */
  readonly report: (error: unknown) => void;
};

type Timer = {
  readonly name: string;
  readonly schedule: Schedule;
  readonly monitored: boolean;
  status: TimerStatus;
  dueAt: number;
  /** How the next run comes about. */
  cause: 'schedule' | 'past-due' | 'startup';
  running: boolean;
};

/**
 * The app's timers. Nothing runs by itself: the caller asks for `due()` and lets `run` each, in the order it likes, or hands the listener to
 * `runFreely`. A timer never overlaps itself: occurrences that pass while it runs are skipped.
 */
export class TimerListener {
  readonly #options: TimerListenerOptions;
  readonly #timers = new Map<string, Timer>();
  #cancel: (() => void) | undefined;
  #free = false;

  constructor(options: TimerListenerOptions) {
    this.#options = options;
  }

  /** Reads the stored statuses; past-due timers and those with `runOnStartup` are due at once. */
  start(): void {
    for (const fn of this.#options.timers) {
      const timer = this.#startTimer(fn);
      if (timer !== undefined) this.#timers.set(fn.name, timer);
    }
  }

  /** When the next timer is due; in the past if one is waiting already, `null` without timers or while all of them run. */
  nextAt(): number | null {
    const times = [...this.#timers.values()].filter(({ running }) => !running).map(({ dueAt }) => dueAt);
    const earliest = Math.min(...times);
    return Number.isFinite(earliest) ? earliest : null;
  }

  /** Timers that may run now, the longest due first. */
  due(): readonly DueTimer[] {
    const now = this.#options.clock.now();
    return [...this.#timers.values()]
      .filter((timer) => !timer.running && timer.dueAt <= now)
      .sort((one, other) => one.dueAt - other.dueAt)
      .map(({ name, dueAt, cause }) => ({ functionName: name, dueAt, isPastDue: cause === 'past-due' }));
  }

  /** Runs a due timer, with its retries, to its end; rejects only if its status cannot be stored. A timer that is not due (any more) is left alone. */
  async run(functionName: string): Promise<void> {
    const { clock, runner, store } = this.#options;
    const timer = this.#timers.get(functionName);
    if (timer === undefined || timer.running || timer.dueAt > clock.now()) return;
    timer.running = true;
    const firedAt = Math.max(clock.now(), timer.cause === 'schedule' ? timer.dueAt : 0);
    await runner.run({
      functionName,
      trigger: timerData(timer.schedule, timer.monitored ? timer.status : null, timer.cause === 'past-due'),
      reason: `Timer fired at ${new Date(firedAt).toISOString()}`,
    });
    timer.status = { last: firedAt, next: timer.schedule.next(firedAt), lastUpdated: firedAt };
    timer.dueAt = timer.schedule.next(Math.max(clock.now(), firedAt));
    timer.cause = 'schedule';
    timer.running = false;
    if (this.#free) this.#arm();
    if (timer.monitored) store.save(functionName, timer.status);
  }

  /** Runs a timer on request of the admin endpoint: never past due, and its schedule knows nothing of it. */
  async runOnRequest(functionName: string): Promise<void> {
    const timer = this.#timers.get(functionName);
    if (timer === undefined) return;
    const status = timer.monitored ? (this.#options.store.load(functionName) ?? null) : null;
    await this.#options.runner.run({
      functionName,
      trigger: timerData(timer.schedule, status, false),
      reason: 'This function was programmatically called via the host APIs.',
    });
  }

  /** Lets the clock run the timers from now on. Call `start` first. */
  runFreely(): void {
    this.#free = true;
    this.#arm();
  }

  stop(): void {
    this.#free = false;
    this.#cancel?.();
    this.#timers.clear();
  }

  #arm(): void {
    this.#cancel?.();
    const nextAt = this.nextAt();
    if (nextAt === null) return;
    this.#cancel = this.#options.clock.at(nextAt, () => {
      for (const { functionName } of this.due()) {
        this.run(functionName).catch(this.#options.report);
      }
      this.#arm();
    });
  }

  #startTimer(fn: RegisteredFunction): Timer | undefined {
    const { clock, phaseMs } = this.#options;
    const schedule = parseSchedule(String(fn.trigger['schedule']), phaseMs);
    if (schedule === undefined) return undefined;
    const now = clock.now();
    const monitored = fn.trigger['useMonitor'] !== false && !isFasterThanMinute(schedule, now);
    const first = schedule.next(now);
    const timer: Timer = {
      name: fn.name,
      schedule,
      monitored,
      status: { last: null, next: first, lastUpdated: null },
      dueAt: first,
      cause: 'schedule',
      running: false,
    };
    if (monitored) this.#resume(timer, now);
    if (timer.cause === 'schedule' && fn.trigger['runOnStartup'] === true) {
      timer.cause = 'startup';
      timer.dueAt = now;
    }
    return timer;
  }

  /** Finds out whether an occurrence was missed while the host was down. */
  #resume(timer: Timer, now: number): void {
    const { store } = this.#options;
    const stored = store.load(timer.name);
    if (stored === undefined) {
      store.save(timer.name, { last: null, next: timer.status.next, lastUpdated: now });
      return;
    }
    const expected = timer.schedule.next(stored.last ?? stored.lastUpdated ?? now);
    timer.status = { ...stored, next: expected };
    if (expected !== stored.next) store.save(timer.name, { ...timer.status, lastUpdated: now });
    if (now > expected) {
      timer.cause = 'past-due';
      timer.dueAt = now;
    }
  }
}
