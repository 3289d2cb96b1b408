import type { Person, Workspace } from '../computes.ts';
import type { InstanceSchedule } from './machine.ts';

/** An instance as somebody wishes for it: of sound form, and not yet held against any rule. */
export type InstanceWish = {
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
  /** The session agent is to be installed by a setup script. */
  readonly agent: boolean;
};
