import type { EventOf, OrchestrationStatus, ParentInstance } from './history-event.ts';
import { timestamp } from './timestamp.ts';

/** Builds history events with the member order of the recordings. Times are epoch ms. */

const tail = (atMs: number, id = -1) => ({ EventId: id, IsPlayed: false, Timestamp: timestamp(atMs) });

export const orchestratorStarted = (atMs: number): EventOf<12> => ({ EventType: 12, ...tail(atMs) });

export const orchestratorCompleted = (atMs: number): EventOf<13> => ({ EventType: 13, ...tail(atMs) });

export type ExecutionStart = {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly input: string | null;
  readonly parent: ParentInstance | null;
  readonly generation: number | null;
  readonly version: string | null;
  readonly tags: Readonly<Record<string, string>> | null;
};

export const executionStarted = (start: ExecutionStart, atMs: number): EventOf<0> => {
  const members = {
    OrchestrationInstance: { InstanceId: start.instanceId, ExecutionId: start.executionId },
    EventType: 0 as const,
    ParentInstance: start.parent,
    Name: start.name,
    Version: start.version,
    Input: start.input,
    Tags: start.tags,
    Correlation: null,
    ParentTraceContext: null,
    ScheduledStartTime: null,
    Generation: start.generation,
    GenerateNewTrace: false,
  };
  return { ...members, ...tail(atMs) };
};

export const executionCompleted = (
  status: OrchestrationStatus,
  result: string | null,
  id: number,
  atMs: number,
): EventOf<1> => {
  const members = {
    EventType: 1 as const,
    OrchestrationStatus: status,
    Result: result,
    FailureDetails: null,
  };
  return { ...members, ...tail(atMs, id) };
};

export const executionTerminated = (reason: string | null, atMs: number): EventOf<3> => ({
  EventType: 3,
  Input: reason,
  ...tail(atMs),
});

export const executionSuspended = (reason: string | null, atMs: number): EventOf<19> => ({
  EventType: 19,
  Reason: reason,
  ...tail(atMs),
});

export const executionResumed = (reason: string | null, atMs: number): EventOf<20> => ({
  EventType: 20,
  Reason: reason,
  ...tail(atMs),
});

export const taskScheduled = (name: string, id: number, atMs: number): EventOf<4> => {
  const members = {
    EventType: 4 as const,
    Name: name,
    Version: '',
    Input: null,
    ParentTraceContext: null,
    Tags: null,
  };
  return { ...members, ...tail(atMs, id) };
};

export const taskCompleted = (id: number, result: string | null, atMs: number): EventOf<5> => ({
  EventType: 5,
  TaskScheduledId: id,
  Result: result,
  ...tail(atMs),
});

export const taskFailed = (
  id: number,
  reason: string | null,
  details: string | null,
  atMs: number,
): EventOf<6> => {
  const members = {
    EventType: 6 as const,
    TaskScheduledId: id,
    Reason: reason,
    Details: details,
    FailureDetails: null,
  };
  return { ...members, ...tail(atMs) };
};

export const subOrchestrationCreated = (
  name: string,
  instanceId: string,
  id: number,
  atMs: number,
): EventOf<7> => {
  const members = {
    EventType: 7 as const,
    Name: name,
    Version: null,
    InstanceId: instanceId,
    Input: null,
    ClientSpanId: null,
    Tags: null,
  };
  return { ...members, ...tail(atMs, id) };
};

export const subOrchestrationCompleted = (id: number, result: string | null, atMs: number): EventOf<8> => ({
  EventType: 8,
  TaskScheduledId: id,
  Result: result,
  ...tail(atMs),
});

export const subOrchestrationFailed = (
  id: number,
  reason: string | null,
  details: string | null,
  atMs: number,
): EventOf<9> => {
  const members = {
    EventType: 9 as const,
    TaskScheduledId: id,
    Reason: reason,
    Details: details,
    FailureDetails: null,
  };
  return { ...members, ...tail(atMs) };
};

export const timerCreated = (fireAt: string, id: number, atMs: number): EventOf<10> => ({
  EventType: 10,
  FireAt: fireAt,
  ...tail(atMs, id),
});

/** Its timestamp is the time the timer was created, not the time it fired: so it was recorded. */
export const timerFired = (id: number, fireAt: string, createdAtMs: number): EventOf<11> => ({
  EventType: 11,
  TimerId: id,
  FireAt: fireAt,
  ...tail(createdAtMs),
});

export const eventRaised = (name: string, input: string | null, atMs: number): EventOf<15> => {
  const members = { EventType: 15 as const, Name: name, Input: input, ParentTraceContext: null };
  return { ...members, ...tail(atMs) };
};
