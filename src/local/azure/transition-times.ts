import type { PendingChange } from './compute-record.ts';

export type TransitionOperation = PendingChange['operation'];

const minuteMs = 60_000;
const durationsMs: Readonly<Record<TransitionOperation, number>> = {
  Stop: 2 * minuteMs,
  Start: 3 * minuteMs,
  Restart: 3 * minuteMs,
  Create: 5 * minuteMs,
  Delete: minuteMs,
  Attach: minuteMs,
  Detach: minuteMs,
};

/** How long Azure takes for it, in milliseconds. */
export const durationOf = (operation: TransitionOperation): number => durationsMs[operation];
