import type { EngineCore } from './engine-core.ts';
import { executionStarted } from './event-factory.ts';
import type { InstanceRow } from './hub-rows.ts';
import type { HubChange } from './hub-state.ts';
import { removalOf } from './removal.ts';

export type StartRequest = {
  readonly name: string;
  /** A new id is made if none is given. */
  readonly instanceId?: string;
  /** JSON text; null for no input. */
  readonly input: string | null;
  /** The instance this start repeats. */
  readonly restartOf?: string;
  /** A restart writes its execution id without dashes. */
  readonly plainExecutionId?: boolean;
};

/** A new execution, Pending until its first episode; what an earlier one of the same id left behind goes. */
export function startChanges(
  core: EngineCore,
  request: StartRequest,
  instanceId: string,
  present: InstanceRow | undefined,
): HubChange[] {
  const nowMs = core.now();
  const sourceInstanceId = request.restartOf ?? null;
  const start = {
    instanceId,
    executionId:
      request.plainExecutionId === true ? core.parts.newGuid().replaceAll('-', '') : core.parts.newGuid(),
    name: request.name,
    input: request.input,
    parent: null,
    generation: present === undefined ? 0 : (present.generation ?? 0) + 1,
    version: null,
    tags: sourceInstanceId === null ? null : { MS_DurableFunctions_SourceInstanceId: sourceInstanceId },
  };
  const row: InstanceRow = {
    instanceId,
    executionId: start.executionId,
    name: request.name,
    version: null,
    status: 'Pending',
    input: request.input,
    output: null,
    customStatus: null,
    createdAt: nowMs,
    updatedAt: nowMs,
    generation: start.generation,
    parent: null,
    sourceInstanceId,
  };
  const message = {
    id: core.state.nextId(),
    instanceId,
    executionId: start.executionId,
    visibleAt: nowMs,
    event: executionStarted(start, nowMs),
  };
  return [
    ...(present === undefined ? [] : removalOf(core.state, present)),
    { change: 'putInstance', row },
    { change: 'putMessage', message },
  ];
}
