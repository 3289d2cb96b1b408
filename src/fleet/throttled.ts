import type { Reading } from '../core/activity/types.ts';
import type { AzureFailure, AzureResult } from '../ports/azure.ts';
import { faultOf } from './fault-of.ts';

/** A throttled call ends the look at this workspace; it is looked at again as a whole. */
export class Throttled extends Error {
  readonly retryAt: number;
  constructor(failure: Extract<AzureFailure, { kind: 'throttled' }>) {
    super(failure.message);
    this.name = 'Throttled';
    this.retryAt = failure.retryAt;
  }
}

/** `waitUntilAt`: evidence that Azure gives by then is waited for; what it withholds for longer is unread. */
export function readingOf<T>(result: AzureResult<T>, waitUntilAt: number): Reading<T> {
  if (result.ok) return { ok: true, value: result.value };
  if (result.kind === 'throttled' && result.retryAt <= waitUntilAt) throw new Throttled(result);
  return { ok: false, why: result.message };
}

/** Never thrown away for a fault of one call: what cannot be read is said to be unread. */
export async function reading<T>(
  call: () => Promise<AzureResult<T>>,
  waitUntilAt: number,
): Promise<Reading<T>> {
  try {
    return readingOf(await call(), waitUntilAt);
  } catch (thrown) {
    if (thrown instanceof Throttled) throw thrown;
    return { ok: false, why: faultOf(thrown).message };
  }
}
