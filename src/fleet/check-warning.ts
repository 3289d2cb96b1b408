import { readOpenWarning } from '../ledger/warnings.ts';
import type { StopInput } from '../workflows/stop.ts';
import type { Flow } from './flow.ts';
import { findClosedWarning, tellEnd } from './withdraw-warning.ts';

export type CheckedWarning =
  | { readonly kind: 'open' }
  /** `told`: the owner knows how it ended, or need not be told. */
  | { readonly kind: 'closed'; readonly told: boolean };

/** Whether the warning is still out. Its workflow is also the last to see that the owner was told of its end. */
export async function checkWarning(flow: Flow, input: StopInput): Promise<CheckedWarning> {
  const stored = await readOpenWarning(flow.ports.ledger, input.ref, input.reason);
  if (stored?.warning.warningId === input.warningId) return { kind: 'open' };
  const closed = await findClosedWarning(flow, input.ref, input.warningId);
  return { kind: 'closed', told: closed === null || (await tellEnd(flow, closed)) };
}
