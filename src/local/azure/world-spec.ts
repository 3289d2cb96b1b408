import type { JsonObject } from './json.ts';

/** `'nan'`: the point exists and its value cannot be used. */
export type Load = number | 'nan';

/** What a machine does from `fromAt` until before `toAt`. What is left out has no points; where ranges overlap the later one wins. */
export type MetricRange = {
  readonly fromAt: number;
  readonly toAt: number;
  /** Percent: one number for every core, or one per core. */
  readonly cpu?: Load | readonly Load[];
  /** Percent: one number for every device, or one per device. */
  readonly gpu?: Load | readonly Load[];
  /** Megabytes per minute, all input. */
  readonly network?: Load;
};

/** Entries of one name are one job whose status changes. After the last entry it is Completed, unless it ended otherwise. */
export type JobRange = {
  readonly name: string;
  readonly fromAt: number;
  /** Left out: it never ends. */
  readonly toAt?: number;
  readonly status: string;
  /** Displayed name; default: the name. */
  readonly displayName?: string;
};

export type ClusterSpec = {
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly scaleDownAfterMs: number;
  readonly nodes?: readonly {
    readonly fromAt: number;
    readonly toAt: number;
    readonly idle: number;
    readonly running: number;
  }[];
};

export const scriptedFailures = [
  'DiskFull',
  'Conflict',
  'Throttled',
  'ServerError',
  'TimeoutBefore',
  'TimeoutAfter',
  'StuckStopping',
  'QuotaExceeded',
  'NoCapacity',
] as const;
export type ScriptedFailure = (typeof scriptedFailures)[number];
export type FailableOperation =
  | 'create'
  | 'delete'
  | 'start'
  | 'stop'
  | 'restart'
  | 'attach'
  | 'detach'
  | 'patch'
  | 'idleSetting'
  | 'get';
export type FailureScript = Partial<Readonly<Record<FailableOperation, readonly ScriptedFailure[]>>>;

export const attachedKinds = [
  'VirtualMachine',
  'HDInsight',
  'Databricks',
  'DataLakeAnalytics',
  'AKS',
  'Kubernetes',
  'SynapseSpark',
  'DataFactory',
] as const;
export type AttachedKind = (typeof attachedKinds)[number];
export type ComputeKind = 'ComputeInstance' | 'AmlCompute' | AttachedKind;

export type ComputeSpec = {
  readonly name: string;
  readonly workspace: string;
  readonly kind: ComputeKind;
  readonly vmSize?: string;
  /** Instances only; any word, also one Azure has never used. Default Running. */
  readonly state?: string;
  /** When it entered that state. Default: a day before the start, or earlier where its metrics begin earlier. */
  readonly sinceAt?: number;
  /** The assigned user's name. */
  readonly user?: string;
  /** Who created it, if somebody else; null: Azure does not say. */
  readonly createdBy?: string | null;
  readonly createdAt?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly identity?: JsonObject;
  readonly metrics?: readonly MetricRange[];
  readonly jobs?: readonly JobRange[];
  readonly fails?: FailureScript;
  /** Merged deeply into ARM's `properties`; keys of the kind's own inner `properties` are understood at either level. */
  readonly properties?: JsonObject;
  /** Attached kinds: what they point at. A small subscription name may stand in it. */
  readonly resourceId?: string;
  readonly attachedAt?: number;
  /** Attached kinds: whether an endpoint runs on it; `unknown`: its deployments answer 403. */
  readonly inUse?: boolean | 'unknown';
  readonly cluster?: ClusterSpec;
  readonly ssh?: boolean;
  readonly publicIp?: boolean;
  readonly subnet?: string | null;
  readonly disk?: readonly {
    readonly fromAt: number;
    readonly toAt: number;
    readonly freeMegabytes: number;
  }[];
};

export type WorkspaceSpec = {
  readonly name: string;
  /** A small name or a GUID. */
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly location: string;
  /** Default, Hub, Project or FeatureStore. */
  readonly kind?: string;
  readonly tags?: Readonly<Record<string, string>>;
};

export type AzureRole = 'DataScientist' | 'Reader';

export type UserSpec = {
  readonly name: string;
  readonly displayName?: string;
  readonly teams?: readonly string[];
  readonly roles?: readonly string[];
  /** False: the account is switched off. */
  readonly enabled?: boolean;
  readonly manager?: string;
  /** Roles in Azure on every workspace. Default: the one that an instance's user needs. */
  readonly azureRoles?: readonly AzureRole[];
};

export type SizeSpec = {
  readonly name: string;
  readonly vCPUs: number;
  readonly gpus?: number;
  readonly family: string;
  readonly memoryGB?: number;
  /** USD for an hour of Linux; null: Azure does not say. */
  readonly pricePerHour?: number | null;
  readonly supportedComputeTypes?: readonly string[];
};

/** Limits in vCPUs; what is not named has room. */
export type QuotaSpec = Readonly<
  Record<
    string,
    Readonly<
      Record<
        string,
        {
          readonly regional?: number;
          readonly clusters?: number;
          readonly families?: Readonly<Record<string, number>>;
        }
      >
    >
  >
>;

/** What an attached target points at, as ARM shows it to the app. */
export type ResourceSpec = {
  readonly id: string;
  readonly os?: string;
  readonly image?: string;
  readonly publicIp?: boolean;
  readonly location?: string;
  readonly properties?: JsonObject;
};

/** A managed online endpoint: its machines are Azure's own, and take cores of the subscription's quota. */
export type EndpointSpec = {
  readonly workspace: string;
  readonly name: string;
  readonly deployments: readonly {
    readonly name: string;
    readonly vmSize: string;
    readonly instances: number;
  }[];
};

/** A world as it is at `startAt`. All times are milliseconds since 1970. */
export type WorldSpec = {
  readonly startAt: number;
  readonly users?: readonly UserSpec[];
  readonly workspaces: readonly WorkspaceSpec[];
  readonly computes: readonly ComputeSpec[];
  readonly sizes?: readonly SizeSpec[];
  readonly quotas?: QuotaSpec;
  readonly resources?: readonly ResourceSpec[];
  readonly endpoints?: readonly EndpointSpec[];
  /** Names of Key Vault secrets that do not exist; every other one does. */
  readonly missingSecrets?: readonly string[];
  /** What the app's identities may not do, by action; `*` in it stands for anything. */
  readonly deniedActions?: readonly string[];
  /** Whether the platform's own idle shutdown does what it is set to. Default `broken`: it never does. */
  readonly idleShutdown?: 'broken' | 'works';
};
