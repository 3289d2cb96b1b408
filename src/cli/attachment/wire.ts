import type { ComputeAddress } from '../../present/json/compute-address.ts';

/** One kind of compute target, as `/api/targets` describes it. */
export type Target = {
  readonly kind: string;
  readonly title: string;
  readonly managed: boolean;
  readonly training: string;
  readonly inference: string;
  readonly attachable: boolean;
  readonly because: string | null;
  readonly rules: readonly string[];
  readonly retired: boolean;
};
/** Something attached somewhere in the fleet. */
export type Attachment = {
  readonly compute: ComputeAddress;
  readonly kind: string;
  readonly resourceId: string | null;
  readonly namespace: string | null;
  readonly attachedAt: string | null;
  readonly seenAt: string;
  readonly duplicateOf: ComputeAddress | null;
};
export type Targets = { readonly targets: readonly Target[]; readonly attachments: readonly Attachment[] };

/** A change of an attachment that was asked for, and how it goes. */
export type AttachmentChange = {
  readonly attachmentId: string;
  readonly operation: string;
  readonly compute: ComputeAddress;
  readonly status: string;
  readonly reason: string | null;
  readonly sentence: string;
  readonly refusals: readonly { readonly code: string; readonly detail: string }[];
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly endedAt: string | null;
};
