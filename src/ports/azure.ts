import type { MetricSeries } from '../core/activity/types.ts';
import type { Compute, Job, Person, VmSize, Workspace } from '../core/computes.ts';
import type {
  ComputeKey,
  ComputeName,
  ComputeRef,
  ObjectId,
  SubscriptionId,
  WorkspaceKey,
  WorkspaceRef,
} from '../core/ids.ts';
import type { RegionUsages } from '../core/quota/types.ts';

/**
 * What a call to Azure may come to. A 429 or 503 with Retry-After is `throttled`: the caller waits by a durable timer,
 * never in the process. `failed` carries Azure's own code and text. `missing` is a 404. Nothing of this is thrown;
 * thrown are programming errors and answers that cannot be parsed (`LamplighterError`).
 */
export type AzureFailure =
  | { readonly ok: false; readonly kind: 'throttled'; readonly retryAt: number; readonly message: string }
  | { readonly ok: false; readonly kind: 'missing'; readonly message: string }
  | {
      readonly ok: false;
      readonly kind: 'forbidden';
      readonly message: string;
      readonly action: string | null;
    }
  | { readonly ok: false; readonly kind: 'conflict'; readonly code: string; readonly message: string }
  /** The answer was lost: it is not known whether the call took effect. */
  | { readonly ok: false; readonly kind: 'unanswered'; readonly message: string }
  | {
      readonly ok: false;
      readonly kind: 'failed';
      readonly status: number;
      readonly code: string;
      readonly message: string;
    };
export type AzureResult<T> = { readonly ok: true; readonly value: T } | AzureFailure;

export interface Workspaces {
  /** All workspaces of the subscription, hubs and projects too. */
  list(subscriptionId: SubscriptionId): Promise<AzureResult<readonly Workspace[]>>;
}

export interface Computes {
  /** All computes of the workspace, every kind; rows may be thin (`state` null). */
  list(workspace: WorkspaceRef): Promise<AzureResult<readonly Compute[]>>;
  get(ref: ComputeRef): Promise<AzureResult<Compute>>;
  /** Accepted is not stopped: confirm by `get`. */
  stop(ref: ComputeRef): Promise<AzureResult<'accepted'>>;
  start(ref: ComputeRef): Promise<AzureResult<'accepted'>>;
}

export interface Jobs {
  /** Jobs of the workspace that are not Completed, Failed or Canceled. */
  listUnfinished(workspace: WorkspaceRef): Promise<AzureResult<readonly Job[]>>;
}

export type MetricsQuery = {
  readonly workspaces: readonly WorkspaceRef[];
  /** Half-open, whole minutes. */
  readonly fromAt: number;
  readonly toAt: number;
  /** Upper bound of how many computes one of the workspaces holds, for `top`. */
  readonly computesAtMost: number;
  /** Of all computes of the workspaces only the one of this name; left out: all. */
  readonly compute?: ComputeName;
};
export type MetricsByCompute = ReadonlyMap<ComputeKey, readonly MetricSeries[]>;

export interface Metrics {
  /**
   * Minute averages of all computes of the workspaces, one batch call per 50 workspaces of one region and
   * subscription and metric group. A compute without a series is absent. The result per workspace.
   */
  query(
    location: string,
    subscriptionId: SubscriptionId,
    query: MetricsQuery,
  ): Promise<ReadonlyMap<WorkspaceKey, AzureResult<MetricsByCompute>>>;
}

export interface Sizes {
  /** The region's sizes with prices; keys lower-cased. Cached by the adapter for a day. */
  list(subscriptionId: SubscriptionId, location: string): Promise<AzureResult<ReadonlyMap<string, VmSize>>>;
}

export interface Directory {
  /** Object ids of the group's members, nested ones too. */
  members(groupId: string): Promise<AzureResult<readonly ObjectId[]>>;
  person(
    objectId: ObjectId,
  ): Promise<AzureResult<Person & { readonly enabled: boolean; readonly managerId: ObjectId | null }>>;
}

/** A limit of dedicated cores of one family that an admin sets on one workspace. */
export type WorkspaceLimit = {
  readonly workspace: WorkspaceRef;
  /** As sizes spell it. */
  readonly family: string;
  readonly cores: number;
};

export interface Quotas {
  /** Azure's own limits of a region and what is used of them. Never cached: a reservation ends when its machine shows here. */
  read(subscriptionId: SubscriptionId, location: string): Promise<AzureResult<RegionUsages>>;
  /** Azure's word on each limit, in the order given: Success, InvalidQuotaExceedsSubscriptionLimit, … */
  setForWorkspaces(
    subscriptionId: SubscriptionId,
    location: string,
    limits: readonly WorkspaceLimit[],
  ): Promise<AzureResult<readonly { readonly status: string }[]>>;
}

/** One deployment behind a managed online endpoint. What Azure does not say is null. */
export type EndpointDeployment = {
  readonly name: string;
  readonly vmSize: string | null;
  readonly instances: number | null;
};
/** A managed online endpoint, whose machines are Azure's but take cores of the same quota. */
export type ManagedEndpoint = {
  readonly name: string;
  /** Null: they cannot be read. */
  readonly deployments: readonly EndpointDeployment[] | null;
};

export interface Endpoints {
  /** The workspace's managed online endpoints; those that run on attached targets are left out. */
  listManaged(workspace: WorkspaceRef): Promise<AzureResult<readonly ManagedEndpoint[]>>;
}

/** Settings of a compute that Azure lets one change after its creation. */
export interface ComputeSettings {
  /** Of a cluster; what is not given stays. */
  setScale(
    ref: ComputeRef,
    scale: { readonly minNodes?: number; readonly scaleDownAfterMs?: number },
  ): Promise<AzureResult<'accepted'>>;
  /** The platform's own idle shutdown of an instance, 15 minutes to 3 days; null takes it off. */
  setIdleShutdown(ref: ComputeRef, minutes: number | null): Promise<AzureResult<'accepted'>>;
}
