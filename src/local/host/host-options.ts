import type { LocalClock } from '../clock.ts';
import type { LogSink } from './host-log.ts';
import type { HostSettings } from './host-settings.ts';
import type { HostKeys } from './keys.ts';
import type { TimerStore } from './timer-store.ts';
import type { FunctionApp } from './types.ts';

export type HostOptions = {
  readonly app: FunctionApp;
  readonly clock: LocalClock;
  readonly settings: HostSettings;
  readonly keys: HostKeys;
  readonly timerStore: TimerStore;
  /** Ids of invocations. */
  readonly newId: () => string;
  /** Keys of functions that have none. */
  readonly newKey: () => string;
  /** Gets what the log levels of `settings` let through. */
  readonly log: LogSink;
  readonly hostId?: string;
  /** Names of functions switched off (`AzureWebJobs.<name>.Disabled`). */
  readonly disabled?: ReadonlySet<string>;
  /** False: `GET /` answers 204 (`AzureWebJobsDisableHomepage`). */
  readonly homePage?: boolean;
  /** Binding types with an extension, lower case; a function with any other type is in error. */
  readonly bindingTypes?: ReadonlySet<string>;
  /** Moves the grid of the timers' cron schedules, in ms. */
  readonly timerPhaseMs?: number;
};
