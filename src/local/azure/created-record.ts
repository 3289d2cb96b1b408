import { durationOf } from './transition-times.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { expandResourceId, guidOf, tenantId } from './names.ts';
import type { ComputeRecord, WorkspaceRecord } from './compute-record.ts';
import type { CreationPlan } from './azure-parts.ts';
import type { ClusterSpec } from './world-spec.ts';
import type { Principal } from './principal.ts';

const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

function secondsOf(duration: string | null): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration ?? '');
  if (match === null) return 120;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** The scale settings of a PUT or PATCH body's inner properties over what was there. */
export function clusterFrom(inner: JsonObject, before: ClusterSpec | null): ClusterSpec {
  const scale = object(inner['scaleSettings']);
  const number = (key: string, otherwise: number): number =>
    typeof scale[key] === 'number' ? scale[key] : otherwise;
  const idle = text(scale['nodeIdleTimeBeforeScaleDown']);
  return {
    minNodes: number('minNodeCount', before?.minNodes ?? 0),
    maxNodes: number('maxNodeCount', before?.maxNodes ?? 1),
    scaleDownAfterMs: idle === null ? (before?.scaleDownAfterMs ?? 120_000) : secondsOf(idle) * 1000,
    ...(before?.nodes === undefined ? {} : { nodes: before.nodes }),
  };
}

export const tagsOf = (body: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(object(body['tags'])).map(([key, value]) => [key, text(value) ?? JSON.stringify(value)]),
  );

const secrets = new Set(['databricksAccessToken', 'adminUserPassword', 'password', 'privateKeyData']);

/** What Azure would give back of it: never a secret. */
function withoutSecrets(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !secrets.has(key))
      .map(([key, inner]) => [key, withoutSecrets(inner)]),
  );
}

/** Azure publishes an image each month; a new instance always gets the newest. */
function newestImage(now: number): JsonObject {
  const version = `${new Date(now).toISOString().slice(2, 7).replace('-', '.')}.01`;
  return { currentImageVersion: version, latestImageVersion: version, isLatestOsImageVersion: true };
}

/** Azure gives each system-assigned identity a principal of its own, and each compute a new one. */
function identityOf(body: JsonObject, id: string, now: number): JsonObject | null {
  const identity = body['identity'];
  if (!isObject(identity)) return null;
  const isSystem = /systemassigned/i.test(text(identity['type']) ?? '');
  return isSystem ? { ...identity, principalId: guidOf('identity', `${id}/${now}`), tenantId } : identity;
}

/** The compute that a PUT makes: an overwrite keeps nothing of what was there. */
export function createdRecord(
  workspace: WorkspaceRecord,
  name: string,
  body: JsonObject,
  plan: CreationPlan,
  by: Principal,
  now: number,
  noCapacity: boolean,
): ComputeRecord {
  const { properties: givenInner, computeType, provisioningState: _, ...outer } = object(body['properties']);
  const kind = text(computeType) ?? '';
  const given = withoutSecrets(object(givenInner)) as JsonObject;
  const isInstance = kind === 'ComputeInstance';
  const managed = isInstance || kind === 'AmlCompute';
  const operation = isInstance ? 'Create' : managed ? 'Create' : 'Attach';
  const id = `${workspace.id}/computes/${name}`;
  const { state: _state, lastOperation: _operation, ...inner } = given;
  const resourceId = text(outer['resourceId']);
  return {
    key: id.toLowerCase(),
    id,
    name,
    workspaceKey: workspace.key,
    kind,
    location: text(body['location']) ?? workspace.location,
    tags: tagsOf(body),
    identity: identityOf(body, id, now),
    vmSize: text(inner['vmSize']),
    outer: {
      disableLocalAuth: false,
      ...outer,
      ...(resourceId === null ? {} : { resourceId: expandResourceId(resourceId) }),
      isAttachedCompute: !managed,
    },
    inner: isInstance
      ? {
          computeInstanceAuthorizationType: 'personal',
          ...inner,
          osImageMetadata: newestImage(now),
          createdBy: { userName: by.name, userOrgId: tenantId, userId: by.objectId },
          errors: null,
        }
      : inner,
    createdAt: now,
    modifiedAt: now,
    provisioningState: 'Creating',
    state: isInstance ? 'Creating' : null,
    pending: {
      at: now + durationOf(operation),
      operation,
      state: isInstance ? (noCapacity ? 'CreateFailed' : 'Running') : null,
      provisioningState: noCapacity ? 'Failed' : 'Succeeded',
      operationStatus: noCapacity ? 'CreateFailed' : 'Succeeded',
      error: noCapacity
        ? {
            code: 'AllocationFailed',
            message: `There is no capacity for ${text(inner['vmSize']) ?? kind} in ${workspace.location} at the moment. Try again later or use another size.`,
          }
        : null,
    },
    stuck: false,
    lastOperation: isInstance
      ? {
          operationName: 'Create',
          operationTime: now,
          operationStatus: 'InProgress',
          operationTrigger: 'User',
        }
      : null,
    errors: [],
    runs: [],
    metrics: plan.metrics,
    jobs: plan.jobs,
    cluster: kind === 'AmlCompute' ? clusterFrom(given, null) : null,
    patchedAt: null,
    ...(plan.inUse === undefined ? {} : { inUse: plan.inUse }),
    disk: plan.disk,
    fails: plan.fails,
  };
}
