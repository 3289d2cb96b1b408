import type { ComputeRef } from '../core/ids.ts';
import { readObservation } from '../ledger/observations.ts';
import type { Flow } from './flow.ts';
import { readPolicyInForce } from './policy-store.ts';

/** `idle.maxSnooze` of one instance, overrides applied as the last sweep saw it; of one never seen that of the policy. */
export async function longestSnooze({ ports }: Pick<Flow, 'ports'>, ref: ComputeRef): Promise<number> {
  const { applies } = await readObservation(ports.ledger, ref);
  return applies?.maxSnoozeMs ?? (await readPolicyInForce(ports.ledger)).policy.idle.maxSnoozeMs;
}
