import type { Person } from '../../core/computes.ts';
import type { Policy } from '../../core/policy/types.ts';
import { listRequests } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import type { FleetFacts } from './fleet-facts.ts';

/**
 * Whether the person has none and, as far as the ledger remembers, has had none by a request. It is looked up only where
 * a rule of the policy asks. Throws retryable faults where the fleet cannot be read.
 */
export async function isFirstMachine(
  flow: Flow,
  facts: FleetFacts,
  policy: Policy,
  { objectId }: Person,
): Promise<boolean> {
  if (!policy.approvals.some(({ when }) => when?.includes('firstRequest') === true)) return false;
  const earlier = await listRequests(flow.ports.ledger);
  if (earlier.some((one) => one.status === 'completed' && one.forPerson.objectId === objectId)) return false;
  const { holdings } = await facts.holdings(await facts.teams(policy));
  return !holdings.some(({ owner }) => owner?.objectId === objectId);
}
