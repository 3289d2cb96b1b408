import type { Compute } from '../computes.ts';
import type { FailureCode } from '../policy/codes.ts';
import { carriesRequest, type Machine, requestTag } from './machine.ts';

/** What a machine made anew cannot have of the old one, because Azure never gives it or it is bound to the old one. */
export const recreationLosses = [
  'ssh',
  'setup-scripts',
  'custom-services',
  'mounts',
  'system-identity',
  'other-settings',
] as const;
export type RecreationLoss = (typeof recreationLosses)[number];
export type NamedLoss = {
  readonly what: RecreationLoss;
  readonly detail: string;
  readonly fix: string;
};

/** By what the instance is known that is to go: one of the same name that was made since is another. */
export type OldInstance = {
  readonly createdAt: number;
  /** Of its request, where it carries one. */
  readonly requestId: string | null;
};

/** An instance that is deleted and made again under its name, and how far that is. */
export type Recreation = {
  /** `resize`: with another size. `recreate`: with the same, for a new OS image or a clean disk. */
  readonly kind: 'resize' | 'recreate';
  readonly old: OldInstance;
  /** The old instance as it was, and as it is made again if the new one cannot be. */
  readonly snapshot: Machine;
  readonly snapshotAt: number;
  /** Its state then. */
  readonly state: string;
  readonly imageVersion: string | null;
  /** Losses that its owner has agreed to. */
  readonly accepted: readonly RecreationLoss[];
  /** Its owner has said that it may go although nobody can tell whether it is used. */
  readonly acceptsUnknownUse: boolean;
  /** So long it must have been quiet; null: as the policy's idle rule says. */
  readonly quietForMs: number | null;
  /** Null: somebody asked for it by themselves. */
  readonly campaignId: string | null;
  /** Cores and GPUs of the old one; null: its size is in no list. */
  readonly oldSize: { readonly family: string; readonly cores: number; readonly gpus: number } | null;
  /** Written before the call: from then on there is no way back but to make it again. */
  readonly deleteAskedAt: number | null;
  readonly goneAt: number | null;
  /** When it was given up to make the new size, and the old one was begun again. */
  readonly wentBackAt: number | null;
  /** Why: the failure that it was given up for. */
  readonly failure: { readonly code: FailureCode; readonly message: string } | null;
  /** How often making it in its old size has failed. */
  readonly failedBack: number;
  /** What is not as it was, once it runs; null: not looked at. */
  readonly differences: readonly string[] | null;
};

const requestOf = ({ tags }: Pick<Compute, 'tags'>): string | null =>
  Object.entries(tags).find(([name]) => name.toLowerCase() === requestTag)?.[1] ?? null;

/** Null: Azure does not say when it was made, so that nobody could tell it from a later one. */
export function oldInstanceOf(compute: Compute): OldInstance | null {
  return compute.createdAt === null ? null : { createdAt: compute.createdAt, requestId: requestOf(compute) };
}

/** Whether it is the very one, and not a later one of the same name. */
export const isSameInstance = (old: OldInstance, compute: Compute): boolean =>
  compute.createdAt === old.createdAt &&
  (old.requestId === null ? requestOf(compute) === null : carriesRequest(compute.tags, old.requestId));
