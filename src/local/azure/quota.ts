import { subscriptionIdOf } from './names.ts';
import { nodesOf } from './compute-wire.ts';
import type { ComputeRecord, WorkspaceRecord } from './compute-record.ts';
import type { World } from './world.ts';

const plenty = 100_000;
const computesPerRegion = 2_500;

export type RegionLimits = {
  readonly regional: number;
  readonly clusters: number;
  readonly family: (family: string) => number;
};

/** Cores that the compute holds: an instance keeps its quota in every state, a cluster only that of its nodes. */
export function coresHeld(
  world: World,
  record: ComputeRecord,
  now: number,
): { family: string; cores: number } | null {
  const size = world.sizes.get((record.vmSize ?? '').toLowerCase());
  if (size === undefined) return null;
  if (record.kind === 'ComputeInstance') return { family: size.family, cores: size.vCPUs };
  if (record.kind !== 'AmlCompute') return null;
  const { idle, running } = nodesOf(record, now);
  return { family: size.family, cores: size.vCPUs * (idle + running) };
}

export const countsAsCluster = (record: ComputeRecord): boolean =>
  record.kind === 'ComputeInstance' || record.kind === 'AmlCompute';

/** The subscription's limits in one region: what the world gives, and room where it gives none. */
export function limitsOf(world: World, subscriptionId: string, location: string): RegionLimits {
  const ofSubscription = Object.entries(world.quotas).find(
    ([name]) => subscriptionIdOf(name) === subscriptionId,
  );
  const given = ofSubscription?.[1][location];
  const families = new Map(
    Object.entries(given?.families ?? {}).map(([family, limit]) => [family.toLowerCase(), limit]),
  );
  return {
    regional: given?.regional ?? plenty,
    clusters: given?.clusters ?? computesPerRegion,
    family: (family) => families.get(family.toLowerCase()) ?? plenty,
  };
}

export type RegionUsage = {
  readonly clusters: number;
  readonly cores: number;
  readonly byFamily: ReadonlyMap<string, number>;
};

export function workspacesIn(
  world: World,
  subscriptionId: string,
  location: string,
): readonly WorkspaceRecord[] {
  return [...world.workspaces.values()].filter(
    (workspace) => workspace.subscriptionId === subscriptionId && workspace.location === location,
  );
}

export function usageOf(world: World, workspaces: readonly WorkspaceRecord[], now: number): RegionUsage {
  const byFamily = new Map<string, number>();
  let clusters = 0;
  let cores = 0;
  for (const workspace of workspaces) {
    for (const record of world.computesOf(workspace, now)) {
      if (countsAsCluster(record)) clusters += 1;
      const held = coresHeld(world, record, now);
      if (held === null) continue;
      cores += held.cores;
      byFamily.set(held.family, (byFamily.get(held.family) ?? 0) + held.cores);
    }
  }
  const names = new Set(workspaces.map(({ name }) => name));
  for (const { deployments } of world.endpoints.filter(({ workspace }) => names.has(workspace))) {
    for (const { vmSize, instances } of deployments) {
      const size = world.sizes.get(vmSize.toLowerCase());
      if (size === undefined) continue;
      cores += size.vCPUs * instances;
      byFamily.set(size.family, (byFamily.get(size.family) ?? 0) + size.vCPUs * instances);
    }
  }
  return { clusters, cores, byFamily };
}

/** Why Azure would refuse a machine of that size now, or null. */
export function quotaRefusal(
  world: World,
  workspace: WorkspaceRecord,
  vmSize: string,
  nodes: number,
  now: number,
): string | null {
  const size = world.sizes.get(vmSize.toLowerCase());
  if (size === undefined) return null;
  const limits = limitsOf(world, workspace.subscriptionId, workspace.location);
  const usage = usageOf(world, workspacesIn(world, workspace.subscriptionId, workspace.location), now);
  const needed = size.vCPUs * nodes;
  const familyUsed = usage.byFamily.get(size.family) ?? 0;
  if (usage.clusters + 1 > limits.clusters) {
    return `The subscription holds ${usage.clusters} of ${limits.clusters} computes in ${workspace.location}.`;
  }
  if (familyUsed + needed > limits.family(size.family)) {
    return `${needed} vCPUs of ${size.family} are asked for; ${familyUsed} of ${limits.family(size.family)} are in use in ${workspace.location}.`;
  }
  if (usage.cores + needed > limits.regional) {
    return `${needed} vCPUs are asked for; ${usage.cores} of ${limits.regional} are in use in ${workspace.location}.`;
  }
  const own = world.workspaceQuotas.find(
    (quota) => quota.workspaceId === workspace.key && quota.family === size.family.toLowerCase(),
  );
  const ownUsed = usageOf(world, [workspace], now).byFamily.get(size.family) ?? 0;
  return own !== undefined && ownUsed + needed > own.limit
    ? `${needed} vCPUs of ${size.family} are asked for; ${ownUsed} of ${own.limit} are in use in workspace ${workspace.name}.`
    : null;
}
