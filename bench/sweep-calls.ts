import { VirtualClock } from '../src/local/virtual-clock.ts';
import type { CountedOperation } from '../src/local/azure/call-log.ts';
import type { FleetShape } from './fleet/fleet-spec.ts';
import { openFleet } from './fleet/open-fleet.ts';
import { steppedSweep } from './fleet/stepped-sweep.ts';

/** Calls of Azure that one sweep makes, against the number of workspaces and of instances: the second sweep, when sizes and prices are known. */
const shapes: readonly FleetShape[] = [
  { workspaces: 1, instances: 10, subscriptions: 1 },
  { workspaces: 1, instances: 100, subscriptions: 1 },
  { workspaces: 10, instances: 100, subscriptions: 1 },
  { workspaces: 10, instances: 1000, subscriptions: 1 },
  { workspaces: 50, instances: 1000, subscriptions: 1 },
  { workspaces: 50, instances: 2500, subscriptions: 1 },
  { workspaces: 120, instances: 2500, subscriptions: 2 },
];

for (const shape of shapes) {
  const clock = new VirtualClock(Date.UTC(2026, 2, 2, 8));
  const fleet = await openFleet(shape, { clock, policy: 'version: 1\nmode: observe\n' });
  await steppedSweep(fleet, clock);
  const before = new Map(fleet.azure.calls);
  const sweep = await steppedSweep(fleet, clock);
  const made = [...fleet.azure.calls]
    .map(([operation, count]): [CountedOperation, number] => [
      operation,
      count - (before.get(operation) ?? 0),
    ])
    .filter(([, count]) => count > 0);
  const total = made.reduce((sum, [, count]) => sum + count, 0);
  const each = made.map(([operation, count]) => `${operation} ${count}`).join(', ');
  const { workspaces, instances, subscriptions } = shape;
  console.log(
    `calls of a sweep over ${workspaces} workspaces in ${subscriptions} subscription(s), ${instances} instances: ` +
      `${total} = ${(total / workspaces).toFixed(2)} per workspace (${each}); ${sweep.instances} judged, ${sweep.faults.length} skipped`,
  );
  await fleet.service.close();
}
process.exit(0);
