import { errorAnswer, type WireResponse } from './wire.ts';
import type { ComputeRecord } from './compute-record.ts';
import type { FailableOperation, ScriptedFailure } from './world-spec.ts';

/** The script's answer to this call, taken off the list; undefined once the list is used up. */
export function takeFailure(
  fails: ComputeRecord['fails'],
  operation: FailableOperation,
): ScriptedFailure | undefined {
  const [first, ...rest] = fails[operation] ?? [];
  if (first !== undefined) fails[operation] = rest;
  return first;
}

/** The answer of a failure that keeps the call from taking effect; null: the call takes effect, in its way. */
export function refusalOf(
  failure: ScriptedFailure,
  name: string,
  operation: FailableOperation,
): WireResponse | null {
  switch (failure) {
    case 'DiskFull':
      return errorAnswer(
        400,
        'BadRequest',
        `Compute instance ${name} cannot ${operation}: its OS disk is full. Free at least 5 GB in the terminal of the instance and try again.`,
      );
    case 'Conflict':
      return errorAnswer(409, 'Conflict', `Another operation on ${name} is in progress.`);
    case 'Throttled':
      return errorAnswer(429, 'TooManyRequests', 'Too many requests. Try again later.', {
        'retry-after': '30',
      });
    case 'ServerError':
      return errorAnswer(500, 'InternalServerError', 'An internal error occurred. Try again later.');
    case 'TimeoutBefore':
      return { kind: 'lost' };
    case 'QuotaExceeded':
      return errorAnswer(
        400,
        'QuotaExceeded',
        `The request for ${name} exceeds the quota of the subscription in this region.`,
      );
    case 'TimeoutAfter':
    case 'StuckStopping':
    case 'NoCapacity':
      return null;
  }
}
