import { attachableKinds } from '../../../core/policy/kinds.ts';
import type { YamlPath } from '../../../core/yaml/fault.ts';
import { subjectKeys, type ReadDeed } from './deed-schemas.ts';
import { checkCompute, toCompute, type ComputeContext } from './compute.ts';
import { checkLoads, checkRanges, toJobs, toMetrics, toReports } from './ranges.ts';
import type { NameTable } from './name-table.ts';
import type { FaultCollector } from './reader.ts';
import type { ComputeName, Deed, FindingSubject, ScenarioPolicy } from './types.ts';

type Context = Omit<ComputeContext, 'bornAt'>;

/** Makes known what a deed brings into the world: computes, requests, changes of attachments. */
export function announce(deed: ReadDeed, names: NameTable): void {
  if (deed.do === 'create') names.addCompute(deed.compute.name, deed.compute.workspace);
  if (deed.do === 'request') {
    names.addRequest(deed.id);
    if (deed.name !== undefined) names.addCompute(deed.name, deed.workspace);
  }
  if (deed.do === 'attach') {
    names.addCompute(deed.name, deed.workspace);
    names.addChange('attach', deed.id ?? deed.name);
  }
  if (deed.do === 'detach' || deed.do === 'reattach') names.addChange(deed.do, deed.id ?? deed.compute);
}

function checkRequest(
  deed: ReadDeed & { do: 'request' },
  path: YamlPath,
  context: Context,
  faults: FaultCollector,
): void {
  checkRanges(deed.metrics, [...path, 'metrics'], faults);
  checkRanges(deed.jobs, [...path, 'jobs'], faults);
  checkRanges(deed.reports, [...path, 'reports'], faults);
  checkLoads(deed.metrics, context.sizes.get(deed.vmSize.toLowerCase()), [...path, 'metrics'], faults);
}

const isAttached = (kind: string): boolean => attachableKinds.some((one) => one === kind);

/** What an attach points at; empty if the file does not say. */
function targetOf(deed: ReadDeed & { do: 'attach' }): string {
  const inside = deed.properties['resourceId'];
  return deed.resourceId ?? (typeof inside === 'string' ? inside : '');
}

/** Notes names in a deed that the file does not know, and what else a schema cannot see. */
export function checkDeed(
  deed: ReadDeed,
  path: YamlPath,
  context: Context,
  names: NameTable,
  faults: FaultCollector,
): void {
  if ('by' in deed && typeof deed.by === 'string') names.user(deed.by, [...path, 'by']);
  if ('workspace' in deed) names.workspace(deed.workspace, [...path, 'workspace']);
  if ('compute' in deed && typeof deed.compute === 'string') {
    names.compute(deed.compute, 'workspace' in deed ? deed.workspace : undefined, [...path, 'compute']);
  }
  if (deed.do === 'snooze' && (deed.for === undefined) === (deed.until === undefined)) {
    faults.add(path, 'found neither or both of for and until, expected for: 2h or until: next-start');
  }
  if (deed.do === 'crash' && (deed.when === undefined) !== (deed.compute === undefined)) {
    faults.add(path, 'found one of when and compute, expected both or neither');
  }
  if (deed.do === 'request') {
    names.user(deed.for, [...path, 'for']);
    checkRequest(deed, path, context, faults);
  }
  if (deed.do === 'approve' || deed.do === 'reject' || deed.do === 'cancel') {
    names.request(deed.id, [...path, 'id']);
  }
  if (deed.do === 'create') {
    const inside = [...path, 'compute'];
    names.workspace(deed.compute.workspace, [...inside, 'workspace']);
    names.user(deed.compute.user, [...inside, 'user']);
    checkCompute(deed.compute, inside, { ...context, bornAt: context.startAt + deed.at }, faults);
  }
  if (deed.do === 'attach' && targetOf(deed) === '' && isAttached(deed.kind)) {
    faults.add(path, `a ${deed.kind} is attached: found no resourceId, expected /subscriptions/…`);
  }
  if (deed.do === 'accept') {
    names.user(deed.user, [...path, 'user']);
    names.team(deed.team, [...path, 'team']);
    names.compute(deed.cluster, deed.workspace, [...path, 'cluster']);
  }
}

const placed = (deed: {
  readonly compute: string;
  readonly workspace?: string | undefined;
}): ComputeName => ({
  compute: deed.compute,
  ...(deed.workspace === undefined ? {} : { workspace: deed.workspace }),
});

export const subjectOf = (given: {
  readonly [K in keyof FindingSubject]?: string | undefined;
}): FindingSubject =>
  Object.fromEntries(subjectKeys.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])));

/** The deed with absolute times and all defaults. `policy` is the one in force after a `setPolicy`. */
export function toDeed(deed: ReadDeed, startAt: number, policy: ScenarioPolicy | null): Deed | null {
  switch (deed.do) {
    case 'snooze':
      return { do: 'snooze', ...placed(deed), forMs: deed.for ?? null, by: deed.by };
    case 'outage':
      return { do: 'outage', of: deed.of, forMs: deed.for };
    case 'throttle':
      return { do: 'throttle', of: deed.of, retryAfterMs: deed.retryAfter, forMs: deed.for };
    case 'crash':
      if (deed.when === undefined || deed.compute === undefined) return { do: 'crash' };
      return { do: 'crash', when: deed.when, ...placed({ ...deed, compute: deed.compute }) };
    case 'start':
    case 'stop':
    case 'restart':
    case 'delete':
      return {
        do: deed.do,
        ...placed(deed),
        by: deed.by ?? null,
        trigger: 'trigger' in deed ? deed.trigger : 'User',
      };
    case 'setPolicy':
      return policy === null ? null : { do: 'setPolicy', policy };
    case 'skew':
      return { do: 'skew', of: deed.of, byMs: deed.by };
    case 'request':
      return {
        do: 'request',
        id: deed.id,
        by: deed.by,
        for: deed.for ?? deed.by,
        workspace: deed.workspace,
        vmSize: deed.vmSize,
        name: deed.name ?? null,
        repeat: deed.repeat,
        ssh: deed.ssh ?? null,
        publicIp: deed.publicIp ?? null,
        subnet: deed.subnet ?? null,
        waitingList: deed.waitingList ?? false,
        autoStart: deed.autoStart ?? false,
        tags: deed.tags,
        machine: {
          metrics: toMetrics(deed.metrics, startAt),
          jobs: toJobs(deed.jobs, startAt),
          reports: toReports(deed.reports, startAt),
          fails: Object.fromEntries(Object.entries(deed.fails).filter(([, list]) => list !== undefined)),
        },
      };
    case 'approve':
    case 'reject':
    case 'cancel':
      return { do: deed.do, id: deed.id, by: deed.by };
    case 'event':
      return { do: 'event', ...placed(deed), type: deed.type, copies: deed.copies, shuffled: deed.shuffled };
    case 'create': {
      const born = toCompute(deed.compute, { startAt });
      return { do: 'create', compute: born, by: deed.by ?? null };
    }
    case 'attach':
      return {
        do: 'attach',
        id: deed.id ?? deed.name,
        name: deed.name,
        workspace: deed.workspace,
        kind: deed.kind,
        resourceId: targetOf(deed),
        properties: deed.properties,
        tags: deed.tags,
        inUse: deed.inUse ?? null,
        by: deed.by,
      };
    case 'detach':
      return { do: 'detach', ...placed(deed), id: deed.id ?? deed.compute, by: deed.by };
    case 'reattach':
      return {
        do: 'reattach',
        ...placed(deed),
        id: deed.id ?? deed.compute,
        resourceId: deed.resourceId ?? null,
        properties: deed.properties,
        by: deed.by,
      };
    case 'halt':
    case 'resume':
    case 'release':
      return { do: deed.do, by: deed.by };
    case 'regret':
      return { do: 'regret', ...placed(deed), by: deed.by };
    case 'consent': {
      const { finding, withdraw, by } = deed;
      return { do: 'consent', ...placed(deed), finding, until: deed.until ?? null, withdraw, by };
    }
    case 'accept':
      return {
        do: 'accept',
        finding: deed.finding,
        ...subjectOf(deed),
        until: deed.until,
        by: deed.by,
      };
  }
}
