import { answer, errorAnswer, type WireResponse } from './wire.ts';
import { coresHeld, countsAsCluster, limitsOf, usageOf, workspacesIn } from './quota.ts';
import { deniedTo } from './arm-permissions.ts';
import { findSubscription } from './arm-lookup.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { page } from './paging.ts';
import type { ArmRequest } from './arm-route.ts';
import type { AzureParts } from './azure-parts.ts';

const provider = 'Microsoft.MachineLearningServices';

/** `standardDSv2Family` is called `Standard DSv2 Family Cluster Dedicated vCPUs` in quotas and usages. */
const familyTitle = (family: string): string => {
  const core = family.replace(/^standard/i, '').replace(/family$/i, '');
  return `Standard ${core} Family Cluster Dedicated vCPUs`;
};
const familyOfTitle = (title: string): string =>
  title.toLowerCase().replaceAll(/[ _]/g, '').replace('clusterdedicatedvcpus', '');

type Row = {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly current: number;
  readonly limit: number;
};

const rowJson = (row: Row): JsonObject => ({
  id: row.id,
  type: `${provider}/${row.type}`,
  currentValue: row.current,
  limit: row.limit,
  name: { value: row.title, localizedValue: row.title },
  unit: 'Count',
});

export function usages(request: ArmRequest, parts: AzureParts): WireResponse {
  const subscription = findSubscription(request, parts);
  if ('missing' in subscription) return subscription.missing;
  const { world, habits } = parts;
  const location = request.params['location'] ?? '';
  const workspaces = workspacesIn(world, subscription.found, location);
  const limits = limitsOf(world, subscription.found, location);
  const usage = usageOf(world, workspaces, request.now);
  const base = `/subscriptions/${subscription.found}/usages`;
  const rows: Row[] = [
    {
      id: base,
      type: 'totalCores/usages',
      title: 'Clusters',
      current: usage.clusters,
      limit: limits.clusters,
    },
    {
      id: base,
      type: 'dedicatedCores/usages',
      title: 'Total Cluster Dedicated Regional vCPUs',
      current: usage.cores,
      limit: limits.regional,
    },
    {
      id: base,
      type: 'lowPriorityCores/usages',
      title: 'Total Cluster LowPriority Regional vCPUs',
      current: 0,
      limit: -1,
    },
  ];
  for (const family of new Set([...world.sizes.values()].map((size) => size.family))) {
    const title = familyTitle(family);
    rows.push({
      id: `${base}/${title.replaceAll(' ', '_')}`,
      type: 'vmFamily/usages',
      title,
      current: usage.byFamily.get(family) ?? 0,
      limit: limits.family(family),
    });
  }
  for (const workspace of workspaces) {
    for (const [family, current] of usageOf(world, [workspace], request.now).byFamily) {
      const title = familyTitle(family);
      const tail = `usages/${title.replaceAll(' ', '_')}`;
      const own = world.workspaceQuotas.find(
        (quota) => quota.workspaceId === workspace.key && quota.family === family.toLowerCase(),
      );
      const limit = own?.limit ?? limits.family(family);
      // The service spells these types in two ways.
      rows.push({ id: `${workspace.id}/${tail}`, type: 'workspaces/usages', title, current, limit });
      for (const record of world.computesOf(workspace, request.now)) {
        const held = countsAsCluster(record) ? coresHeld(world, record, request.now) : null;
        if (held === null || held.family !== family) continue;
        rows.push({
          id: `${record.id}/${tail}`,
          type: 'workspace/computes/usages',
          title,
          current: held.cores,
          limit,
        });
      }
    }
  }
  return page(rows, habits.pageSize, request, rowJson);
}

export function quotas(request: ArmRequest, parts: AzureParts): WireResponse {
  const subscription = findSubscription(request, parts);
  if ('missing' in subscription) return subscription.missing;
  const { world, habits } = parts;
  const location = request.params['location'] ?? '';
  const limits = limitsOf(world, subscription.found, location);
  const rows: JsonObject[] = [];
  for (const family of new Set([...world.sizes.values()].map((size) => size.family))) {
    const title = familyTitle(family);
    const name = { value: title, localizedValue: title };
    const tail = `quotas/${title.replaceAll(' ', '_')}`;
    rows.push({
      id: `/subscriptions/${subscription.found}/${tail}`,
      type: `${provider}/vmFamily/quotas`,
      limit: limits.family(family),
      name,
      unit: 'Count',
    });
    for (const workspace of workspacesIn(world, subscription.found, location)) {
      const own = world.workspaceQuotas.find(
        (quota) => quota.workspaceId === workspace.key && quota.family === family.toLowerCase(),
      );
      if (own === undefined) continue;
      rows.push({
        id: `${workspace.id}/${tail}`,
        type: `${provider}/workspaces/quotas`,
        limit: own.limit,
        name,
        unit: 'Count',
      });
    }
  }
  return page(rows, habits.pageSize, request, (row) => row);
}

function setQuota(
  row: JsonObject,
  subscriptionId: string,
  location: string,
  parts: AzureParts,
  now: number,
): string {
  const id = typeof row['id'] === 'string' ? row['id'].toLowerCase() : '';
  const [workspaceId = '', title = ''] = id.split('/quotas/');
  const family = familyOfTitle(title);
  const limit = row['limit'];
  const { world } = parts;
  const known = [...world.sizes.values()].some((size) => size.family.toLowerCase() === family);
  if (!known) return 'InvalidVMFamilyName';
  const workspace = world.workspaces.get(workspaceId);
  if (workspace === undefined || typeof limit !== 'number' || limit < 0) return 'Failure';
  if (limit > limitsOf(world, subscriptionId, location).family(family)) {
    return 'InvalidQuotaExceedsSubscriptionLimit';
  }
  const kept = [...world.computesOf(workspace, now)].reduce((cores, record) => {
    const size = world.sizes.get((record.vmSize ?? '').toLowerCase());
    const minimum = size?.family.toLowerCase() === family ? (record.cluster?.minNodes ?? 0) : 0;
    return cores + minimum * (size?.vCPUs ?? 0);
  }, 0);
  if (limit < kept) return 'InvalidQuotaBelowClusterMinimum';
  const own = world.workspaceQuotas.find(
    (quota) => quota.workspaceId === workspaceId && quota.family === family,
  );
  if (own === undefined) world.workspaceQuotas.push({ workspaceId, family, limit });
  else own.limit = limit;
  return 'Success';
}

export function updateQuotas(request: ArmRequest, parts: AzureParts): WireResponse {
  const subscription = findSubscription(request, parts);
  if ('missing' in subscription) return subscription.missing;
  const denied = deniedTo(request, parts, `${provider}/locations/updateQuotas/action`);
  if (denied !== null) return denied;
  const given = request.body['value'];
  if (!Array.isArray(given)) return errorAnswer(400, 'ValidationError', 'value must be a list.');
  const value = (given as readonly Json[]).filter(isObject).map((row) => ({
    ...row,
    status: setQuota(row, subscription.found, request.params['location'] ?? '', parts, request.now),
  }));
  parts.log.writes.push({
    at: request.now,
    principalId: request.by.objectId,
    principal: request.by.name,
    byApp: request.by.kind === 'app',
    operation: 'updateQuotas',
    compute: null,
    computeId: null,
  });
  return answer(200, { value });
}
