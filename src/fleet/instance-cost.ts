import type { Compute } from '../core/computes.ts';
import { spentUntil } from '../core/cost/month-spend.ts';
import { computeKey } from '../core/ids.ts';
import { readWorkspaceInventory } from '../ledger/inventory.ts';
import type { Flow } from './flow.ts';

/** What an instance costs, and has cost. */
export type InstanceCost = {
  /** List price; null: not known. */
  readonly pricePerHourUsd: number | null;
  /** Of its running this month, as the sweeps have seen it; null: none has. */
  readonly thisMonth: ReturnType<typeof spentUntil> | null;
};

/** Read for one person who looks at one instance; what cannot be read is not known. */
export async function instanceCost({ ports }: Flow, compute: Compute): Promise<InstanceCost> {
  const [sizes, inventory] = await Promise.all([
    ports.sizes.list(compute.ref.subscriptionId, compute.location),
    readWorkspaceInventory(ports.ledger, compute.ref),
  ]);
  const size = sizes.ok ? sizes.value.get((compute.vmSize ?? '').toLowerCase()) : undefined;
  const key = computeKey(compute.ref);
  const seen = inventory?.machines.find((machine) => !machine.isGone && computeKey(machine.ref) === key);
  return {
    pricePerHourUsd: size?.pricePerHourUsd ?? null,
    thisMonth: seen?.spend == null ? null : spentUntil(seen.spend, ports.clock.now()),
  };
}
