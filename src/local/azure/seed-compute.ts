import { isObject, mergeDeep, type Json } from './json.ts';
import { innerProperties, splitProperties } from './inner-properties.ts';
import { expandResourceId } from './names.ts';
import type { ComputeRecord, LastOperationRecord, PendingChange, WorkspaceRecord } from './compute-record.ts';
import { durationOf, type TransitionOperation } from './transition-times.ts';
import type { ClusterSpec, ComputeSpec } from './world-spec.ts';

const dayMs = 86_400_000;
const noCluster: ClusterSpec = { minNodes: 0, maxNodes: 4, scaleDownAfterMs: 120_000 };

type Settled = { readonly operationName: string; readonly operationStatus: string };

/** The operation that leads into each state: what ARM would show as the last one. */
const lastOperationOf: Readonly<Record<string, Settled>> = {
  Stopped: { operationName: 'Stop', operationStatus: 'Succeeded' },
  Stopping: { operationName: 'Stop', operationStatus: 'InProgress' },
  Starting: { operationName: 'Start', operationStatus: 'InProgress' },
  Restarting: { operationName: 'Restart', operationStatus: 'InProgress' },
  Creating: { operationName: 'Create', operationStatus: 'InProgress' },
  SettingUp: { operationName: 'Create', operationStatus: 'InProgress' },
  CreateFailed: { operationName: 'Create', operationStatus: 'CreateFailed' },
  Deleting: { operationName: 'Delete', operationStatus: 'InProgress' },
};

const operationUnderWay: Readonly<Record<string, TransitionOperation>> = {
  Stopping: 'Stop',
  Starting: 'Start',
  Restarting: 'Restart',
  Creating: 'Create',
  Deleting: 'Delete',
};

/** A state that should have passed before the world begins is stuck: it stays. */
function pendingAtStart(state: string, sinceAt: number, startAt: number): PendingChange | null {
  const operation = operationUnderWay[state];
  if (operation === undefined) return null;
  const at = sinceAt + durationOf(operation);
  if (at <= startAt) return null;
  return {
    at,
    operation,
    state: operation === 'Stop' ? 'Stopped' : operation === 'Delete' ? null : 'Running',
    provisioningState: 'Succeeded',
    operationStatus: 'Succeeded',
    error: null,
  };
}

const defaultSince = (spec: ComputeSpec, startAt: number): number =>
  spec.state !== undefined && operationUnderWay[spec.state] !== undefined
    ? startAt
    : Math.min(startAt - dayMs, ...(spec.metrics ?? []).map((range) => range.fromAt));

function withGiven(rendered: LastOperationRecord, given: Json | undefined): LastOperationRecord {
  if (!isObject(given)) return rendered;
  const text = (key: keyof LastOperationRecord): string | undefined => {
    const value = given[key];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    operationName: text('operationName') ?? rendered.operationName,
    operationTime: Date.parse(text('operationTime') ?? '') || rendered.operationTime,
    operationStatus: text('operationStatus') ?? rendered.operationStatus,
    operationTrigger: text('operationTrigger') ?? rendered.operationTrigger,
  };
}

/** A compute of a world, as it is at `startAt`. */
export function seedCompute(spec: ComputeSpec, workspace: WorkspaceRecord, startAt: number): ComputeRecord {
  const isInstance = spec.kind === 'ComputeInstance';
  const attached = !isInstance && spec.kind !== 'AmlCompute';
  const state = isInstance ? (spec.state ?? 'Running') : null;
  const sinceAt = spec.sinceAt ?? defaultSince(spec, startAt);
  const createdAt =
    spec.createdAt ?? spec.attachedAt ?? (isInstance ? sinceAt : (spec.sinceAt ?? startAt - 30 * dayMs));
  const given = splitProperties(spec.properties ?? {});
  const cluster = spec.kind === 'AmlCompute' ? (spec.cluster ?? noCluster) : null;
  const inner = mergeDeep(innerProperties(spec, workspace.location, cluster ?? noCluster), given.inner);
  const { lastOperation: givenOperation, ...settledInner } = inner;
  const id = `${workspace.id}/computes/${spec.name}`;
  const settled = lastOperationOf[state ?? ''] ?? {
    operationName: createdAt === sinceAt && spec.createdAt !== undefined ? 'Create' : 'Start',
    operationStatus: 'Succeeded',
  };
  const rendered = { ...settled, operationTime: sinceAt, operationTrigger: 'User' };
  const lastOperation = !isInstance || givenOperation === null ? null : withGiven(rendered, givenOperation);
  return {
    key: id.toLowerCase(),
    id,
    name: spec.name,
    workspaceKey: workspace.key,
    kind: spec.kind,
    location: workspace.location,
    tags: spec.tags ?? {},
    identity: spec.identity ?? null,
    vmSize: spec.vmSize ?? (isInstance || spec.kind === 'AmlCompute' ? 'Standard_DS3_v2' : null),
    outer: mergeDeep(
      {
        isAttachedCompute: attached,
        disableLocalAuth: false,
        ...(spec.resourceId === undefined ? {} : { resourceId: expandResourceId(spec.resourceId) }),
      },
      given.outer,
    ),
    inner: settledInner,
    createdAt,
    modifiedAt: sinceAt,
    provisioningState: state === 'Creating' ? 'Creating' : state === 'CreateFailed' ? 'Failed' : 'Succeeded',
    state,
    pending: state === null ? null : pendingAtStart(state, sinceAt, startAt),
    stuck: state === 'Stopping' && pendingAtStart(state, sinceAt, startAt) === null,
    lastOperation,
    errors: [],
    runs: state === 'Running' || state === 'JobRunning' ? [{ fromAt: sinceAt, toAt: null }] : [],
    metrics: spec.metrics ?? [],
    jobs: spec.jobs ?? [],
    cluster,
    patchedAt: null,
    ...(spec.inUse === undefined ? {} : { inUse: spec.inUse }),
    disk: spec.disk ?? [],
    fails: { ...spec.fails },
  };
}
