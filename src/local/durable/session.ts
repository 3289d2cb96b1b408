import { orchestratorStarted } from './event-factory.ts';
import type { EventOf, HistoryEvent } from './history-event.ts';
import { isFinished, type InstanceRow, type Message } from './hub-rows.ts';
import type { HubState } from './hub-state.ts';
import { parseTimestamp } from './timestamp.ts';

/** An orchestration taken up for one work item. */
export type Session = {
  readonly row: InstanceRow;
  /** True if the stored history belongs to an earlier execution and goes. */
  readonly fresh: boolean;
  readonly newEvents: readonly HistoryEvent[];
};

/**
 * Joins an instance with the messages waiting for it. Null if none of them concerns it any more: it is gone, has ended, or they were
 * meant for an earlier execution. A start always begins a new execution, also over a running one.
 */
export function openSession(
  state: HubState,
  instanceId: string,
  batch: readonly Message[],
  nowMs: number,
): Session | null {
  const start = batch.map(({ event }) => event).findLast((event) => event.EventType === 0);
  const present = state.instances.get(instanceId);
  if (start === undefined && (present === undefined || isFinished(present.status))) return null;
  const row = start === undefined ? present : rowOf(start, instanceId, present);
  if (row === undefined) return null;

  const ended = start === undefined ? endedTasks(state, instanceId) : new Set<string>();
  const others: HistoryEvent[] = [];
  for (const { event, executionId } of batch) {
    if (event.EventType === 0) continue;
    if (executionId !== null && executionId !== row.executionId) continue;
    const key = taskEnd(event);
    if (key !== null && ended.has(key)) continue;
    if (key !== null) ended.add(key);
    others.push(event);
  }
  if (start === undefined && others.length === 0) return null;
  const first = start === undefined ? [] : [start];
  return {
    row,
    fresh: start !== undefined,
    newEvents: [orchestratorStarted(nowMs), ...first, ...others],
  };
}

function rowOf(start: EventOf<0>, instanceId: string, present: InstanceRow | undefined): InstanceRow {
  const executionId = start.OrchestrationInstance.ExecutionId;
  if (present?.executionId === executionId) return present;
  const createdAt = parseTimestamp(start.Timestamp);
  return {
    instanceId,
    executionId,
    name: start.Name,
    version: start.Version,
    status: 'Running',
    input: start.Input,
    output: null,
    customStatus: null,
    createdAt,
    updatedAt: createdAt,
    generation: start.Generation,
    parent: start.ParentInstance,
    sourceInstanceId: null,
  };
}

/** Ids of tasks that have ended already: a second end of the same task (an activity delivered twice) says nothing new. */
function endedTasks(state: HubState, instanceId: string): Set<string> {
  const keys = state.historyOf(instanceId).map(({ event }) => taskEnd(event));
  return new Set(keys.filter((key) => key !== null));
}

function taskEnd(event: HistoryEvent): string | null {
  switch (event.EventType) {
    case 5:
    case 6:
    case 8:
    case 9:
      return `task ${event.TaskScheduledId}`;
    case 11:
      return `timer ${event.TimerId}`;
    case 0:
    case 1:
    case 3:
    case 4:
    case 7:
    case 10:
    case 12:
    case 13:
    case 15:
    case 19:
    case 20:
      return null;
  }
}
