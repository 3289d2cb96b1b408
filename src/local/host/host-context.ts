import type { LocalClock } from '../clock.ts';
import type { FunctionCatalogue } from './function-catalogue.ts';
import type { FunctionRunner } from './function-runner.ts';
import type { KeyRing } from './keys.ts';
import type { TimerListener } from './timer-listener.ts';

/** What the endpoints of one host share. */
export type HostContext = {
  readonly hostId: string;
  readonly startedAt: number;
  readonly routePrefix: string;
  readonly clock: LocalClock;
  readonly keys: KeyRing;
  readonly catalogue: FunctionCatalogue;
  readonly disabled: ReadonlySet<string>;
  readonly runner: FunctionRunner;
  readonly timers: TimerListener;
};
