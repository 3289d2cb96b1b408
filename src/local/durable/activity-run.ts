import type { EngineCore } from './engine-core.ts';
import { taskCompleted, taskFailed } from './event-factory.ts';
import { activityFailure } from './failure-text.ts';
import type { HistoryEvent } from './history-event.ts';
import { isFinished, type ActivityTask } from './hub-rows.ts';
import type { HubChange } from './hub-state.ts';
import { activityMetadata, briefMetadata } from './trigger-metadata.ts';
import { activityResult } from './typed-value.ts';
import { workerFailure } from './worker-failure.ts';

/** Runs one activity and leaves its end as a message. If the process dies meanwhile, it runs again from the start. */
export async function runActivity(core: EngineCore, activity: ActivityTask): Promise<void> {
  const event = await endOf(core, activity);
  if (core.fenced || core.state.activities.get(activity.id) !== activity) return;
  const { choices } = core.parts;
  const again = activity.deliveries === 0 && choices.deliverTwice?.(activity) === true;
  const changes: HubChange[] = [
    again
      ? { change: 'putActivity', activity: { ...activity, deliveries: 1 } }
      : { change: 'removeActivity', id: activity.id },
  ];
  const row = core.state.instances.get(activity.instanceId);
  if (row !== undefined && row.executionId === activity.executionId && !isFinished(row.status)) {
    const message = {
      id: core.state.nextId(),
      instanceId: activity.instanceId,
      executionId: activity.executionId,
      visibleAt: core.now() + Math.max(0, choices.completionDelayMs?.(activity) ?? 0),
      event,
    };
    changes.push({ change: 'putMessage', message });
  }
  core.commit(changes);
}

async function endOf(core: EngineCore, activity: ActivityTask): Promise<HistoryEvent> {
  const functionName = core.known.activityName(activity.name) ?? activity.name;
  const outcome = await core.parts.app.invoke({
    functionName,
    invocationId: core.parts.newGuid(),
    trigger: activity.input === null ? {} : { string: activity.input },
    triggerMetadata: core.parts.choices.briefMetadata
      ? briefMetadata(activity.instanceId)
      : activityMetadata(core.parts.app, functionName, activity.instanceId, activity.input),
  });
  const atMs = core.now();
  if (outcome.ok) return taskCompleted(activity.taskId, activityResult(outcome.returnValue), atMs);
  const { reason, details } = activityFailure(functionName, workerFailure(outcome.error));
  return taskFailed(activity.taskId, reason, details, atMs);
}
