import { withoutUndefined } from '../../../core/without-undefined.ts';
import { vmSeries } from '../../../core/targets/vm-series.ts';
import { vmSizeCatalogue, type VmSizeRecord } from '../../azure/vm-sizes.ts';
import type { SizeSpec, WorldSpec } from '../../azure/world-spec.ts';
import { checkCompute } from './compute.ts';
import type { NameTable } from './name-table.ts';
import type { FaultCollector } from './reader.ts';
import type { ScenarioCompute } from './types.ts';
import type { ReadFile } from './world-schema.ts';

const known = vmSizeCatalogue();

/** Sizes that the file adds or changes: what an entry about a known size leaves out stays as it is. */
export function sizesOf(file: ReadFile, faults: FaultCollector): readonly SizeSpec[] {
  return file.sizes.map((entry, index) => {
    const before = known.get(entry.name.toLowerCase());
    const vCPUs = entry.vCPUs ?? before?.vCPUs;
    if (vCPUs === undefined) {
      faults.add(['sizes', index], `${entry.name} is a new size: found no vCPUs, expected their number`);
    }
    const pricePerHour = entry.pricePerHour === undefined ? before?.pricePerHour : entry.pricePerHour;
    return {
      name: before?.name ?? entry.name,
      vCPUs: vCPUs ?? 0,
      gpus: entry.gpus ?? before?.gpus ?? 0,
      family: entry.family ?? before?.family ?? `standard${vmSeries(entry.name) ?? 'Other'}Family`,
      ...(pricePerHour === undefined ? {} : { pricePerHour }),
    };
  });
}

function checkWorkspaces(file: ReadFile, faults: FaultCollector): void {
  const seen = new Set<string>();
  for (const [index, { name }] of file.workspaces.entries()) {
    if (seen.has(name.toLowerCase())) {
      faults.add(['workspaces', index, 'name'], `${name} is there twice, expected each workspace name once`);
    }
    seen.add(name.toLowerCase());
  }
}

function checkUsers(file: ReadFile, names: NameTable, faults: FaultCollector): void {
  const seen = new Set<string>();
  for (const [index, { name, manager }] of (file.users ?? []).entries()) {
    names.user(manager, ['users', index, 'manager']);
    if (seen.has(name))
      faults.add(['users', index, 'name'], `${name} is there twice, expected each user once`);
    seen.add(name);
  }
}

/** Instances share one name space per region, all kinds one per workspace. */
function checkUniqueNames(file: ReadFile, faults: FaultCollector): void {
  const regionOf = new Map(file.workspaces.map(({ name, location }) => [name, location.toLowerCase()]));
  const seen = new Set<string>();
  for (const [index, { name, workspace, kind }] of file.computes.entries()) {
    const path = ['computes', index, 'name'];
    const inWorkspace = `workspace ${workspace}: ${name.toLowerCase()}`;
    const inRegion = `region ${regionOf.get(workspace)}: ${name.toLowerCase()}`;
    if (seen.has(inWorkspace)) {
      faults.add(path, `${name} is there twice, expected each name once in a workspace`);
    } else if (kind === 'ComputeInstance' && seen.has(inRegion)) {
      faults.add(path, `${name} is there twice, expected each instance name once in a region`);
    }
    seen.add(inWorkspace);
    if (kind === 'ComputeInstance') seen.add(inRegion);
  }
}

function checkQuotas(file: ReadFile, faults: FaultCollector): void {
  const subscriptions = new Set(file.workspaces.map(({ subscription }) => subscription));
  const regions = new Set(file.workspaces.map(({ location }) => location));
  for (const [subscription, byRegion] of Object.entries(file.quotas)) {
    if (!subscriptions.has(subscription)) {
      faults.addUnknown(['quotas', subscription], 'subscription of a workspace', subscription, subscriptions);
    }
    for (const region of Object.keys(byRegion)) {
      if (regions.has(region)) continue;
      faults.addUnknown(['quotas', subscription, region], 'region of a workspace', region, regions);
    }
  }
}

export function checkWorld(
  file: ReadFile,
  context: { readonly startAt: number; readonly sizes: ReadonlyMap<string, VmSizeRecord> },
  names: NameTable,
  faults: FaultCollector,
): void {
  checkWorkspaces(file, faults);
  checkUsers(file, names, faults);
  checkUniqueNames(file, faults);
  checkQuotas(file, faults);
  for (const [index, entry] of file.computes.entries()) {
    const path = ['computes', index];
    names.workspace(entry.workspace, [...path, 'workspace']);
    names.user(entry.user, [...path, 'user']);
    checkCompute(entry, path, { ...context, bornAt: context.startAt }, faults);
  }
}

export function toWorld(
  file: ReadFile,
  sizes: readonly SizeSpec[],
  computes: readonly ScenarioCompute[],
): WorldSpec {
  return {
    startAt: file.start,
    idleShutdown: file.platformShutdown,
    users: (file.users ?? []).map(({ manager, ...user }) => ({
      ...user,
      ...(manager === undefined ? {} : { manager }),
    })),
    workspaces: file.workspaces,
    computes: computes.map(({ spec }) => spec),
    sizes,
    quotas: Object.fromEntries(
      Object.entries(file.quotas).map(([subscription, regions]) => [
        subscription,
        Object.fromEntries(
          Object.entries(regions).map(([region, limits]) => [region, withoutUndefined(limits)]),
        ),
      ]),
    ),
    resources: file.resources.map((resource) => ({ id: resource.id, ...withoutUndefined(resource) })),
  };
}
