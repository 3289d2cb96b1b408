import type { OrchestrationStatus } from './history-event.ts';
import type { InstanceRow } from './hub-rows.ts';

const STATUSES: readonly OrchestrationStatus[] = [
  'Pending',
  'Running',
  'Suspended',
  'Completed',
  'Failed',
  'Terminated',
];

export type InstanceQuery = {
  readonly createdFrom: number | null;
  readonly createdTo: number | null;
  /** Empty: any. */
  readonly statuses: ReadonlySet<OrchestrationStatus>;
  readonly idPrefix: string;
};

/** What cannot be read is left out, as on Azure: an unknown status or a bad time widens the query instead of failing it. */
export function instanceQuery(parameters: URLSearchParams): InstanceQuery {
  const wanted = (parameters.get('runtimeStatus') ?? '').split(',').map((name) => name.trim().toLowerCase());
  return {
    createdFrom: time(parameters.get('createdTimeFrom')),
    createdTo: time(parameters.get('createdTimeTo')),
    statuses: new Set(STATUSES.filter((status) => wanted.includes(status.toLowerCase()))),
    idPrefix: parameters.get('instanceIdPrefix') ?? '',
  };
}

/** In the order of the ids. */
export function findInstances(rows: Iterable<InstanceRow>, query: InstanceQuery): InstanceRow[] {
  return [...rows]
    .filter(
      (row) =>
        row.instanceId.startsWith(query.idPrefix) &&
        (query.statuses.size === 0 || query.statuses.has(row.status)) &&
        (query.createdFrom === null || row.createdAt >= query.createdFrom) &&
        (query.createdTo === null || row.createdAt <= query.createdTo),
    )
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
}

function time(text: string | null): number | null {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
