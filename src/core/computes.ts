import type { ComputeRef, ObjectId, WorkspaceRef } from './ids.ts';

/**
 * Conventions of all core types: a time is a number of milliseconds since 1970 (UTC) and its name ends in `At`
 * or `Until`; a duration's name ends in its unit. Everything survives a JSON round trip.
 */
export type Workspace = WorkspaceRef & {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
};

/** `owner` is the assigned user, else the creator. */
export type Person = { readonly objectId: ObjectId; readonly name: string | null };

export type LastOperation = {
  /** Create, Start, Stop, Restart, Reimage, Delete, or a newer word. */
  readonly name: string;
  readonly at: number | null;
  readonly status: string;
  /** User, Schedule, IdleShutdown, or a newer word. */
  readonly trigger: string | null;
};

export type ComputeIdentity = {
  /** Azure gives it a new principal when the compute is made anew. */
  readonly isSystemAssigned: boolean;
  /** ARM ids. */
  readonly userAssignedIds: readonly string[];
};

export type Compute = {
  readonly ref: ComputeRef;
  /** The ARM `computeType`, as Azure spells it: ComputeInstance, AmlCompute, Databricks … or a kind never seen. */
  readonly kind: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Null where the row did not say. */
  readonly vmSize: string | null;
  /** A compute instance's state as Azure spells it (Running, Stopped … or one never seen); null in a thin row and for other kinds. */
  readonly state: string | null;
  readonly provisioningState: string | null;
  readonly owner: Person | null;
  readonly createdAt: number | null;
  readonly lastOperation: LastOperation | null;
  /** The platform's own idle shutdown; null: not set, undefined: the answer did not say. */
  readonly idleShutdownMinutes?: number | null;
  readonly sshEnabled: boolean | null;
  readonly hasCustomServices: boolean;
  readonly identityPrincipalIds: readonly string[];
  /** Managed identities; null: it has none. */
  readonly identity?: ComputeIdentity | null;
  /** Scripts that run at its creation or start: they may hold secrets, and are kept nowhere. */
  readonly hasSetupScripts?: boolean;
  /** Azure's own words about what is wrong with it. */
  readonly errors: readonly string[];
  /** `properties` as ARM gave them, for rules that need more than the fields above. */
  readonly raw: Readonly<Record<string, unknown>>;
};

export type VmSize = {
  readonly name: string;
  readonly family: string;
  readonly vCPUs: number;
  readonly gpus: number;
  /** List price of one hour of Linux, pay as you go, in USD; null: Azure did not say. */
  readonly pricePerHourUsd: number | null;
  readonly supportedComputeTypes: readonly string[];
};

export type Job = {
  readonly id: string;
  readonly name: string;
  /** As Azure spells it. Only Completed, Failed and Canceled are terminal; a status never seen is not. */
  readonly status: string;
  /** The compute's ARM id as the job carries it, in any casing; null if it names none. */
  readonly computeId: string | null;
  readonly createdAt: number | null;
  /** When the job's status changed last, as far as Azure says. */
  readonly changedAt: number | null;
};
