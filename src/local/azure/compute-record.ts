import type { JsonObject } from './json.ts';
import type {
  ClusterSpec,
  ComputeKind,
  FailableOperation,
  JobRange,
  MetricRange,
  ScriptedFailure,
} from './world-spec.ts';

export type LastOperationRecord = {
  readonly operationName: string;
  readonly operationTime: number;
  readonly operationStatus: string;
  readonly operationTrigger: string;
};

/** What is under way, and what comes of it at `at`. */
export type PendingChange = {
  readonly at: number;
  readonly operation: 'Create' | 'Start' | 'Stop' | 'Restart' | 'Delete' | 'Attach' | 'Detach';
  /** Null: it is gone then. */
  readonly state: string | null;
  readonly provisioningState: string;
  readonly operationStatus: string;
  readonly error: { readonly code: string; readonly message: string } | null;
};

/** One compute as the simulated Azure holds it: plain data that survives JSON, mutated in place by the state machine alone. */
export type ComputeRecord = {
  /** The lower-cased ARM id. */
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly workspaceKey: string;
  readonly kind: ComputeKind | (string & {});
  location: string;
  tags: Readonly<Record<string, string>>;
  identity: JsonObject | null;
  vmSize: string | null;
  /** ARM's `properties` but for what the world computes. */
  outer: JsonObject;
  /** The kind's own `properties.properties`, likewise. */
  inner: JsonObject;
  createdAt: number;
  modifiedAt: number;
  provisioningState: string;
  /** Instances: the state but for JobRunning, which follows from the jobs. Null for other kinds. */
  state: string | null;
  pending: PendingChange | null;
  /** In Stopping for ever, until a stop is asked for again. */
  stuck: boolean;
  lastOperation: LastOperationRecord | null;
  errors: readonly { readonly code: string; readonly message: string }[];
  /** When it was running: the last one may be open. */
  readonly runs: { readonly fromAt: number; toAt: number | null }[];
  metrics: readonly MetricRange[];
  jobs: readonly JobRange[];
  cluster: ClusterSpec | null;
  /** When its scale settings were last patched. */
  patchedAt: number | null;
  /** When the platform's idle shutdown was last written: that starts its clock anew. */
  idleSetAt?: number;
  inUse?: boolean | 'unknown';
  disk: readonly { readonly fromAt: number; readonly toAt: number; readonly freeMegabytes: number }[];
  fails: Partial<Record<FailableOperation, readonly ScriptedFailure[]>>;
};

export type WorkspaceRecord = {
  readonly key: string;
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly kind: string;
  readonly tags: Readonly<Record<string, string>>;
  /** By lower-cased name. */
  readonly computes: Map<string, ComputeRecord>;
};
