/** Numbers of the event types on the wire to the Node library. */
export const EventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventRaised: 15,
  executionSuspended: 19,
  executionResumed: 20,
} as const;

export type OrchestrationStatus = 'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated';

export type OrchestrationInstance = { readonly InstanceId: string; readonly ExecutionId: string };

export type ParentInstance = {
  readonly Name: string;
  readonly OrchestrationInstance: OrchestrationInstance;
  readonly TaskScheduleId: number;
  readonly Version: null;
};

type Common = { readonly EventId: number; readonly IsPlayed: boolean; readonly Timestamp: string };

/** One event of an orchestration's history, members as the Durable extension 3.19 serialises them. */
export type HistoryEvent = Common &
  (
    | {
        readonly EventType: 0;
        readonly OrchestrationInstance: OrchestrationInstance;
        readonly ParentInstance: ParentInstance | null;
        readonly Name: string;
        readonly Version: string | null;
        readonly Input: string | null;
        readonly Generation: number | null;
      }
    | {
        readonly EventType: 1;
        readonly OrchestrationStatus: OrchestrationStatus;
        readonly Result: string | null;
      }
    | { readonly EventType: 3; readonly Input: string | null }
    | { readonly EventType: 4; readonly Name: string }
    | { readonly EventType: 5; readonly TaskScheduledId: number; readonly Result: string | null }
    | {
        readonly EventType: 6;
        readonly TaskScheduledId: number;
        readonly Reason: string | null;
        readonly Details: string | null;
      }
    | { readonly EventType: 7; readonly Name: string; readonly InstanceId: string }
    | { readonly EventType: 8; readonly TaskScheduledId: number; readonly Result: string | null }
    | {
        readonly EventType: 9;
        readonly TaskScheduledId: number;
        readonly Reason: string | null;
        readonly Details: string | null;
      }
    | { readonly EventType: 10; readonly FireAt: string }
    | { readonly EventType: 11; readonly TimerId: number; readonly FireAt: string }
    | { readonly EventType: 12 }
    | { readonly EventType: 13 }
    | { readonly EventType: 15; readonly Name: string; readonly Input: string | null }
    | { readonly EventType: 19; readonly Reason: string | null }
    | { readonly EventType: 20; readonly Reason: string | null }
  );

export type EventOf<T extends HistoryEvent['EventType']> = Extract<HistoryEvent, { readonly EventType: T }>;

const PLAYED_AFTERWARDS: ReadonlySet<number> = new Set([0, 3, 5, 6, 8, 9, 11, 15, 19, 20]);

/** Scheduling and bookkeeping events are never marked as played, however often they are replayed. */
export function asPlayed(event: HistoryEvent): HistoryEvent {
  return PLAYED_AFTERWARDS.has(event.EventType) ? { ...event, IsPlayed: true } : event;
}
