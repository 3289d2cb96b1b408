import { Temporal } from 'temporal-polyfill';
import type { ComputeRecord } from './compute-record.ts';
import { act, isRunning } from './state-machine.ts';

const minuteMs = 60_000;

/** Minutes of the setting as ARM holds it; null: none, or not to be read. */
export function idleMinutes(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  try {
    return Temporal.Duration.from(text).total('minutes');
  } catch {
    return null;
  }
}

/** The last moment that the platform takes for use: its own jobs, a start, or the setting written anew. Null: now. */
function lastUse(record: ComputeRecord, now: number): number | null {
  const run = record.runs.at(-1);
  const ends = record.jobs
    .filter(({ fromAt, status }) => fromAt <= now && status === 'Running')
    .map(({ toAt }) => toAt ?? now);
  if (ends.some((at) => at >= now)) return null;
  return Math.max(run?.fromAt ?? now, record.idleSetAt ?? Number.NEGATIVE_INFINITY, ...ends);
}

/**
 * The platform's own idle shutdown, where it works: it warns nobody, knows no snooze, and of all use sees jobs alone (the
 * real one also kernels and terminals; what it does not see is what a backstop has to be safe against).
 */
export function shutDownIfIdle(record: ComputeRecord, now: number): void {
  if (record.kind !== 'ComputeInstance' || !isRunning(record)) return;
  const minutes = idleMinutes(record.inner['idleTimeBeforeShutdown']);
  const usedAt = minutes === null ? null : lastUse(record, now);
  if (minutes === null || usedAt === null) return;
  const dueAt = usedAt + minutes * minuteMs;
  if (dueAt <= now) act(record, 'stop', dueAt, null, 'IdleShutdown');
}
