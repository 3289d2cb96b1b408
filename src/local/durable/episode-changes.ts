import { decisionOutcome } from './decision-changes.ts';
import type { EngineCore } from './engine-core.ts';
import {
  executionCompleted,
  orchestratorCompleted,
  subOrchestrationCompleted,
  subOrchestrationFailed,
} from './event-factory.ts';
import type { Generation } from './generation.ts';
import type { HistoryEvent } from './history-event.ts';
import type { InstanceRow, Message } from './hub-rows.ts';
import type { HubChange } from './hub-state.ts';
import type { Ending, ReplayResult } from './replay.ts';

type FinalEnding = Exclude<Ending, { kind: 'continuedAsNew' }>;

/** Everything an episode leaves behind, as one commit: history, the row, and what goes to activities, timers, children, parent. */
export function episodeChanges(
  core: EngineCore,
  generation: Generation,
  result: ReplayResult,
  customStatus: string | null,
  clearHistory: boolean,
): HubChange[] {
  const nowMs = core.now();
  const { row } = generation;
  const ending = result.ending === null || result.ending.kind === 'continuedAsNew' ? null : result.ending;
  const outcomes = result.decisions.map((decision) => decisionOutcome(core, row, decision, nowMs));
  const events: HistoryEvent[] = [
    ...generation.newEvents.map(closedEarly),
    ...outcomes.map(({ event }) => event),
  ];
  if (ending !== null) {
    events.push(executionCompleted(statusOf(ending), outputOf(ending), result.nextId, nowMs));
  }
  if (events.at(-1)?.EventType !== 13) events.push(orchestratorCompleted(nowMs));

  const changes: HubChange[] = [];
  if (clearHistory) changes.push({ change: 'clearHistory', instanceId: row.instanceId });
  changes.push(
    { change: 'appendHistory', instanceId: row.instanceId, events },
    { change: 'putInstance', row: rowAfter(row, ending, result, customStatus, nowMs) },
    ...outcomes.map(({ change }) => change),
  );
  if (ending !== null) changes.push(...farewell(core, row, ending, nowMs));
  if (core.parts.quirks.cancelledTimerVanishes === true) {
    changes.push(...vanishing(core, row, result.cancelledTimers));
  }
  return changes;
}

/** The OrchestratorCompleted that a continue-as-new writes ahead is the only one that later counts as played. */
function closedEarly(event: HistoryEvent): HistoryEvent {
  return event.EventType === 13 ? { ...event, IsPlayed: true } : event;
}

function rowAfter(
  row: InstanceRow,
  ending: FinalEnding | null,
  result: ReplayResult,
  customStatus: string | null,
  nowMs: number,
): InstanceRow {
  const common = { ...row, customStatus, updatedAt: nowMs };
  if (ending !== null) return { ...common, status: statusOf(ending), output: outputOf(ending) };
  if (result.suspended !== null) return { ...common, status: 'Suspended', output: result.suspended.reason };
  return { ...common, status: 'Running', output: null };
}

function statusOf(ending: FinalEnding): 'Completed' | 'Failed' | 'Terminated' {
  switch (ending.kind) {
    case 'completed':
      return 'Completed';
    case 'failed':
      return 'Failed';
    case 'terminated':
      return 'Terminated';
  }
}

function outputOf(ending: FinalEnding): string | null {
  return ending.kind === 'completed' ? ending.output : ending.reason;
}

/** Tells the parent; what still waits for the ended execution goes, for it would only be thrown away later. */
function farewell(core: EngineCore, row: InstanceRow, ending: FinalEnding, nowMs: number): HubChange[] {
  const changes: HubChange[] = [];
  for (const message of core.state.messages.values()) {
    if (message.instanceId === row.instanceId && message.executionId === row.executionId) {
      changes.push({ change: 'removeMessage', id: message.id });
    }
  }
  if (row.parent === null) return changes;
  const message: Message = {
    id: core.state.nextId(),
    instanceId: row.parent.OrchestrationInstance.InstanceId,
    executionId: row.parent.OrchestrationInstance.ExecutionId,
    visibleAt: nowMs,
    event: childEnd(row.parent.TaskScheduleId, ending, nowMs),
  };
  changes.push({ change: 'putMessage', message });
  return changes;
}

function childEnd(taskId: number, ending: FinalEnding, nowMs: number): HistoryEvent {
  switch (ending.kind) {
    case 'completed':
      return subOrchestrationCompleted(taskId, ending.output, nowMs);
    case 'failed':
      return subOrchestrationFailed(taskId, ending.reason, ending.details, nowMs);
    case 'terminated':
      return subOrchestrationFailed(taskId, ending.reason, null, nowMs);
  }
}

function vanishing(core: EngineCore, row: InstanceRow, timerIds: readonly number[]): HubChange[] {
  return [...core.state.messages.values()].flatMap((message): HubChange[] =>
    message.executionId === row.executionId &&
    message.event.EventType === 11 &&
    timerIds.includes(message.event.TimerId)
      ? [{ change: 'removeMessage', id: message.id }]
      : [],
  );
}
