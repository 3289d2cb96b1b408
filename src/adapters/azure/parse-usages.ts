import type { ComputeKey } from '../../core/ids.ts';
import { familyKey } from '../../core/quota/family-key.ts';
import type { AzureUsage, RegionUsages } from '../../core/quota/types.ts';
import { numberField, recordField, recordOf, textField, type WireRecord } from './wire.ts';

const dedicated = /clusterdedicatedvcpus$/;
const inWorkspace =
  /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.machinelearningservices\/workspaces\/[^/]+)(\/computes\/[^/]+)?\/(?:usages|quotas)(?:\/|$)/;

const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_]/g, '');

type Row = {
  /** Lower-cased, without spaces and underscores. */
  readonly name: string;
  readonly workspace: string | null;
  readonly compute: string | null;
  readonly type: string;
};

/** Types are spelt in several ways, so that the id says of what a row is. */
function rowOf(record: WireRecord): Row {
  const id = (textField(record, 'id') ?? '').toLowerCase();
  const [, workspace, compute] = inWorkspace.exec(id) ?? [];
  const name = recordField(record, 'name');
  const named = textField(name, 'value') ?? textField(name, 'localizedValue') ?? id.split('/').at(-1) ?? '';
  return {
    name: plain(named),
    workspace: workspace ?? null,
    compute: workspace === undefined || compute === undefined ? null : `${workspace}${compute}`,
    type: (textField(record, 'type') ?? '').toLowerCase(),
  };
}

/** Null where a number is missing: then nothing is known of it. A limit below zero is none. */
function usageOf(record: WireRecord): AzureUsage | null {
  const used = numberField(record, 'currentValue');
  const limit = numberField(record, 'limit');
  if (used === null || limit === null) return null;
  return { used, limit: limit < 0 ? null : limit };
}

function put<Value>(
  into: Map<string, Map<string, Value>>,
  workspace: string,
  family: string,
  value: Value,
): void {
  const families = into.get(workspace) ?? new Map<string, Value>();
  families.set(family, value);
  into.set(workspace, families);
}

/** The rows of a region's usages. What is not understood is left out, and so not known. */
export function parseUsages(values: readonly unknown[]): Omit<RegionUsages, 'workspaceLimits'> {
  const families = new Map<string, AzureUsage>();
  const workspaceUse = new Map<string, Map<string, number | null>>();
  const shown = new Set<ComputeKey>();
  let regional: AzureUsage | null = null;
  let computes: AzureUsage | null = null;
  for (const record of values.map(recordOf)) {
    const row = rowOf(record);
    const usage = usageOf(record);
    if (row.compute !== null) {
      shown.add(row.compute as ComputeKey);
      continue;
    }
    if (row.workspace !== null) {
      if (dedicated.test(row.name))
        put(workspaceUse, row.workspace, familyKey(row.name), usage?.used ?? null);
      continue;
    }
    if (usage === null) continue;
    if (row.name.startsWith('totalclusterdedicatedregional')) regional = usage;
    else if (row.name === 'clusters' || row.type.includes('/totalcores/')) computes = usage;
    else if (dedicated.test(row.name)) families.set(familyKey(row.name), usage);
  }
  return { families, regional, computes, workspaceUse, shown };
}

/** Limits on workspaces' dedicated cores, by workspace and family. */
export function parseWorkspaceLimits(
  values: readonly unknown[],
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const limits = new Map<string, Map<string, number>>();
  for (const record of values.map(recordOf)) {
    const row = rowOf(record);
    const limit = numberField(record, 'limit');
    if (row.workspace === null || row.compute !== null || limit === null || limit < 0) continue;
    if (dedicated.test(row.name)) put(limits, row.workspace, familyKey(row.name), limit);
  }
  return limits;
}
