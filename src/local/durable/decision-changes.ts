import type { Decision } from './decision.ts';
import type { EngineCore } from './engine-core.ts';
import { roundedDown } from './engine-choices.ts';
import {
  executionStarted,
  subOrchestrationCreated,
  taskScheduled,
  timerCreated,
  timerFired,
} from './event-factory.ts';
import type { HistoryEvent } from './history-event.ts';
import type { InstanceRow } from './hub-rows.ts';
import type { HubChange } from './hub-state.ts';
import { parseTimestamp } from './timestamp.ts';
import { activityInput } from './typed-value.ts';

type Outcome = { readonly event: HistoryEvent; readonly change: HubChange };

/** What a decision leaves in the orchestration's own history, and what it sets going. */
export function decisionOutcome(
  core: EngineCore,
  row: InstanceRow,
  decision: Decision,
  nowMs: number,
): Outcome {
  switch (decision.kind) {
    case 'activity':
      return scheduleActivity(core, row, decision, nowMs);
    case 'subOrchestration':
      return startChild(core, row, decision, nowMs);
    case 'timer':
      return setTimer(core, row, decision, nowMs);
  }
}

function scheduleActivity(
  core: EngineCore,
  row: InstanceRow,
  decision: Extract<Decision, { kind: 'activity' }>,
  nowMs: number,
): Outcome {
  const activity = {
    id: core.state.nextId(),
    instanceId: row.instanceId,
    executionId: row.executionId,
    taskId: decision.id,
    name: decision.name,
    input: activityInput(decision.input, core.parts.quirks.booleansStayBooleans === true),
    visibleAt: nowMs,
    deliveries: 0,
  };
  return {
    event: taskScheduled(decision.name, decision.id, nowMs),
    change: { change: 'putActivity', activity },
  };
}

function startChild(
  core: EngineCore,
  row: InstanceRow,
  decision: Extract<Decision, { kind: 'subOrchestration' }>,
  nowMs: number,
): Outcome {
  const { input } = decision;
  const start = {
    instanceId: decision.instanceId,
    executionId: core.parts.newGuid().replaceAll('-', ''),
    name: decision.name,
    input: input === undefined || input === null ? null : JSON.stringify(input),
    parent: {
      Name: row.name,
      OrchestrationInstance: { InstanceId: row.instanceId, ExecutionId: row.executionId },
      TaskScheduleId: decision.id,
      Version: null,
    },
    generation: null,
    version: null,
    tags: null,
  };
  const message = {
    id: core.state.nextId(),
    instanceId: decision.instanceId,
    executionId: start.executionId,
    visibleAt: nowMs,
    event: executionStarted(start, nowMs),
  };
  return {
    event: subOrchestrationCreated(decision.name, decision.instanceId, decision.id, nowMs),
    change: { change: 'putMessage', message },
  };
}

function setTimer(
  core: EngineCore,
  row: InstanceRow,
  decision: Extract<Decision, { kind: 'timer' }>,
  nowMs: number,
): Outcome {
  const fireAt = parseTimestamp(decision.fireAt);
  const visibleAt =
    core.parts.choices.timerVisibleAt?.({ instanceId: row.instanceId, fireAt, now: nowMs }) ??
    roundedDown(fireAt, nowMs);
  const message = {
    id: core.state.nextId(),
    instanceId: row.instanceId,
    executionId: row.executionId,
    visibleAt,
    event: timerFired(decision.id, decision.fireAt, nowMs),
  };
  return {
    event: timerCreated(decision.fireAt, decision.id, nowMs),
    change: { change: 'putMessage', message },
  };
}
