import type { LastOperation } from '../computes.ts';
import { dueStart } from './occurrences.ts';
import type { ScheduleUse } from './stop-claims.ts';

/** A start that a schedule owes to a stopped instance, and until when it may be made up for. */
export type ScheduledStart = {
  readonly name: string;
  readonly startAt: number;
  readonly untilAt: number;
  /** The schedule starts all that it covers, not only what it stopped. */
  readonly startsAll: boolean;
};

export type StoppedInstance = {
  readonly now: number;
  readonly lastOperation: LastOperation | null;
  /** The stop by a schedule that is the last thing Lamplighter did to it, if it is. */
  readonly stoppedBy: {
    readonly name: string;
    readonly requestedAt: number;
    /** When it was seen to be off. */
    readonly stoppedAt: number;
  } | null;
  /** Whether that start is over and done with. */
  readonly isDone: (start: Pick<ScheduledStart, 'name' | 'startAt'>) => boolean;
};

/** The start that is due for a stopped instance: at its time, or made up for until the next stop. What somebody stopped since stays off. */
export function scheduledStartOf(
  uses: readonly ScheduleUse[],
  instance: StoppedInstance,
): ScheduledStart | null {
  const { now } = instance;
  const owed = uses.flatMap(({ schedule, matching }): ScheduledStart[] => {
    const due = matching === 'yes' ? dueStart(schedule, now) : null;
    if (due === null) return [];
    const { name, startAll } = schedule;
    const start = { name, ...due, startsAll: startAll };
    const holds = wasStoppedBy(name, due.startAt, instance) || (startAll && wasOffAt(due.startAt, instance));
    return holds && !instance.isDone(start) ? [start] : [];
  });
  return owed.toSorted((a, b) => a.startAt - b.startAt)[0] ?? null;
}

const operationOf = ({
  lastOperation,
}: StoppedInstance): { readonly name: string; readonly at: number } | null =>
  lastOperation === null || lastOperation.at === null
    ? null
    : { name: lastOperation.name.toLowerCase(), at: lastOperation.at };

function wasStoppedBy(name: string, startAt: number, instance: StoppedInstance): boolean {
  const { stoppedBy } = instance;
  if (stoppedBy === null || stoppedBy.name !== name || stoppedBy.requestedAt >= startAt) return false;
  const last = operationOf(instance);
  // Somebody started it and stopped it again between two looks.
  return last === null || last.name !== 'stop' || last.at <= stoppedBy.stoppedAt;
}

function wasOffAt(startAt: number, instance: StoppedInstance): boolean {
  const last = operationOf(instance);
  // A start that came to nothing leaves it as it was.
  return last === null || last.name === 'start' || last.at < startAt;
}
