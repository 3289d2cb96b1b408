import type { HistoryEvent, OrchestrationStatus, ParentInstance } from './history-event.ts';

/** What the hub knows of an orchestration besides its history. Times in ms; `input`, `customStatus` are JSON text. */
export type InstanceRow = {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  readonly status: OrchestrationStatus;
  readonly input: string | null;
  /** JSON text if completed, else plain text: why it failed, was terminated or is suspended. */
  readonly output: string | null;
  readonly customStatus: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** How often the id was started anew; null for a child and after a continue-as-new. */
  readonly generation: number | null;
  readonly parent: ParentInstance | null;
  /** The instance this one is a restart of. */
  readonly sourceInstanceId: string | null;
};

/** An event on its way to an instance; a timer is one that becomes visible later. */
export type Message = {
  readonly id: number;
  readonly instanceId: string;
  /** The execution it is meant for; null reaches any. */
  readonly executionId: string | null;
  readonly visibleAt: number;
  readonly event: HistoryEvent;
};

/** An activity asked for and not yet ended. */
export type ActivityTask = {
  readonly id: number;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
  /** As its trigger receives it; null is no value. */
  readonly input: string | null;
  readonly visibleAt: number;
  /** Times it has already run to its end. */
  readonly deliveries: number;
};

export function isFinished(status: OrchestrationStatus): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Terminated';
}
