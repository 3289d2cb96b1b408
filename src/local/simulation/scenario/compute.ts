import { withoutUndefined } from '../../../core/without-undefined.ts';
import { attachableKinds } from '../../../core/policy/kinds.ts';
import type { YamlPath } from '../../../core/yaml/fault.ts';
import type { ComputeSpec } from '../../azure/world-spec.ts';
import type { VmSizeRecord } from '../../azure/vm-sizes.ts';
import { checkLoads, checkRanges, toJobs, toMetrics, toReports } from './ranges.ts';
import type { FaultCollector } from './reader.ts';
import { atOf, type OffsetOrInstant } from './scalars.ts';
import type { ScenarioCompute } from './types.ts';
import type { ReadCompute } from './world-schema.ts';

export type ComputeContext = {
  readonly startAt: number;
  readonly sizes: ReadonlyMap<string, VmSizeRecord>;
  /** When the entry comes into being: the start, or the time of a `create`. */
  readonly bornAt: number;
};

const instanceName = /^[A-Za-z](?:[A-Za-z0-9]|-(?=[A-Za-z])){2,23}$/;
const anyName = /^[A-Za-z][-A-Za-z0-9]{0,62}$/;
const attachable: readonly string[] = attachableKinds;
export const isAttached = (kind: string): boolean => attachable.includes(kind);

function checkName(entry: ReadCompute, path: YamlPath, faults: FaultCollector): void {
  const found = JSON.stringify(entry.name);
  if (entry.kind === 'ComputeInstance' && !instanceName.test(entry.name)) {
    faults.add(
      [...path, 'name'],
      `found ${found}, expected 3 to 24 letters, digits and "-", a letter first and after each "-"`,
    );
  } else if (!anyName.test(entry.name)) {
    faults.add(
      [...path, 'name'],
      `found ${found}, expected up to 63 letters, digits and "-", a letter first`,
    );
  }
}

/** Attached targets point at something; a Notebook VM is one that Azure made itself. */
function checkResourceId(entry: ReadCompute, path: YamlPath, faults: FaultCollector): void {
  if (!isAttached(entry.kind)) return;
  const given = entry.resourceId ?? entry.properties['resourceId'];
  if (given !== undefined || entry.properties['isNotebookInstanceCompute'] === true) return;
  faults.add(path, `a ${entry.kind} is attached: found no resourceId, expected /subscriptions/…`);
}

function checkTimes(
  entry: ReadCompute,
  path: YamlPath,
  context: ComputeContext,
  faults: FaultCollector,
): void {
  const past = (key: 'since' | 'attachedAt', time: OffsetOrInstant | undefined): void => {
    if (time === undefined || atOf(time, context.startAt) <= context.bornAt) return;
    faults.add([...path, key], 'lies after the time when the entry begins, expected an earlier one');
  };
  past('since', entry.since);
  past('attachedAt', entry.attachedAt);
  checkRanges(entry.metrics, [...path, 'metrics'], faults);
  checkRanges(entry.jobs, [...path, 'jobs'], faults);
  checkRanges(entry.reports, [...path, 'reports'], faults);
  checkRanges(entry.disk, [...path, 'disk'], faults);
  checkRanges(entry.cluster?.nodes ?? [], [...path, 'cluster', 'nodes'], faults);
}

/** Notes what is wrong with one entry under `computes` or `create`, apart from the names of others. */
export function checkCompute(
  entry: ReadCompute,
  path: YamlPath,
  context: ComputeContext,
  faults: FaultCollector,
): void {
  checkName(entry, path, faults);
  checkResourceId(entry, path, faults);
  checkTimes(entry, path, context, faults);
  const size = context.sizes.get((entry.vmSize ?? defaultSize).toLowerCase());
  checkLoads(entry.metrics, size, [...path, 'metrics'], faults);
  if (entry.cluster !== undefined) {
    if (entry.kind !== 'AmlCompute') {
      faults.add([...path, 'cluster'], `a ${entry.kind} has no nodes, expected kind AmlCompute`);
    } else if (entry.cluster.minNodes > entry.cluster.maxNodes) {
      faults.add([...path, 'cluster', 'minNodes'], 'is more than maxNodes');
    }
  }
}

const defaultSize = 'Standard_DS3_v2';

export function toCompute(entry: ReadCompute, context: Pick<ComputeContext, 'startAt'>): ScenarioCompute {
  const { startAt } = context;
  const sized = entry.kind === 'ComputeInstance' || entry.kind === 'AmlCompute';
  const { cluster } = entry;
  const spec: ComputeSpec = {
    name: entry.name,
    workspace: entry.workspace,
    kind: entry.kind,
    metrics: toMetrics(entry.metrics, startAt),
    jobs: toJobs(entry.jobs, startAt),
    fails: withoutUndefined(entry.fails),
    properties: entry.properties,
    tags: entry.tags,
    disk: entry.disk.map(({ from, to, freeMegabytes }) => ({
      fromAt: startAt + from,
      toAt: startAt + to,
      freeMegabytes,
    })),
    ...withoutUndefined({
      vmSize: entry.vmSize ?? (sized ? defaultSize : undefined),
      state: entry.state,
      user: entry.user,
      resourceId: entry.resourceId,
      inUse: entry.inUse,
      ssh: entry.ssh,
      publicIp: entry.publicIp,
      subnet: entry.subnet,
      sinceAt: entry.since === undefined ? undefined : atOf(entry.since, startAt),
      attachedAt: entry.attachedAt === undefined ? undefined : atOf(entry.attachedAt, startAt),
    }),
    ...(cluster === undefined
      ? {}
      : {
          cluster: {
            minNodes: cluster.minNodes,
            maxNodes: cluster.maxNodes,
            scaleDownAfterMs: cluster.scaleDownAfter,
            nodes: cluster.nodes.map(({ from, to, idle, running }) => ({
              fromAt: startAt + from,
              toAt: startAt + to,
              idle,
              running,
            })),
          },
        }),
  };
  return { spec, reports: toReports(entry.reports, startAt), inUse: entry.inUse ?? null };
}
