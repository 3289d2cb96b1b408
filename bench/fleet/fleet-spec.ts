import type { ComputeSpec, WorldSpec } from '../../src/local/azure/index.ts';

export type FleetShape = {
  readonly instances: number;
  readonly workspaces: number;
  readonly subscriptions: number;
};

const hourMs = 3_600_000;

/** What instances do: of twenty, eleven are in use, three idle, five stopped, and one says nothing. */
function habitOf(index: number, startAt: number): Partial<ComputeSpec> {
  const always = { fromAt: startAt - 3 * hourMs, toAt: startAt + 1000 * hourMs };
  const turn = index % 20;
  if (turn < 11) return { metrics: [{ ...always, cpu: 35, network: 3 }] };
  if (turn < 14) return { metrics: [{ ...always, cpu: 0.4, network: 0 }] };
  if (turn < 19) return { state: 'Stopped' };
  return { metrics: [] };
}

/** A fleet as large as told, spread evenly; workspaces of a subscription stand in one region. */
export function fleetSpec({ instances, workspaces, subscriptions }: FleetShape, startAt: number): WorldSpec {
  return {
    startAt,
    users: [{ name: 'ada' }],
    workspaces: Array.from({ length: workspaces }, (_, index) => ({
      name: `ws${index}`,
      subscription: `sub${index % subscriptions}`,
      resourceGroup: 'rg',
      location: 'westeurope',
    })),
    computes: Array.from({ length: instances }, (_, index) => ({
      name: `ci-${index}`,
      workspace: `ws${index % workspaces}`,
      kind: 'ComputeInstance',
      vmSize: 'Standard_DS3_v2',
      user: 'ada',
      sinceAt: startAt - 3 * hourMs,
      // Whole workspaces would otherwise be of one habit.
      ...habitOf(Math.floor(index / workspaces) + (index % workspaces), startAt),
    })),
  };
}
