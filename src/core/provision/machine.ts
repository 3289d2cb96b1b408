import type { Person } from '../computes.ts';
import type { ComputeRef } from '../ids.ts';

/** A start or stop that Azure itself does, on this instance. At most four. */
export type InstanceSchedule = {
  readonly action: 'Start' | 'Stop';
  /** Five fields, as NCronTab reads them. */
  readonly cron: string;
  /** A Windows time zone, as Azure wants it. */
  readonly timeZone: string;
};

/** JSON as ARM takes it. */
export type ArmSettings = Readonly<Record<string, unknown>>;

/** Settings of a machine made anew that no request can ask for: they are carried over as they were. */
export type CarriedSettings = {
  /** Null: none. */
  readonly identity: {
    readonly isSystemAssigned: boolean;
    readonly userAssignedIds: readonly string[];
  } | null;
  /** Members of ARM's `properties`: description, disableLocalAuth. */
  readonly outer: ArmSettings;
  /** Members of the instance's own `properties.properties`. */
  readonly inner: ArmSettings;
};

/** A machine as it was asked for and passed the rules; creating it needs nothing more. */
export type Machine = {
  readonly ref: ComputeRef;
  readonly location: string;
  readonly vmSize: string;
  readonly assignedTo: Person;
  /** Of the person it is assigned to. */
  readonly tenantId: string;
  /** OpenSSH public key; null: no SSH. It can be switched on only at creation. */
  readonly sshPublicKey: string | null;
  /** Null: what the workspace's network says. */
  readonly publicIp: boolean | null;
  /** ARM id of the subnet. */
  readonly subnetId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Azure's own idle shutdown; null: not set. */
  readonly idleShutdownMinutes: number | null;
  readonly schedules: readonly InstanceSchedule[];
  /** The session agent is to be installed by a setup script. */
  readonly agent: boolean;
  /** Null: it is no machine made anew. */
  readonly carried: CarriedSettings | null;
};

/** The tag by which a machine is known to be of a request; nothing without it is ever overwritten or deleted. */
export const requestTag = 'lamplighter-request';

export const carriesRequest = (tags: Readonly<Record<string, string>>, requestId: string): boolean =>
  Object.entries(tags).some(([name, value]) => name.toLowerCase() === requestTag && value === requestId);
