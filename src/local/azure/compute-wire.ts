import { hasRunningJob } from './compute-jobs.ts';
import { scaleSettingsOf } from './inner-properties.ts';
import { isObject, type Json, mergeDeep, type JsonObject } from './json.ts';
import { isRunning } from './state-machine.ts';
import type { ComputeRecord } from './compute-record.ts';
import type { ClusterSpec } from './world-spec.ts';

/** Azure writes seven digits and an offset in `createdOn` and `modifiedOn`. */
const longTime = (at: number): string => new Date(at).toISOString().replace('Z', '0000+00:00');

/** The state as ARM shows it: JobRunning while a job runs on a running instance. */
export const shownState = (record: ComputeRecord, now: number): string | null =>
  record.state === 'Running' && hasRunningJob(record, now) ? 'JobRunning' : record.state;

/** How many nodes of a cluster are idle and running now. */
export function nodesOf(record: ComputeRecord, now: number): { idle: number; running: number } {
  const cluster = record.cluster;
  if (cluster === null) return { idle: 0, running: 0 };
  const range = cluster.nodes?.findLast((candidate) => candidate.fromAt <= now && now < candidate.toAt);
  const running = range?.running ?? 0;
  const idle = range?.idle ?? Math.max(0, cluster.minNodes - running);
  const scaledDown = record.patchedAt !== null && now >= record.patchedAt + cluster.scaleDownAfterMs;
  return { running, idle: scaledDown ? Math.min(idle, Math.max(0, cluster.minNodes - running)) : idle };
}

/** What the world says of a row's own words holds, too: it may leave out what live rows leave out. */
function scaleNow(record: ComputeRecord, cluster: ClusterSpec): Json {
  const given = record.inner['scaleSettings'];
  if (given === null) return null;
  const saysMinimum = !isObject(given) || given['minNodeCount'] !== null;
  return { ...scaleSettingsOf(cluster), ...(saysMinimum ? {} : { minNodeCount: null }) };
}

function clusterNow(record: ComputeRecord, now: number): JsonObject {
  const cluster = record.cluster;
  if (cluster === null) return {};
  const { idle, running } = nodesOf(record, now);
  const leaving =
    record.patchedAt !== null && now < record.patchedAt + cluster.scaleDownAfterMs && idle > cluster.minNodes;
  return {
    scaleSettings: scaleNow(record, cluster),
    allocationState: leaving ? 'Resizing' : 'Steady',
    allocationStateTransitionTime: new Date(record.patchedAt ?? record.createdAt).toISOString(),
    currentNodeCount: idle + running,
    targetNodeCount: leaving ? Math.max(cluster.minNodes, running) : idle + running,
    nodeStateCounts:
      record.inner['nodeStateCounts'] !== undefined
        ? record.inner['nodeStateCounts']
        : {
            preparingNodeCount: 0,
            runningNodeCount: running,
            idleNodeCount: idle,
            unusableNodeCount: 0,
            leavingNodeCount: 0,
            preemptedNodeCount: 0,
          },
  };
}

function instanceNow(record: ComputeRecord, now: number): JsonObject {
  const last = record.lastOperation;
  const state = shownState(record, now);
  return {
    ...(state === null ? {} : { state }),
    lastOperation:
      last === null ? null : { ...last, operationTime: new Date(last.operationTime).toISOString() },
    ...(record.errors.length > 0 ? { errors: record.errors.map((error) => ({ error })) } : {}),
    ...(isRunning(record) ? {} : { connectivityEndpoints: null }),
  };
}

function outerNow(record: ComputeRecord): JsonObject {
  return {
    computeType: record.kind,
    computeLocation: record.location,
    provisioningState: record.provisioningState,
    createdOn: longTime(record.createdAt),
    modifiedOn: longTime(record.modifiedAt),
    provisioningErrors:
      record.provisioningState === 'Failed' && record.errors.length > 0
        ? record.errors.map((error) => ({ error }))
        : null,
  };
}

const envelope = (record: ComputeRecord, properties: JsonObject): JsonObject => ({
  id: record.id,
  name: record.name,
  type: 'Microsoft.MachineLearningServices/workspaces/computes',
  location: record.location,
  tags: record.tags,
  ...(record.identity === null ? {} : { identity: record.identity }),
  properties,
});

/** The compute as a GET answers it. */
export function renderCompute(record: ComputeRecord, now: number): JsonObject {
  const moving = record.kind === 'ComputeInstance' ? instanceNow(record, now) : clusterNow(record, now);
  return envelope(
    record,
    mergeDeep(record.outer, { ...outerNow(record), properties: { ...record.inner, ...moving } }),
  );
}

/** A row of the list as Azure's own sample shows it: without the kind's own properties. */
export const renderThinRow = (record: ComputeRecord): JsonObject =>
  envelope(record, mergeDeep(record.outer, outerNow(record)));
