import type { Person, Workspace } from '../../core/computes.ts';
import type { InstanceSchedule } from '../../core/provision/machine.ts';

/** A machine as somebody asks for it: of sound form, and not yet held against any rule. */
export type AskedMachine = {
  readonly requestId: string;
  readonly bodyHash: string;
  readonly requestedBy: Person;
  readonly forPerson: Person;
  /** Whoever asks may ask for others. */
  readonly mayAskForOthers: boolean;
  readonly tenantId: string;
  readonly workspace: Workspace;
  readonly vmSize: string;
  /** Null: Lamplighter names it. */
  readonly name: string | null;
  readonly sshPublicKey: string | null;
  readonly publicIp: boolean | null;
  readonly subnetId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly idleShutdownMinutes: number | null;
  readonly schedules: readonly InstanceSchedule[];
};
