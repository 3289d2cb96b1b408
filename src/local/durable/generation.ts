import { executionStarted, orchestratorCompleted, orchestratorStarted } from './event-factory.ts';
import { asPlayed, type EventOf, type HistoryEvent } from './history-event.ts';
import type { InstanceRow } from './hub-rows.ts';
import type { StoredEvent } from './hub-state.ts';

/** One generation of an orchestration while a work item runs it: its stored past and what is new. */
export type Generation = {
  readonly row: InstanceRow;
  readonly past: readonly StoredEvent[];
  readonly newEvents: readonly HistoryEvent[];
};

/**
 * The generation after a continue-as-new. It begins in the same work item; its first history is already closed by an
 * OrchestratorCompleted, and carried-over events count as played, as recorded.
 */
export function nextGeneration(
  row: InstanceRow,
  input: unknown,
  carriedOver: readonly EventOf<15>[],
  newGuid: () => string,
  nowMs: number,
): Generation {
  const executionId = newGuid().replaceAll('-', '');
  const inputText = input === undefined ? null : JSON.stringify(input);
  const start = {
    instanceId: row.instanceId,
    executionId,
    name: row.name,
    input: inputText,
    parent: row.parent,
    generation: null,
    version: row.version,
    tags: null,
  };
  return {
    row: {
      ...row,
      executionId,
      // A status keeps showing the last input that was one.
      input: inputText ?? row.input,
      output: null,
      customStatus: null,
      createdAt: nowMs,
      generation: null,
    },
    past: [],
    newEvents: [
      orchestratorStarted(nowMs),
      executionStarted(start, nowMs),
      ...carriedOver.map(asPlayed),
      orchestratorCompleted(nowMs),
    ],
  };
}
