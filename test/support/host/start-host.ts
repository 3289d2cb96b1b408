import { randomBytes, randomUUID } from 'node:crypto';
import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import { FunctionsHost } from '../../../src/local/host/host.ts';
import type { HostOptions } from '../../../src/local/host/host-options.ts';
import { parseHostJson } from '../../../src/local/host/host-settings.ts';
import { memoryTimerStore } from '../../../src/local/host/timer-store.ts';
import type { LogLine } from '../../../src/local/host/types.ts';
import { RECORDED_KEYS } from './recorded-keys.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';

export const RECORDED_START = Date.parse('2026-11-21T08:57:15.885Z');

export type TestHost = {
  readonly host: FunctionsHost;
  readonly clock: VirtualClock;
  readonly lines: LogLine[];
  readonly port: number;
  stop(): Promise<void>;
  /** Moves the clock from wait to wait until nothing is in flight. */
  settle(): Promise<void>;
};

export type TestHostOptions = Partial<HostOptions> & { hostJson?: unknown; clock?: VirtualClock };

/** Starts a host with `load`'s app on a free loopback port, under a stepped clock. No time limit on functions unless host.json sets one. */
export async function startTestHost(load: () => unknown, options: TestHostOptions = {}): Promise<TestHost> {
  const lines: LogLine[] = [];
  const log = (line: LogLine): void => void lines.push(line);
  const clock = options.clock ?? new VirtualClock(RECORDED_START);
  const { hostJson = {}, ...hostOptions } = options;
  const { settings } = parseHostJson(JSON.stringify({ functionTimeout: '-1', ...(hostJson as object) }));
  const app = await loadFunctionApp(load, { log });
  const host = new FunctionsHost({
    app,
    settings,
    keys: RECORDED_KEYS,
    timerStore: memoryTimerStore(),
    newId: randomUUID,
    newKey: () => randomBytes(40).toString('base64url'),
    hostId: 'HOSTID',
    ...hostOptions,
    clock,
    log,
  });
  host.timers.start();
  const port = await host.listen(0);
  const settle = async (): Promise<void> => {
    while (host.inFlight > 0) {
      for (let turn = 0; turn < 20 && host.inFlight > 0; turn += 1) await nextTurn();
      const nextAt = clock.nextDueAt();
      if (host.inFlight > 0 && nextAt !== null) clock.advanceTo(nextAt);
    }
  };
  return { host, clock, lines, port, settle, stop: () => host.stop() };
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
