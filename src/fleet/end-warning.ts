import { readOpenWarning } from '../ledger/warnings.ts';
import type { StopInput } from '../workflows/stop.ts';
import type { Flow } from './flow.ts';
import { alertOnce } from './tell.ts';
import { endWarningWith, type WarningClose } from './withdraw-warning.ts';

export type WarningEnd = StopInput & {
  /** The stop failed to the end; what it needs could not be read for too long; or nobody could be told of it. */
  readonly how: 'failed' | 'unreadable' | 'undelivered';
  readonly message: string;
};

function closeOf({ how, message, ref }: WarningEnd): WarningClose {
  switch (how) {
    case 'failed':
      return {
        outcome: 'failed',
        reason: 'stop-failed',
        tell: `${ref.compute} could not be stopped and goes on costing. ${message}`,
      };
    case 'unreadable':
      return {
        outcome: 'withdrawn',
        reason: 'unreadable',
        tell: `Kept: ${ref.compute} could not be looked at again for too long (${message}), and nothing is stopped without a second look.`,
      };
    case 'undelivered':
      return { outcome: 'undelivered', reason: 'keep.warning-undelivered', tell: null };
  }
}

/** Gives a warning up, and tells owner and admins where a person is needed. */
export async function endWarning(flow: Flow, input: WarningEnd): Promise<{ readonly ended: boolean }> {
  const stored = await readOpenWarning(flow.ports.ledger, input.ref, input.reason);
  if (stored === null || stored.warning.warningId !== input.warningId) return { ended: false };
  if (input.how === 'failed') {
    await alertOnce(flow, {
      alertId: `stop-failed-${input.warningId}`,
      code: 'stop.failed',
      title: `${input.ref.compute} cannot be stopped`,
      sentence: `${input.ref.compute} in ${input.ref.workspace} was asked to stop ${stored.warning.stopAttempts} times without success. ${input.message}`,
    });
  }
  return { ended: await endWarningWith(flow, stored, closeOf(input)) };
}
