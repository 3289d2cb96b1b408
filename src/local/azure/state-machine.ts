import { durationOf } from './transition-times.ts';
import type { ComputeRecord, PendingChange } from './compute-record.ts';

export type Refusal = {
  readonly ok: false;
  readonly status: number;
  readonly code: string;
  readonly message: string;
};
/** `doneAt`: when it will have taken effect; null: never by itself. */
export type Accepted = { readonly ok: true; readonly doneAt: number | null };
export type Outcome = Accepted | Refusal;

const refuse = (status: number, code: string, message: string): Refusal => ({
  ok: false,
  status,
  code,
  message,
});

export const isRunning = (record: ComputeRecord): boolean =>
  record.state === 'Running' || record.state === 'JobRunning';

function leaveRunning(record: ComputeRecord, at: number): void {
  const run = record.runs.at(-1);
  if (run !== undefined && run.toAt === null) run.toAt = at;
}

function enter(record: ComputeRecord, change: PendingChange): void {
  record.pending = null;
  record.state = change.state;
  record.provisioningState = change.provisioningState;
  record.modifiedAt = change.at;
  if (change.error !== null) record.errors = [change.error];
  if (record.lastOperation !== null) {
    record.lastOperation = {
      ...record.lastOperation,
      operationTime: change.at,
      operationStatus: change.operationStatus,
    };
  }
  if (change.state === 'Running') record.runs.push({ fromAt: change.at, toAt: null });
}

/** Brings the record up to `now`; false: it is gone by then. */
export function settle(record: ComputeRecord, now: number): boolean {
  const change = record.pending;
  if (change === null || change.at > now) return true;
  if (change.operation === 'Delete' || change.operation === 'Detach') return false;
  enter(record, change);
  return true;
}

/** Who or what makes Azure do it. */
export type OperationTrigger = 'User' | 'Schedule' | 'IdleShutdown';
export type ActionFault = 'NoCapacity' | 'StuckStopping' | null;

function begin(
  record: ComputeRecord,
  now: number,
  operation: 'Start' | 'Stop' | 'Restart',
  through: string,
  fault: ActionFault,
  trigger: OperationTrigger,
): Accepted {
  leaveRunning(record, now);
  record.state = through;
  record.modifiedAt = now;
  record.errors = [];
  record.lastOperation = {
    operationName: operation,
    operationTime: now,
    operationStatus: 'InProgress',
    operationTrigger: trigger,
  };
  record.stuck = fault === 'StuckStopping' && operation === 'Stop';
  if (record.stuck) {
    record.pending = null;
    return { ok: true, doneAt: null };
  }
  const noRoom = fault === 'NoCapacity' && operation !== 'Stop';
  const at = now + durationOf(operation);
  record.pending = {
    at,
    operation,
    state: operation === 'Stop' || noRoom ? 'Stopped' : 'Running',
    provisioningState: 'Succeeded',
    operationStatus: noRoom ? `${operation}Failed` : 'Succeeded',
    error: noRoom
      ? {
          code: 'AllocationFailed',
          message: `There is no capacity for ${record.vmSize ?? 'this size'} in ${record.location} at the moment. Try again later or use another size.`,
        }
      : null,
  };
  return { ok: true, doneAt: at };
}

/** Start, stop or restart, as Azure allows it from the state the compute is in. The record must be settled. */
export function act(
  record: ComputeRecord,
  action: 'start' | 'stop' | 'restart',
  now: number,
  fault: ActionFault = null,
  trigger: OperationTrigger = 'User',
): Outcome {
  if (record.kind !== 'ComputeInstance') {
    return refuse(400, 'BadRequest', `A compute of type ${record.kind} cannot be asked to ${action}.`);
  }
  if (action === 'stop' && record.stuck) return begin(record, now, 'Stop', 'Stopping', fault, trigger);
  const state = record.state ?? 'Unknown';
  const fits = action === 'start' ? state === 'Stopped' : isRunning(record);
  if (!fits) {
    const settled = state === 'Stopped' || isRunning(record);
    return settled
      ? refuse(
          400,
          'InvalidComputeState',
          `Compute instance ${record.name} cannot ${action} while it is ${state}.`,
        )
      : refuse(
          409,
          'Conflict',
          `Compute instance ${record.name} is ${state}: another operation is in progress.`,
        );
  }
  switch (action) {
    case 'start':
      return begin(record, now, 'Start', 'Starting', fault, trigger);
    case 'stop':
      return begin(record, now, 'Stop', 'Stopping', fault, trigger);
    case 'restart':
      return begin(record, now, 'Restart', 'Restarting', fault, trigger);
  }
}

/** Deletes the compute, or for an attached one takes it off the workspace. */
export function remove(record: ComputeRecord, operation: 'Delete' | 'Detach', now: number): Outcome {
  if (record.pending !== null && record.pending.operation !== 'Stop') {
    return refuse(409, 'Conflict', `${record.name} is busy: ${record.pending.operation} is in progress.`);
  }
  leaveRunning(record, now);
  if (record.state !== null) record.state = 'Deleting';
  record.stuck = false;
  record.provisioningState = 'Deleting';
  const at = now + durationOf(operation);
  record.pending = {
    at,
    operation,
    state: null,
    provisioningState: 'Deleting',
    operationStatus: 'Succeeded',
    error: null,
  };
  if (record.lastOperation !== null) {
    record.lastOperation = {
      operationName: 'Delete',
      operationTime: now,
      operationStatus: 'InProgress',
      operationTrigger: 'User',
    };
  }
  return { ok: true, doneAt: at };
}

/** Puts an instance into any state at once, also one Azure has never used. */
export function force(record: ComputeRecord, state: string, now: number): void {
  const wasRunning = isRunning(record);
  record.pending = null;
  record.stuck = state === 'Stopping';
  record.state = state;
  record.modifiedAt = now;
  if (wasRunning && !isRunning(record)) leaveRunning(record, now);
  if (!wasRunning && isRunning(record)) record.runs.push({ fromAt: now, toAt: null });
}
